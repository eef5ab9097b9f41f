"""A check: a pure function of one box, or of one line item, that returns what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from data.reference.dangerous_goods import Entry
from data.texts import both, text
from data.vocabulary import Severity
from features.checks.listed import Listed
from features.text.likely_goods import Likely

_EPOCH: Final = date(1970, 1, 1)


class Topic(StrEnum):
    """Topic of a check."""

    IDENTITY = "identity"
    PROPERTIES = "properties"
    QUANTITY = "quantity"
    BOX = "box"
    PAPERS = "papers"
    CONCERN = "concern"
    UNDECLARED = "undeclared"


class Line(dict[str, Any]):
    """One line item: its columns by name, numbers NaN and texts None where unknown, days counted from 1970.

    `words` are the texts about its goods, in lower case. `listed` is what the list states for its UN number: `entries`
    are all entries of the number, and `entry` is the one of its packing group if that is clear. `edition` is that of
    the box, and `next_allowed` whether the following amendment may be applied already. For a line item without a UN
    number, `stated` names the columns that declare dangerous goods nevertheless; if there are none, `likely` are the
    likely UN numbers.
    """

    __slots__ = ("edition", "entries", "entry", "likely", "listed", "next_allowed", "stated", "words")
    words: str
    listed: Listed
    entries: tuple[Entry, ...]
    entry: Entry | None
    edition: int
    next_allowed: bool
    stated: tuple[str, ...]
    likely: tuple[Likely, ...]


class Box(dict[str, Any]):
    """One declared box: its columns by name, as those of a line, without columns that no check reads.

    `lines` are its line items, `edition` the amendment of the IMDG Code in force on its day.
    """

    __slots__ = ("dangerous", "edition", "goods", "lines", "next_allowed")
    lines: list[Line]
    goods: list[Line]
    """The line items that are declared as dangerous goods of a listed number."""
    dangerous: list[Line]
    """`goods`, and the line items with a class but without a listed number, whose entry is unknown."""
    edition: int
    next_allowed: bool


class Found(NamedTuple):
    """What a check found: the columns concerned, the expected value and the found value.

    `expected` and `found` are codes and figures, the same in every language, or one text per language.
    """

    fields: tuple[str, ...]
    expected: str | Mapping[str, str]
    found: str | Mapping[str, str]
    line_no: int | None = None
    severity: Severity | None = None
    """Only if it differs from that of the check."""


@dataclass(frozen=True)
class Check:
    """Definition of a check. `code` names its texts: `check.CODE` describes the fault, `check.CODE.ask` the request.

    `rule` is cited by number: a paragraph of the IMDG Code, unless another rule is named. `over` is what the function
    is called with: each line item with a listed number ("goods"), each line item ("line"), or the box ("box").
    """

    code: str
    topic: Topic
    severity: Severity
    rule: str
    function: Callable[[Any], Any]
    """Takes a Line and returns a Found or None; over the box, takes a Box and yields any number of Found."""
    over: str = "goods"

    def describe(self, language: str) -> str:
        """Description of the fault, one line."""
        return text(f"check.{self.code}", language)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A fault of a box, for an officer; `line_no` is None if it concerns the box as a whole."""

    check: Check
    found: Found

    @property
    def code(self) -> str:
        """The check's code."""
        return self.check.code

    @property
    def severity(self) -> Severity:
        """Severity of this discrepancy."""
        return self.found.severity or self.check.severity

    @property
    def line_no(self) -> int | None:
        """The line item concerned."""
        return self.found.line_no

    def message(self, language: str) -> str:
        """Sentence for the officer."""
        expected, found = (_in_both(value)[language] for value in (self.found.expected, self.found.found))
        title = self.check.describe(language)
        return self._placed(text("check.found", language, title=title, expected=expected, found=found), language)

    def request(self, language: str) -> str:
        """Request to the declarant."""
        return self._placed(text(f"check.{self.code}.ask", language), language)

    def as_dict(self) -> dict[str, Any]:
        """The form in an assessment."""
        return {
            "code": self.code,
            "topic": self.check.topic.value,
            "severity": self.severity.value,
            "line_no": self.line_no,
            "fields": list(self.found.fields),
            "expected": _in_both(self.found.expected),
            "found": _in_both(self.found.found),
            "rule": self.check.rule,
            "title": both(f"check.{self.code}"),
            "message": {language: self.message(language) for language in ("en", "zh")},
            "request": {language: self.request(language) for language in ("en", "zh")},
        }

    def _placed(self, words: str, language: str) -> str:
        return words if self.line_no is None else text("check.on_line", language, line=self.line_no, words=words)


def _in_both(value: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"en": value, "zh": value} if isinstance(value, str) else value


def day_text(days: float) -> str:
    """A day counted from 1970, as ISO 8601."""
    return (_EPOCH + timedelta(days=days)).isoformat()


def figure(value: float, unit: str = "") -> str:
    """A number as text: 18,250 kg, 23.5 °C."""
    written = f"{value + 0.0:,.10g}"
    return f"{written} {unit}" if unit else written


def is_known(value: Any) -> bool:
    """Whether a value is neither None nor NaN."""
    return value is not None and value == value


def words_of(line: Mapping[str, Any], names: Sequence[str] = ("shipping_name", "technical_name", "description")) -> str:
    """The texts of a line item about its goods, in lower case."""
    return " ".join([word for name in names if (word := line[name])]).lower()
