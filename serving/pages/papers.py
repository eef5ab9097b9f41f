"""What other papers state about a box, and where papers disagree, for its page."""

from __future__ import annotations

from dataclasses import dataclass

from data.record import Record, Stated
from data.record.record import DECLARATION
from data.records import BOX_COLUMNS, LINE_COLUMNS, STATEMENT_COLUMNS
from data.texts import text
from data.vocabulary import Document
from serving.pages.facts import Fact, fact

_COLUMNS = {column.name: column for columns in (STATEMENT_COLUMNS, LINE_COLUMNS, BOX_COLUMNS) for column in columns}


@dataclass(frozen=True)
class Sourced:
    """One value with its source: the paper, its number, and the instant of the statement."""

    fact: Fact
    source: str
    document_no: str
    stated_at: str


@dataclass(frozen=True)
class Papers:
    """Values that only other papers state, and fields on which papers disagree, each with all stated values."""

    added: tuple[Sourced, ...]
    disagreements: tuple[tuple[Sourced, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.disagreements)


def papers(record: Record, language: str) -> Papers:
    """The other papers of a record, in `language`."""
    added = (_stated(name, stated, language) for name, stated in record.fields.items() if stated.source != DECLARATION)
    disagreements = (
        tuple(_stated(one.field, stated, language) for stated in one.stated) for one in record.disagreements
    )
    return Papers(tuple(added), tuple(disagreements))


def _stated(name: str, stated: Stated, language: str) -> Sourced:
    declared = stated.source == DECLARATION
    source = text("page.the_declaration", language) if declared else Document(stated.source).word(language)
    at = f"{stated.stated_at:%Y-%m-%d %H:%M}"
    return Sourced(fact(_COLUMNS[name], stated.value, language), source, "" if declared else stated.document_no, at)
