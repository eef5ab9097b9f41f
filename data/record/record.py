"""The record of one box for people: each fact with its source and instant, what disagrees, and what happened when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from data.record.disclosing import disclosures
from data.record.filling import PARTY_SOURCES, SOURCES
from data.record.matching import matched, versions_of
from data.record.papers import latest, papers_of, together
from data.record.standing import standing
from data.records import BOX_COLUMNS, BOX_KEY, GOODS_FACTS, LINE_COLUMNS
from data.vocabulary import Notice

DECLARATION: Final = "declaration"
# Masses within this share of each other agree: papers round.
_TOLERANCE: Final = 0.005


@dataclass(frozen=True)
class Stated:
    """A value, who says so (`declaration` or the kind of paper), under which number, and since when."""

    value: Any
    source: str
    document_no: str
    stated_at: datetime


@dataclass(frozen=True)
class Disagreement:
    """A field of which papers say different things; the declaration first, then by instant."""

    field: str
    stated: tuple[Stated, ...]


@dataclass(frozen=True)
class Event:
    """What happened to the record: declared, amended, disclosed, cancelled, stated, withdrawn or selected."""

    at: datetime
    kind: str
    source: str
    document_no: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What all papers together say of a declared box at an instant. `state`: declared, amended or cancelled."""

    declaration_id: str
    box_no: str
    as_of: datetime
    state: str
    fields: dict[str, Stated]
    lines: tuple[dict[str, Any], ...]
    disagreements: tuple[Disagreement, ...]
    events: tuple[Event, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able but for instants and dates."""
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
    """The record of a box (declaration_id, box_no) from what was stated up to `as_of`, in whatever order it came.

    `declarations` are all declarations of that box_no, `statements` the papers on it and on its booking, `notices`
    those of the declaration. Raises KeyError when the box was not declared by then.
    """
    declarations = declarations[declarations["declared_at"] <= as_of]
    notices = notices[(notices["noticed_at"] <= as_of) & notices["box_no"].isin(["", box[1]])]
    own = declarations[(declarations["declaration_id"] == box[0]) & (declarations["box_no"] == box[1])]
    if own.empty:
        raise KeyError(box)
    number = own["amendment_no"].max()
    lines = own[own["amendment_no"] == number].sort_values("line_no")
    papers, history = _papers(lines, statements, declarations, as_of)
    fields = _fields(lines, papers)
    stands = not standing(lines, notices).empty
    state = "cancelled" if not stands else "amended" if number else "declared"
    events = sorted(
        [*_events(own, notices, selected_at), *_paper_events(history)], key=lambda e: (e.at, e.kind, e.document_no)
    )
    return Record(
        box[0], box[1], as_of, state, fields, tuple(_lines(lines)), tuple(_disagreements(lines, papers)), tuple(events)
    )


def _papers(
    lines: pd.DataFrame, statements: pd.DataFrame, known: pd.DataFrame, as_of: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The papers about the box as they stand at `as_of`, and all their versions."""
    everything = papers_of(statements[statements["stated_at"] <= as_of])
    version = versions_of(lines)
    until = pd.Series([pd.Timestamp(as_of) + pd.Timedelta(microseconds=1)])
    history = everything.iloc[:0]
    for _ in range(2):
        # A paper that names the booking leads to the booking that has no box.
        pairs = matched(version, everything, versions_of(known), until)
        history = everything.iloc[sorted(pairs["paper"])] if len(pairs) else history
        named = history["booking_no"].dropna()
        version = version.assign(booking_no=version["booking_no"].fillna(named.iloc[-1] if len(named) else None))
    return latest(history).sort_values(["stated_at", "document_no"], kind="stable"), history


def _fields(lines: pd.DataFrame, papers: pd.DataFrame) -> dict[str, Stated]:
    declared = lines.iloc[0]
    fields: dict[str, Stated] = {}
    filled_from = {name: (tuple(map(str, documents)), own) for name, (documents, own) in SOURCES.items()}
    for role, documents in PARTY_SOURCES.items():
        for part in ("id", "name", "address", "phone"):
            filled_from[f"{role}_{part}"] = (tuple(map(str, documents)), f"{role}_{part}")
    for column in BOX_COLUMNS:
        if column.name in BOX_KEY:
            continue
        if _known(declared[column.name]):
            fields[column.name] = _declared(declared, declared[column.name])
        elif column.name in filled_from:
            documents_, own = filled_from[column.name]
            for document in documents_:
                said = papers[(papers["document"] == document) & papers[own].notna()]
                if len(said):
                    fields[column.name] = _stated(said.iloc[-1], said.iloc[-1][own])
                    break
    return fields


def _disagreements(lines: pd.DataFrame, papers: pd.DataFrame) -> Iterator[Disagreement]:
    declared = lines.iloc[0]
    for column in BOX_COLUMNS:
        name = SOURCES.get(column.name, ((), column.name))[1]
        if column.name in BOX_KEY or name not in papers:
            continue
        stated = [_declared(declared, declared[column.name])] if _known(declared[column.name]) else []
        documents = SOURCES.get(column.name, ((), ""))[0]
        told = papers[papers["document"].isin(documents)] if documents else papers
        stated += [_stated(paper, paper[name]) for _, paper in told.iterrows() if _known(paper[name])]
        yield from _differing(column.name, stated)
    # The goods: what the declaration's lines say together against what each paper's lines say.
    for name in GOODS_FACTS:
        mine = together(lines[name])
        stated = [_declared(declared, mine)] if _known(mine) else []
        stated += [_stated(paper, paper[f"goods_{name}"]) for _, paper in papers.iterrows()]
        yield from _differing(name, [one for one in stated if _known(one.value)])


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


def _paper_events(papers: pd.DataFrame) -> Iterator[Event]:
    for _, paper in papers.iterrows():
        kind = "withdrawn" if paper["withdrawn"] is not pd.NA and paper["withdrawn"] else "stated"
        yield Event(paper["stated_at"].to_pydatetime(), kind, str(paper["document"]), str(paper["document_no"]))


def _lines(lines: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for _, line in lines.iterrows():
        yield {c.name: _plain(line[c.name]) for c in LINE_COLUMNS if _known(line[c.name])}


def _declared(row: pd.Series, value: Any) -> Stated:
    return Stated(_plain(value), DECLARATION, str(int(row["amendment_no"])), row["declared_at"].to_pydatetime())


def _stated(paper: pd.Series, value: Any) -> Stated:
    at = paper["stated_at"].to_pydatetime()
    return Stated(_plain(value), str(paper["document"]), str(paper["document_no"]), at)


def _known(value: Any) -> bool:
    """Whether a cell holds something: not None, NA, NaN, NaT or empty text."""
    return not (value is None or value is pd.NA or bool(value != value) or bool(value == ""))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def _comparable(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _close(values: list[Any]) -> bool:
    """Whether numbers agree within what papers round to."""
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return False
    numbers = [float(value) for value in values]
    return max(numbers) - min(numbers) <= _TOLERANCE * max(map(abs, numbers))
