"""A mapping file: what a port says of its own table where headings and values do not say it themselves. TOML.

    [columns]
    "货柜" = "box_no"
    [units]
    "重量" = "t"
    [values.flow]
    "出" = "export"
    [fixed]
    document = "weighbridge"

Beside these: `time_zone`, `decimal`, `encoding`, `delimiter`, `sheet`, `header_row` (from 1).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from data.errors import InvalidInput
from data.sources.reading import COLUMNS
from data.sources.units import UNITS

KNOWN_COLUMNS: Final = frozenset(column.name for columns in COLUMNS.values() for column in columns)
_KINDS: Final[Dict[str, type]] = {
    "columns": dict,
    "units": dict,
    "values": dict,
    "fixed": dict,
    "time_zone": str,
    "decimal": str,
    "encoding": str,
    "delimiter": str,
    "sheet": str,
    "header_row": int,
}
_REMEDY: Final = "docs/tables.md shows what a mapping file may hold."


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says; empty when there is none. A column that is to be ignored is mapped to ""."""

    columns: Dict[str, str] = field(default_factory=dict)
    units: Dict[str, str] = field(default_factory=dict)
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)
    fixed: Dict[str, Any] = field(default_factory=dict)
    time_zone: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None

    @classmethod
    def read(cls, path: Path | None) -> Self:
        """The mapping file at `path`. Raises InvalidInput when it is none, or names what does not exist."""
        if path is None:
            return cls()
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} is not TOML: {error}.", _REMEDY) from error
        for name, value in found.items():
            if name not in _KINDS or not isinstance(value, _KINDS[name]):
                raise InvalidInput(f"{path}: {name} is not known, or not of its kind.", _REMEDY)
        mapping = cls(**found)
        mapping._check(path)
        return mapping

    def _check(self, path: Path) -> None:
        named = [*filter(None, self.columns.values()), *self.values, *self.fixed]
        if unknown := [name for name in named if name not in KNOWN_COLUMNS]:
            raise InvalidInput(f"{path}: {unknown[0]} is no column.", "docs/data-dictionary.md lists the columns.")
        if unknown := [unit for unit in self.units.values() if unit.casefold() not in UNITS]:
            raise InvalidInput(f"{path}: the unit {unknown[0]} is not known.", f"Use one of {', '.join(UNITS)}.")
        if self.decimal not in (None, ".", ","):
            raise InvalidInput(f"{path}: decimal is {self.decimal!r}.", 'Use "." or ",".')
        try:
            ZoneInfo(self.time_zone or "UTC")
        except (ValueError, OSError, KeyError) as error:
            raise InvalidInput(f"{path}: no time zone {self.time_zone} is known.", "Write Asia/Shanghai.") from error
        try:
            "".encode(self.encoding or "utf-8")
        except LookupError as error:
            raise InvalidInput(f"{path}: no encoding {self.encoding} is known.", "Write utf-8 or gb18030.") from error
