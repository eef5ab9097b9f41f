"""One record from many papers: what each says of a declared box, joined, with sources, instants and disagreements."""

from data.record.filling import filled
from data.record.record import Disagreement, Event, Record, Stated, record_of
from data.record.standing import standing

__all__ = ["Disagreement", "Event", "Record", "Stated", "filled", "record_of", "standing"]
