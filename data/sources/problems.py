"""Problems of values, with message and remedy in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from data.texts import both, text

_LONGEST_SHOWN: Final = 80


@dataclass(frozen=True)
class Problem:
    """One problem of one row. `column` is None when it concerns the row as a whole.

    The texts are in texts/problems.csv under `problem.<key>` and `remedy.<key>`, or `remedy.<remedy_key>` where the
    remedy depends on the column; `values` fills their placeholders.
    """

    key: str
    column: str | None = None
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    remedy_key: str = ""

    def message(self, language: str) -> str:
        """What is wrong, in `language` ("en" or "zh")."""
        return text(f"problem.{self.key}", language, value=self.value, column=self.column, **self.values)

    def remedy(self, language: str) -> str:
        """What to do about it, in `language`."""
        return text(
            f"remedy.{self.remedy_key or self.key}", language, value=self.value, column=self.column, **self.values
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `{"column", "value", "message": {en, zh}, "remedy": {en, zh}}`."""
        places = {"value": self.value, "column": self.column, **self.values}
        return {
            "column": self.column,
            "value": self.value,
            "message": both(f"problem.{self.key}", **places),
            "remedy": both(f"remedy.{self.remedy_key or self.key}", **places),
        }

    def __str__(self) -> str:
        where = f"{self.column}: " if self.column else ""
        return f"{where}{self.message('en')} {self.remedy('en')}"


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
