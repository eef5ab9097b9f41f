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
    """What a check is about."""

    IDENTITY = "identity"
    PROPERTIES = "properties"
    QUANTITY = "quantity"
    BOX = "box"
    PAPERS = "papers"
    CONCERN = "concern"
    UNDECLARED = "undeclared"


class Line(dict[str, Any]):
    """One line item: its columns by name, numbers NaN and texts None where unknown, days counted from 1970.

    `words` are what it says of its goods, in lower case; `listed` what the list says of its UN number, of which
    `entries` are all and `entry` is the one of its packing group where that is clear. `edition` is that of the box,
    `next_allowed` whether the following amendment may be applied already. Of line items without a UN number, `stated`
    names the columns that call them dangerous goods all the same, and `likely` what they are likely to be where none
    does.
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
    """One declared box: its columns by name, as those of a line, but for those that no check reads.

    `lines` are its line items, `edition` the amendment of the IMDG Code that holds on its day.
    """

    __slots__ = ("dangerous", "edition", "goods", "lines", "next_allowed")
    lines: list[Line]
    goods: list[Line]
    """The line items that are declared as dangerous goods of a listed number."""
    dangerous: list[Line]
    """These, and the line items that have a class without such a number: of them no entry is known."""
    edition: int
    next_allowed: bool


class Found(NamedTuple):
    """What a check found: the columns that show it, what was expected there and what stands there.

    `expected` and `found` are codes and figures, the same in every language, or a text for each.
    """

    fields: tuple[str, ...]
    expected: str | Mapping[str, str]
    found: str | Mapping[str, str]
    line_no: int | None = None
    severity: Severity | None = None
    """Where it differs from that of the check."""


@dataclass(frozen=True)
class Check:
    """`code` names its texts: `check.CODE` what is wrong where it speaks, `.ask` what to ask for then.

    `rule` is cited by number: paragraphs of the IMDG Code where nothing else is named. `over` says what the function
    is given: each line item of a listed number ("goods"), each line item ("line"), or the box.
    """

    code: str
    topic: Topic
    severity: Severity
    rule: str
    function: Callable[[Any], Any]
    """A Line to a Found or None; over the box, a Box to any number of Found."""
    over: str = "goods"

    def describe(self, language: str) -> str:
        """The one line that says what is checked."""
        return text(f"check.{self.code}", language)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What is wrong with a box, for an officer: `line_no` is None where it is about the box as a whole."""

    check: Check
    found: Found

    @property
    def code(self) -> str:
        """The check's code."""
        return self.check.code

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        return self.found.severity or self.check.severity

    @property
    def line_no(self) -> int | None:
        """The line item that it is about."""
        return self.found.line_no

    def message(self, language: str) -> str:
        """What is wrong, in words."""
        expected, found = (_in_both(value)[language] for value in (self.found.expected, self.found.found))
        title = self.check.describe(language)
        return self._placed(text("check.found", language, title=title, expected=expected, found=found), language)

    def request(self, language: str) -> str:
        """What to ask the declarant for."""
        return self._placed(text(f"check.{self.code}.ask", language), language)

    def as_dict(self) -> dict[str, Any]:
        """As an assessment holds it."""
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
    """A number for a reader: 18250 kg, 23.5 °C."""
    written = f"{value + 0.0:,.10g}"
    return f"{written} {unit}" if unit else written


def is_known(value: Any) -> bool:
    """Whether a column says anything."""
    return value is not None and value == value


def words_of(line: Mapping[str, Any], names: Sequence[str] = ("shipping_name", "technical_name", "description")) -> str:
    """What a line item says of its goods, in lower case."""
    return " ".join([word for name in names if (word := line[name])]).lower()
