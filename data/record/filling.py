"""Fill empty columns of one declared box from other papers.

A declared value is never overwritten; disagreements are found by the checks. The record of a box and the declarations
that are scored are filled by the same function, `fill`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from data.record.matching import Version, about, version_of
from data.record.papers import Paper, latest
from data.record.voyages import Voyage
from data.records import GOODS_FACTS, TRACED_PARTIES
from data.vocabulary import Document

_CARRIERS: Final = (Document.LOAD_LIST, Document.STOWAGE_PLAN, Document.MANIFEST, Document.BOOKING)
# The manifest first, then the lists that are made from it.
_LISTS: Final = (Document.MANIFEST, Document.LOAD_LIST, Document.STOWAGE_PLAN)
_CERTIFICATE: Final = (Document.PACKING_CERTIFICATE,)

# By column: the papers that fill it, the most reliable first, and the column of the paper.
SOURCES: Final[dict[str, tuple[tuple[Document, ...], str]]] = {
    "booking_no": ((Document.LOAD_LIST, Document.VGM, Document.STOWAGE_PLAN, Document.MANIFEST), "booking_no"),
    "bill_no": ((Document.MANIFEST, Document.STOWAGE_PLAN, Document.LOAD_LIST), "bill_no"),
    "booking_description": ((Document.BOOKING,), "goods_description"),
    "manifest_description": (_LISTS, "goods_description"),
    **{f"manifest_{fact}": (_LISTS if fact == "un_no" else _LISTS[:1], f"goods_{fact}") for fact in GOODS_FACTS},
    **{f"booking_{fact}": ((Document.BOOKING,), f"goods_{fact}") for fact in GOODS_FACTS},
    **{f"certificate_{fact}": (_CERTIFICATE, f"goods_{fact}") for fact in GOODS_FACTS},
    "certificate_box_no": (_CERTIFICATE, "box_no"),
    "certificate_on": (_CERTIFICATE, "stated_on"),
    "vgm_kg": ((Document.VGM, Document.LOAD_LIST, Document.STOWAGE_PLAN), "vgm_kg"),
    "weighed_kg": ((Document.WEIGHBRIDGE,), "weighed_kg"),
    "tare_kg": ((*_CERTIFICATE, Document.VGM, Document.WEIGHBRIDGE, *_CARRIERS), "tare_kg"),
    "packing_certificate_no": (_CERTIFICATE, "packing_certificate_no"),
    "packed_on": (_CERTIFICATE, "packed_on"),
    "emergency_phone": ((*_CERTIFICATE, *_CARRIERS), "emergency_phone"),
    **{name: (_CARRIERS, name) for name in ("loading_at", "voyage_no", "vessel_imo", "load_port", "discharge_port")},
    "flow": (_CARRIERS, "flow"),
    "terminal": ((*_CARRIERS[:2], Document.WEIGHBRIDGE, Document.VGM), "terminal"),
    "box_type": ((*_CARRIERS[:2], Document.VGM, *_CARRIERS[2:]), "box_type"),
}
# A party is filled as a whole, only where the declaration states neither its id nor its name.
PARTY_SOURCES: Final[dict[str, tuple[Document, ...]]] = {
    "shipper": (Document.MANIFEST, Document.BOOKING),
    "consignee": (Document.MANIFEST, Document.BOOKING),
    "forwarder": (Document.BOOKING, Document.MANIFEST),
    "packer": (Document.PACKING_CERTIFICATE, Document.VGM),
    "carrier": _CARRIERS,
}


def _party_columns(role: str) -> tuple[str, ...]:
    parts = ("id", "name", "address", "phone") if role in TRACED_PARTIES else ("id", "name")
    return tuple(f"{role}_{part}" for part in parts)


FILLED: Final = (*SOURCES, *(name for role in PARTY_SOURCES for name in _party_columns(role)))
"""The columns of a declaration that other papers can fill."""

# The same tables by kind of paper: column, column of the paper, and rank (0 is first).
_OF_DOCUMENT: Final[dict[str, list[tuple[str, str, int]]]] = {
    document.value: [
        (column, name, documents.index(document))
        for column, (documents, name) in SOURCES.items()
        if document in documents
    ]
    for document in Document
}
_PARTIES_OF_DOCUMENT: Final[dict[str, list[tuple[tuple[str, ...], int]]]] = {
    document.value: [
        (_party_columns(role), documents.index(document))
        for role, documents in PARTY_SOURCES.items()
        if document in documents
    ]
    for document in Document
}
# Columns that determine the papers about a box; when one of them is filled, further papers may be found.
_LEADING: Final = frozenset({*Voyage._fields, "loading_at"})


@dataclass(frozen=True)
class Filling:
    """Values that fill one version of a box, and the paper of each, by column; `papers` are all versions of papers
    about the box, in the order given."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Paper] = field(default_factory=dict)
    papers: Sequence[Paper] = ()


def fill(box: Mapping[str, Any], papers: Sequence[Paper], others: Sequence[Version]) -> Filling:
    """Fill the empty columns of `box`, a row of the version (validated; an absent key is empty).

    All of `papers` that are about the box are used, whenever they became known; `others` are declared versions of it,
    also of other declarations, to which papers may belong instead. A column is filled from the kind of paper that is
    first in `SOURCES`, and from the latest of that kind; a party is filled as a whole, if it is not stated.
    """
    version = version_of(box)
    matched = about(version, papers, others)
    if not matched:
        return Filling()
    filling = Filling(papers=matched)
    _fill_from(box, matched, filling)
    if _LEADING.isdisjoint(filling.values):
        return filling
    # A paper that states the booking may lead to a booking without box.
    box = {**box, **filling.values}
    further = about(version_of(box), papers, others)
    if further == matched:
        return filling
    _fill_from(box, further, filling)
    found = {id(paper) for paper in (*matched, *further)}
    return Filling(filling.values, filling.sources, [paper for paper in papers if id(paper) in found])


def _fill_from(box: Mapping[str, Any], papers: Iterable[Paper], filling: Filling) -> None:
    """Add the values from papers about a box to `filling`, in place."""
    ranks: dict[str, int] = {}

    def offer(column: str, paper: Paper, name: str, rank: int) -> None:
        value = paper.values.get(name)
        if value is not None and box.get(column) is None and rank <= ranks.get(column, rank):
            ranks[column] = rank
            filling.values[column] = value
            filling.sources[column] = paper

    # In order of statement: of one kind of paper, the latest is offered last.
    for paper in latest(papers):
        for column, name, rank in _OF_DOCUMENT[paper.document]:
            offer(column, paper, name, rank)
        for names, rank in _PARTIES_OF_DOCUMENT[paper.document]:
            if any(name in paper.values for name in names[:2]) and all(box.get(name) is None for name in names[:2]):
                for name in names:
                    offer(name, paper, name, rank)
