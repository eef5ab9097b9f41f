"""Which papers are about which declared box: the same box, and the same voyage as far as anyone says.

A box makes many voyages. A paper that names a vessel, voyage, booking or bill must not contradict the declaration. One
that names none of them (a weighing, a certificate) belongs by time: to the declaration it precedes or accompanies,
not to the next voyage of the same box.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

# A booking precedes the declaration by weeks; no paper of the same voyage is older than this unless it names it.
_EARLIEST: Final = pd.Timedelta(days=45)
# Papers still come until the box is loaded, and corrections a few days after.
_AFTER_LOADING: Final = pd.Timedelta(days=3)
# Where loading is not known: most boxes are loaded within ten days of their declaration.
_WITHOUT_LOADING: Final = pd.Timedelta(days=10)

# Where both sides name one of these, they must agree; agreeing on the first two binds at any distance in time.
_BINDING: Final = ("booking_no", "bill_no")
_VOYAGE: Final = ("vessel_imo", "voyage_no")
VERSION: Final = ("declaration_id", "box_no", "amendment_no")


def versions_of(declarations: pd.DataFrame) -> pd.DataFrame:
    """One row a version of a declared box."""
    return declarations.drop_duplicates(list(VERSION)).reset_index(drop=True)


def matched(versions: pd.DataFrame, papers: pd.DataFrame, known: pd.DataFrame, until: pd.Series) -> pd.DataFrame:
    """Pairs of a version and a paper about it: columns `of` (row of `versions`) and `paper` (row of `papers`).

    `until` is, for each version, the instant before which papers count (strictly); `known` are all declared versions
    of these boxes, also of other declarations, which papers may belong to instead.
    """
    pairs = pd.concat([_by(versions, papers, "box_no"), _by_booking(versions, papers)], ignore_index=True)
    if pairs.empty:
        return pairs
    box = versions.iloc[pairs["of"]].reset_index(drop=True)
    paper = papers.iloc[pairs["paper"]].reset_index(drop=True)
    end = until.iloc[pairs["of"]].reset_index(drop=True)
    agrees = {name: _same(box[name], paper[name]) for name in (*_BINDING, *_VOYAGE)}
    contradicts = np.logical_or.reduce([agrees[name] == -1 for name in agrees])
    bound = np.logical_or.reduce([agrees[name] == 1 for name in _BINDING])
    near = ((box["declared_at"] - paper["stated_at"]) <= _EARLIEST) & (paper["stated_at"] <= _end(box))
    elsewhere = _of_another(box, paper, known)
    kept = (paper["stated_at"] < end) & ~contradicts & (bound | (near & ~elsewhere))
    about: pd.DataFrame = pairs[kept.to_numpy(dtype=bool)]
    return about.drop_duplicates(ignore_index=True)


def _by(versions: pd.DataFrame, papers: pd.DataFrame, name: str) -> pd.DataFrame:
    left = pd.DataFrame({"key": versions[name], "of": np.arange(len(versions))})
    right = pd.DataFrame({"key": papers[name], "paper": np.arange(len(papers))})
    left, right = (side[side["key"].notna() & (side["key"] != "")] for side in (left, right))
    return left[left["key"].isin(set(right["key"]))].merge(right, on="key")[["of", "paper"]]


def _by_booking(versions: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    """A booking that has no box yet is joined by its number."""
    boxless = papers["booking_no"].where(papers["box_no"].fillna("") == "")
    return _by(versions, papers.assign(booking_no=boxless), "booking_no")


def _same(left: pd.Series, right: pd.Series) -> np.ndarray:
    """1 where both name the same, -1 where they name another, 0 where one says nothing."""
    plain = [side.str.upper().str.replace(r"[^0-9A-Z]", "", regex=True).str.lstrip("0") for side in (left, right)]
    told = plain[0].notna() & plain[1].notna() & (plain[0] != "") & (plain[1] != "")
    return np.where(told, np.where(plain[0] == plain[1], 1, -1), 0)


def _end(box: pd.DataFrame) -> pd.Series:
    """Until when papers that name no voyage belong to a declaration."""
    return (box["loading_at"] + _AFTER_LOADING).fillna(box["declared_at"] + _WITHOUT_LOADING)


def _of_another(box: pd.DataFrame, paper: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Whether a paper belongs to an earlier declaration of the same box: it came before that one was loaded."""
    first = known.sort_values("declared_at", kind="stable").drop_duplicates(["declaration_id", "box_no"])
    others = first.assign(end=_end(first))[["box_no", "declaration_id", "declared_at", "end", *_VOYAGE]]
    asked = pd.DataFrame({"row": np.arange(len(box)), "box_no": box["box_no"], "stated_at": paper["stated_at"]})
    asked = asked.assign(
        mine=box["declaration_id"], mine_at=box["declared_at"], **{f"my_{name}": box[name] for name in _VOYAGE}
    )
    found = asked.merge(others, on="box_no")
    same_voyage = (_same(found["my_vessel_imo"], found["vessel_imo"]) == 1) & (
        _same(found["my_voyage_no"], found["voyage_no"]) == 1
    )
    theirs = (
        (found["declaration_id"] != found["mine"])
        & (found["declared_at"] < found["mine_at"])
        & (found["stated_at"] <= found["end"])
        & ~same_voyage
    )
    return np.isin(np.arange(len(box)), found.loc[theirs, "row"])
