"""One record from many papers: what each says of a declared box, joined, with sources, instants and disagreements."""

from data.record.declarations import filled, filled_rows
from data.record.record import Disagreement, Event, Record, Stated, record_of
from data.record.standing import standing

__all__ = ["Disagreement", "Event", "Record", "Stated", "filled", "filled_rows", "record_of", "standing"]
