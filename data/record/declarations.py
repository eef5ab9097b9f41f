"""Fill empty columns of declarations from other papers that the port knew: for rows, or for a frame.

A version is filled only from papers known before the version (`data.record.matching.known_before`), so that training
sees each version as serving saw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import pandas as pd

from data.record.filling import FILLED, fill
from data.record.matching import (
    VERSION_COLUMNS,
    Version,
    known_before,
    version_of,
    versions_known_before,
)
from data.record.papers import Paper, papers_of
from data.record.rows import plain_rows
from data.records import BOX_KEY

_KEY: Final = itemgetter(*BOX_KEY)
_READ: Final = tuple(dict.fromkeys((*VERSION_COLUMNS, *FILLED)))


def filled_rows(
    rows: Sequence[Mapping[str, Any]],
    statements: Sequence[Mapping[str, Any]],
    known: Iterable[Mapping[str, Any]] = (),
    known_at: datetime | None = None,
) -> list[Mapping[str, Any]]:
    """Fill the empty columns of validated declaration rows from `statements` (validated rows); same order.

    `known` are rows of all declarations of these boxes that were known before, of which `VERSION_COLUMNS` are read.
    The rows became known at `known_at`; without it, at their own `known_at`, else at `declared_at`.
    """
    rows = list(rows)
    if not rows or not statements:
        return rows
    versions: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        versions.setdefault(_KEY(row), row if known_at is None else {**row, "known_at": known_at})
    everyone = {**versions, **{_KEY(row): row for row in known}}
    values = dict(zip(versions, _values(versions.values(), papers_of(statements), everyone.values()), strict=True))
    return [{**row, **found} if (found := values[_KEY(row)]) else row for row in rows]


def filled(declarations: pd.DataFrame, statements: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Fill the empty columns of `declarations` (dtypes of `data.frames`); same rows, order and columns.

    `known` are all declarations of these boxes, where `declarations` has only some of them. A frame without `known_at`
    is history: each row was known at its own instant.
    """
    if declarations.empty or statements.empty:
        return declarations
    named = declarations["box_no"].isin(set(statements["box_no"])) | declarations["booking_no"].isin(
        set(statements["booking_no"].dropna())
    )
    if not named.any():
        return declarations
    concerned = declarations[named.to_numpy()]
    boxes = set(concerned["box_no"])
    everyone = declarations if known is None else known
    everyone = everyone[everyone["box_no"].isin(boxes)].drop_duplicates(list(BOX_KEY))
    versions = concerned.drop_duplicates(list(BOX_KEY))
    naming = statements[statements["box_no"].isin(boxes | {""})]
    values = _values(plain_rows(versions, _READ), papers_of(plain_rows(naming)), plain_rows(everyone, VERSION_COLUMNS))
    by_version = dict(zip(_keys(versions), values, strict=True))
    return _written_back(declarations, named.to_numpy().nonzero()[0].tolist(), map(by_version.get, _keys(concerned)))


def _values(
    versions: Iterable[Mapping[str, Any]], papers: Iterable[Paper], everyone: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The values that fill each of `versions` (rows), by column; `everyone` are all versions of their boxes."""
    by_box: dict[str, list[Paper]] = {}
    by_booking: dict[str, list[Paper]] = {}
    for paper in papers:
        if paper.box_no:
            by_box.setdefault(paper.box_no, []).append(paper)
        elif booking_no := paper.values.get("booking_no"):
            by_booking.setdefault(booking_no, []).append(paper)
    rows_of: dict[str, list[Mapping[str, Any]]] = {}
    for row in everyone:
        rows_of.setdefault(row["box_no"], []).append(row)

    @cache
    def declared(box_no: str) -> list[Version]:
        return [version_of(row) for row in rows_of.get(box_no, ())]

    for row in versions:
        of_box = by_box.get(row["box_no"], [])
        # Papers about the box may state a booking that the declaration does not state.
        bookings = {row.get("booking_no"), *(paper.values.get("booking_no") for paper in of_box)}
        candidates = [
            *of_box,
            *chain.from_iterable(by_booking.get(name, ()) for name in sorted(filter(None, bookings))),
        ]
        version = version_of(row)
        candidates = known_before(version, candidates)
        known = versions_known_before(version, declared(version.box_no)) if candidates else []
        yield fill(row, candidates, known).values


def _keys(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return zip(*(frame[name].tolist() for name in BOX_KEY), strict=True)


def _written_back(
    declarations: pd.DataFrame, positions: Sequence[int], values: Iterable[Mapping[str, Any] | None]
) -> pd.DataFrame:
    """`declarations` with the cells of `values`, one mapping for each row at `positions`."""
    cells: dict[str, tuple[list[int], list[Any]]] = {}
    for position, row in zip(positions, values, strict=True):
        for name, value in (row or {}).items():
            places, column = cells.setdefault(name, ([], []))
            places.append(position)
            column.append(value)
    result = declarations.copy(deep=False)
    for name, (places, column) in cells.items():
        series = result[name].copy()
        series.iloc[places] = pd.Series(column, dtype=series.dtype).array
        result[name] = series
    return result
