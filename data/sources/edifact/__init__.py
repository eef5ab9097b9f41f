"""EDIFACT: parse interchanges (with pydifact), check them by ISO 9735, and read them message by message."""

from data.sources.edifact.acknowledging import Acknowledgement, acknowledge
from data.sources.edifact.contrl import contrl_of
from data.sources.edifact.scanning import scan_edifact
from data.sources.edifact.syntax import is_edifact

__all__ = ["Acknowledgement", "acknowledge", "contrl_of", "is_edifact", "scan_edifact"]
