"""The declarations table with its empty columns filled from other papers, each by what it said before the filing.

A declared value is never overwritten: where papers disagree with it, that is for verification to see.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from data.record.matching import VERSION, matched, versions_of
from data.record.papers import latest, papers_of
from data.records import GOODS_FACTS, TRACED_PARTIES
from data.vocabulary import Document

_CARRIERS: Final = (Document.LOAD_LIST, Document.STOWAGE_PLAN, Document.MANIFEST, Document.BOOKING)
# The manifest itself before the lists that are made from it.
_LISTS: Final = (Document.MANIFEST, Document.LOAD_LIST, Document.STOWAGE_PLAN)
_CERTIFICATE: Final = (Document.PACKING_CERTIFICATE,)

# Whom a column is filled from, the one who knows best first; the paper's own column, where it has another name.
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
# A party is filled as a whole, where the declaration does not name it at all.
PARTY_SOURCES: Final[dict[str, tuple[Document, ...]]] = {
    "shipper": (Document.MANIFEST, Document.BOOKING),
    "consignee": (Document.MANIFEST, Document.BOOKING),
    "forwarder": (Document.BOOKING, Document.MANIFEST),
    "packer": (Document.PACKING_CERTIFICATE, Document.VGM),
    "carrier": _CARRIERS,
}


def filled(declarations: pd.DataFrame, statements: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """`declarations` (dtypes of `data.frames`) with empty columns filled; same rows, order and columns.

    Only what was stated strictly before a version was declared fills it. `known` are all declarations of these boxes,
    where `declarations` has only some of them.
    """
    if declarations.empty or statements.empty:
        return declarations
    named = declarations["box_no"].isin(set(statements["box_no"])) | declarations["booking_no"].isin(
        set(statements["booking_no"].dropna())
    )
    if not named.any():
        return declarations
    concerned = declarations[named]
    versions = versions_of(concerned)
    everyone = versions_of(declarations if known is None else known)
    papers = papers_of(statements)
    versions = _pass(versions, papers, everyone)
    # A list that named the booking leads to the booking that has no box.
    versions = _pass(versions, papers, everyone)
    return _written_back(declarations, concerned, versions)


def _pass(versions: pd.DataFrame, papers: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    pairs = matched(versions, papers, known, versions["declared_at"])
    if pairs.empty:
        return versions
    told = papers.iloc[pairs["paper"]].reset_index(drop=True).assign(of=pairs["of"].to_numpy())
    told = latest(told, "of").sort_values(["stated_at", "document_no"], kind="stable")
    versions = versions.copy()
    for column, (documents, name) in SOURCES.items():
        _fill(versions, told, column, documents, name)
    for role, documents in PARTY_SOURCES.items():
        _fill_party(versions, told, role, documents)
    return versions


def _fill(versions: pd.DataFrame, told: pd.DataFrame, column: str, documents: tuple[Document, ...], name: str) -> None:
    """Fill one column: from the document that comes first in `documents`, and of its kind the latest."""
    ranks = told["document"].map({document.value: rank for rank, document in enumerate(documents)})
    said = (ranks.notna() & told[name].notna()).to_numpy() & versions[column].isna().to_numpy()[told["of"]]
    if not said.any():
        return
    best = pd.DataFrame({"of": told["of"], "rank": ranks, "value": told[name]})[said]
    best = best.sort_values("rank", ascending=False, kind="stable").drop_duplicates("of", keep="last")
    versions.loc[best["of"].to_numpy(), column] = best["value"].to_numpy()


def _fill_party(versions: pd.DataFrame, told: pd.DataFrame, role: str, documents: tuple[Document, ...]) -> None:
    unnamed = (versions[f"{role}_id"].isna() & versions[f"{role}_name"].isna()).to_numpy()
    names = [f"{role}_id", f"{role}_name"]
    if role in TRACED_PARTIES:
        names += [f"{role}_address", f"{role}_phone"]
    named = unnamed[told["of"]] & (told[names[0]].notna() | told[names[1]].notna()).to_numpy()
    if not named.any():
        return
    said = told.loc[named, ["of", "document", *names]]
    for name in names:
        _fill(versions, said, name, documents, name)


def _written_back(declarations: pd.DataFrame, concerned: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """The rows of `declarations` with the box columns of their versions."""
    columns = [*SOURCES, *(f"{role}_{part}" for role in PARTY_SOURCES for part in ("id", "name"))]
    columns += [f"{role}_{part}" for role in TRACED_PARTIES for part in ("address", "phone")]
    place = pd.Series(np.arange(len(versions)), index=pd.MultiIndex.from_frame(versions[list(VERSION)]))
    rows = place.loc[pd.MultiIndex.from_frame(concerned[list(VERSION)])].to_numpy()
    result = declarations.copy()
    for column in columns:
        values = versions[column].iloc[rows]
        result.loc[concerned.index, column] = values.set_axis(concerned.index)
    return result
