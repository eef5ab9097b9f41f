"""Problems of values, with message and remedy in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from data.errors import InvalidInput
from data.texts import LANGUAGES, text

_LONGEST_SHOWN: Final = 80


class Phrase:
    """A text of data/texts in both languages, with the values of its placeholders, which may be phrases too."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values

    def text(self, language: str) -> str:
        """The text in `language` ("en" or "zh")."""
        return text(self.key, language, **_in(language, self.values))

    def both(self) -> dict[str, str]:
        """The text in both languages: `{"en": ..., "zh": ...}`."""
        return {language: self.text(language) for language in LANGUAGES}


def _in(language: str, values: Mapping[str, object]) -> dict[str, object]:
    """Values with each phrase as text in `language`."""
    return {name: one.text(language) if isinstance(one, Phrase) else one for name, one in values.items()}


class Unreadable(InvalidInput):
    """Content that cannot be read: `said` is what is wrong and where, `advice` what to do, in both languages."""

    def __init__(self, said: Phrase, advice: Phrase, source: str = "") -> None:
        where = f"{source}, " if source else ""
        super().__init__(f"{where}{said.text('en')}", advice.text("en"))
        self.said = said
        self.advice = advice


@dataclass(frozen=True)
class Problem:
    """One problem of one row. `column` is None when it concerns the row as a whole.

    The texts are in texts/problems.csv under `problem.<key>` and `remedy.<key>`, or `remedy.<remedy_key>` where the
    remedy depends on the column; `values` fills their placeholders, with phrases where a value differs by language.
    """

    key: str
    column: str | None = None
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    remedy_key: str = ""

    def message(self, language: str) -> str:
        """What is wrong, in `language` ("en" or "zh")."""
        return self._text(f"problem.{self.key}", language)

    def remedy(self, language: str) -> str:
        """What to do about it, in `language`."""
        return self._text(f"remedy.{self.remedy_key or self.key}", language)

    def _text(self, key: str, language: str) -> str:
        return text(key, language, value=self.value, column=self.column, **_in(language, self.values))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `{"column", "value", "message": {en, zh}, "remedy": {en, zh}}`."""
        return {
            "column": self.column,
            "value": self.value,
            "message": {language: self.message(language) for language in LANGUAGES},
            "remedy": {language: self.remedy(language) for language in LANGUAGES},
        }

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column else ""
        return f"{where}{self.message('en')} {self.remedy('en')}"


def unreadable(error: InvalidInput) -> Problem:
    """The problem of content that cannot be read. Errors other than Unreadable have their reason in English only."""
    if isinstance(error, Unreadable):
        return Problem("unreadable", values={"reason": error.said, "remedy": error.advice})
    return Problem("unreadable", values={"reason": error.detail, "remedy": error.remedy})


def encodable(text: str) -> str:
    """The text with undecoded bytes written as `\\xfc`, so that any database and terminal accepts it."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shown(value: object) -> str:
    """A value as shown in a problem: at most 80 characters, encodable."""
    written = encodable(value if isinstance(value, str) else repr(value))
    return written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 1] + "…"
