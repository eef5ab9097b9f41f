"""The declared values of a box, in the order and wording of the box page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.records import BOX_COLUMNS, LINE_COLUMNS, PARTIES, Column, Kind
from data.texts import text
from serving.goods import goods_name, present
from serving.pages.formatting import instant, quantity

_SHOWN_ELSEWHERE: Final = frozenset(
    {"declaration_id", "box_no", "amendment_no", "line_no", "un_no"}
    | {f"{role}_{part}" for role in PARTIES for part in ("id", "name")}
)


@dataclass(frozen=True)
class Fact:
    """One declared value as text; `unit` only where its label does not name it."""

    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Party:
    """One party of the declaration."""

    role: str
    id: str
    name: str


@dataclass(frozen=True)
class Line:
    """One line item: its UN number, the name of the goods, and its other facts."""

    un_no: str
    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Declared:
    """The declared values of a box; `unstated` lists the columns without one."""

    facts: tuple[Fact, ...]
    unstated: tuple[str, ...]
    parties: tuple[Party, ...]
    lines: tuple[Line, ...]


def declared(frame: pd.DataFrame, language: str) -> Declared:
    """The declared values in `frame`: one version of one box, one row per line item."""
    rows = [present(row) for row in frame.to_dict("records")]
    box = rows[0] if rows else {}
    parties = (Party(role, str(box.get(f"{role}_id", "")), str(box.get(f"{role}_name", ""))) for role in PARTIES)
    box_columns = [column for column in BOX_COLUMNS if column.name not in _SHOWN_ELSEWHERE]
    return Declared(
        facts=_facts(box_columns, box, language),
        unstated=tuple(column.name for column in box_columns if column.name not in box),
        parties=tuple(party for party in parties if party.id or party.name),
        lines=tuple(_line(row, language) for row in rows),
    )


def _line(row: Mapping[str, Any], language: str) -> Line:
    columns = [column for column in LINE_COLUMNS if column.name not in _SHOWN_ELSEWHERE]
    return Line(str(row.get("un_no", "")), goods_name(row, language), _facts(columns, row, language))


def _facts(columns: Iterable[Column], row: Mapping[str, Any], language: str) -> tuple[Fact, ...]:
    return tuple(fact(column, row[column.name], language) for column in columns if column.name in row)


def fact(column: Column, value: Any, language: str) -> Fact:
    """One value of a column as text in `language`."""
    if column.vocabulary is not None:
        return Fact(column.name, column.vocabulary(value).word(language))
    if column.kind is Kind.FLAG:
        return Fact(column.name, text("page.yes" if value else "page.no", language))
    if column.kind is Kind.INSTANT:
        return Fact(column.name, instant(value), "UTC")
    if column.kind is Kind.DATE:
        return Fact(column.name, instant(value)[:10])
    return Fact(column.name, quantity(value))
