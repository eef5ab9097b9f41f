"""The record of one box for officers: values with source and instant, disagreements, and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from data.record.active import active_declarations
from data.record.disclosing import disclosures
from data.record.filling import SOURCES, Filling, fill
from data.record.matching import VERSION_COLUMNS, version_of
from data.record.papers import Paper, combined_values, latest, papers_of
from data.record.rows import Row, plain_rows
from data.records import BOX_COLUMNS, BOX_KEY, GOODS_FACTS, LINE_COLUMNS, STATEMENT_COLUMNS
from data.vocabulary import Notice

DECLARATION: Final = "declaration"
_STATED: Final = tuple(column.name for column in STATEMENT_COLUMNS)
# Relative difference up to which masses agree, because papers round.
_TOLERANCE: Final = 0.005


@dataclass(frozen=True)
class Stated:
    """A value with its source (`declaration` or the kind of paper), number of the paper and instant."""

    value: Any
    source: str
    document_no: str
    stated_at: datetime


@dataclass(frozen=True)
class Disagreement:
    """A field with different values on papers; the declaration first, then by instant."""

    field: str
    stated: tuple[Stated, ...]


@dataclass(frozen=True)
class Event:
    """An event of the record; `kind` is declared, amended, disclosed, cancelled, stated, withdrawn or selected."""

    at: datetime
    kind: str
    source: str
    document_no: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """The values of all papers about a declared box at an instant. `state`: declared, amended or cancelled."""

    declaration_id: str
    box_no: str
    as_of: datetime
    state: str
    fields: dict[str, Stated]
    lines: tuple[dict[str, Any], ...]
    disagreements: tuple[Disagreement, ...]
    events: tuple[Event, ...]

    def as_dict(self) -> dict[str, Any]:
        """The record as a dict; all but instants and dates can be written as JSON."""
        return {
            "declaration_id": self.declaration_id,
            "box_no": self.box_no,
            "as_of": self.as_of,
            "state": self.state,
            "fields": {name: vars(stated) for name, stated in self.fields.items()},
            "line_items": list(self.lines),
            "disagreements": [
                {"field": one.field, "stated": [vars(stated) for stated in one.stated]} for one in self.disagreements
            ],
            "events": [vars(event) for event in self.events],
        }


def record_of(
    declarations: pd.DataFrame,
    statements: pd.DataFrame,
    notices: pd.DataFrame,
    box: tuple[str, str],
    as_of: datetime,
    selected_at: datetime | None = None,
) -> Record:
    """The record of a box (declaration_id, box_no) from papers stated up to `as_of`, in any order.

    `declarations` are all declarations of that box_no, `statements` the papers about it and its booking, `notices`
    those of the declaration. Raises KeyError when the box was not declared by then.
    """
    declarations = declarations[declarations["declared_at"] <= as_of]
    notices = notices[(notices["noticed_at"] <= as_of) & notices["box_no"].isin(["", box[1]])]
    own = declarations[(declarations["declaration_id"] == box[0]) & (declarations["box_no"] == box[1])]
    if own.empty:
        raise KeyError(box)
    number = own["amendment_no"].max()
    latest_version = own[own["amendment_no"] == number].sort_values("line_no")
    lines = plain_rows(latest_version)
    versions = plain_rows(declarations.drop_duplicates(list(BOX_KEY)), VERSION_COLUMNS)
    # Officers see each paper as it was stated, whenever it became known.
    papers = papers_of(plain_rows(statements[statements["stated_at"] <= as_of], _STATED))
    filling = fill(lines[0], papers, [version_of(row) for row in versions])
    is_active = not active_declarations(latest_version, notices).empty
    state = "cancelled" if not is_active else "amended" if number else "declared"
    events = [*_events(own, notices, selected_at), *map(_paper_event, filling.papers)]
    return Record(
        box[0],
        box[1],
        as_of,
        state,
        _fields(lines[0], filling),
        tuple({c.name: line[c.name] for c in LINE_COLUMNS if c.name in line} for line in lines),
        tuple(_disagreements(lines, latest(filling.papers))),
        tuple(sorted(events, key=lambda event: (event.at, event.kind, event.document_no))),
    )


def _fields(declared: Row, filling: Filling) -> dict[str, Stated]:
    fields: dict[str, Stated] = {}
    for column in BOX_COLUMNS:
        name = column.name
        if name in BOX_KEY:
            continue
        if name in declared:
            fields[name] = _declared(declared, declared[name])
        elif name in filling.values:
            fields[name] = _stated(filling.sources[name], filling.values[name])
    return fields


def _disagreements(lines: Sequence[Row], papers: Sequence[Paper]) -> Iterator[Disagreement]:
    declared = lines[0]
    for column in BOX_COLUMNS:
        if column.name in BOX_KEY:
            continue
        documents, name = SOURCES.get(column.name, ((), column.name))
        stated = [_declared(declared, declared[column.name])] if column.name in declared else []
        stating = [paper for paper in papers if paper.document in documents] if documents else papers
        yield from _differing(column.name, [*stated, *_all_stated(stating, name)])
    # Goods: combined values of the declared lines, compared with those of each paper.
    for name in GOODS_FACTS:
        mine = combined_values(name, [line.get(name) for line in lines])
        stated = [_declared(declared, mine)] if mine is not None else []
        yield from _differing(name, [*stated, *_all_stated(papers, f"goods_{name}")])


def _all_stated(papers: Iterable[Paper], name: str) -> list[Stated]:
    return [_stated(paper, paper.values[name]) for paper in papers if name in paper.values]


def _differing(name: str, stated: list[Stated]) -> Iterator[Disagreement]:
    if len({_comparable(one.value) for one in stated}) > 1 and not _close([one.value for one in stated]):
        yield Disagreement(name, tuple(stated))


def _events(own: pd.DataFrame, notices: pd.DataFrame, selected_at: datetime | None) -> Iterator[Event]:
    events: dict[int, Event] = {}
    for number, version in zip(own["amendment_no"].astype(int), own["declared_at"], strict=True):
        events[number] = Event(version.to_pydatetime(), "amended" if number else "declared", DECLARATION, str(number))
    yield from events.values()
    for one in disclosures(own, notices, selected_at):
        yield Event(one.at, Notice.DISCLOSED.value, DECLARATION, str(one.amendment_no or ""), one.changed)
    for at in notices.loc[notices["notice"] == Notice.CANCELLED, "noticed_at"]:
        yield Event(at.to_pydatetime(), Notice.CANCELLED.value, DECLARATION, "")
    if selected_at is not None:
        yield Event(selected_at, "selected", "inspection", "")


def _paper_event(paper: Paper) -> Event:
    return Event(paper.stated_at, "withdrawn" if paper.withdrawn else "stated", paper.document, paper.document_no)


def _declared(row: Row, value: Any) -> Stated:
    return Stated(value, DECLARATION, str(int(row["amendment_no"])), row["declared_at"])


def _stated(paper: Paper, value: Any) -> Stated:
    return Stated(value, paper.document, paper.document_no, paper.stated_at)


def _comparable(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _close(values: list[Any]) -> bool:
    """Whether all values are numbers that agree within _TOLERANCE."""
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return False
    numbers = [float(value) for value in values]
    return max(numbers) - min(numbers) <= _TOLERANCE * max(map(abs, numbers))
