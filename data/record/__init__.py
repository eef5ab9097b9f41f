"""The record of a declared box: values of all papers, with sources, instants and disagreements."""

from data.record.active import active_declarations
from data.record.declarations import filled, filled_rows
from data.record.record import Record, Stated

__all__ = ["Record", "Stated", "active_declarations", "filled", "filled_rows"]
