"""Mapping files (TOML): columns, units, codes and constants of a port's table that are not recognised by themselves.

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
from datetime import date, time
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from data.errors import InvalidInput
from data.sources.reading import COLUMNS
from data.sources.units import UNITS, folded
from data.sources.values import words

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
_NO_DELIMITERS: Final = '"\r\n'
_ONE_VALUE: Final = (str, int, float, date, time)
# By table of the file: what its entries may be, and how to write one.
_ENTRIES: Final[Dict[str, tuple[tuple[type, ...], str]]] = {
    "columns": ((str,), 'a column in quotation marks, as "货柜" = "box_no", or "" to leave the heading out'),
    "units": ((str,), 'a unit in quotation marks, as "重量" = "t"'),
    "values": ((dict,), 'a table of codes by cell, as [values.flow] and under it "出" = "export"'),
    "fixed": (_ONE_VALUE, 'one value, as terminal = "DCT"'),
}
_REMEDY: Final = "docs/tables.md describes mapping files."


@dataclass(frozen=True)
class Mapping:
    """The content of a mapping file; empty when there is none. A heading that is ignored is mapped to ""."""

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
        """Read the mapping file at `path`. Raises InvalidInput when it is invalid or contains unknown names."""
        if path is None:
            return cls()
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} is not TOML: {error}.", _REMEDY) from error
        for name, value in found.items():
            if name not in _KINDS or not isinstance(value, _KINDS[name]) or isinstance(value, bool):
                raise InvalidInput(f"{path}: {name} is unknown, or its value has the wrong type.", _REMEDY)
            if isinstance(value, dict):
                _check_kinds(path, name, value)
        mapping = cls(**found)
        mapping._check(path)
        return mapping

    @staticmethod
    def _check_codes(path: Path, name: str, codes: Dict[str, str]) -> None:
        column = next(column for columns in COLUMNS.values() for column in columns if column.name == name)
        allowed = sorted(set(words().get(name, {}).values())) if column.vocabulary else []
        for cell, code in codes.items():
            if allowed and str(code).lower() not in allowed:
                raise InvalidInput(f"{path}: values.{name}: {cell!r} is {code!r}.", f"Use one of {', '.join(allowed)}.")

    def _check(self, path: Path) -> None:
        named = [*filter(None, self.columns.values()), *self.values, *self.fixed]
        if unknown := [name for name in named if name not in KNOWN_COLUMNS]:
            raise InvalidInput(f"{path}: unknown column: {unknown[0]}.", "docs/data-dictionary.md lists the columns.")
        if unknown := [unit for unit in self.units.values() if folded(unit) not in UNITS]:
            raise InvalidInput(f"{path}: unknown unit: {unknown[0]}.", f"Use one of {', '.join(UNITS)}.")
        for name, codes in self.values.items():
            self._check_codes(path, name, codes)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in _NO_DELIMITERS):
            raise InvalidInput(
                f"{path}: delimiter is {self.delimiter!r}.", r'Use one character: ",", ";", "\t" or "|".'
            )
        if self.header_row is not None and self.header_row < 1:
            raise InvalidInput(f"{path}: header_row is {self.header_row}.", "Count the rows from 1.")
        if self.decimal not in (None, ".", ","):
            raise InvalidInput(f"{path}: decimal is {self.decimal!r}.", 'Use "." or ",".')
        try:
            ZoneInfo(self.time_zone or "UTC")
        except (ValueError, OSError, KeyError) as error:
            raise InvalidInput(
                f"{path}: unknown time zone: {self.time_zone}.", "Write an IANA name such as Asia/Shanghai."
            ) from error
        try:
            "".encode(self.encoding or "utf-8")
        except LookupError as error:
            raise InvalidInput(f"{path}: unknown encoding: {self.encoding}.", "Write utf-8 or gb18030.") from error


def _check_kinds(path: Path, name: str, entries: Dict[str, Any]) -> None:
    """Check the types of the entries in one table of the file. Raises InvalidInput."""
    kinds, example = _ENTRIES[name]
    for key, value in entries.items():
        if not isinstance(value, kinds):
            raise InvalidInput(f"{path}: {name}: {key!r} is {value!r}.", f"Write {example}.")
        for cell, code in value.items() if isinstance(value, dict) else ():
            if not isinstance(code, (str, int, float)):
                raise InvalidInput(f"{path}: {name}.{key}: {cell!r} is {code!r}.", f"Write {example}.")
