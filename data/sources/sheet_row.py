"""Rows of several sheets of a workbook that are read as one table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from data.sources.problems import encodable
from data.sources.reading import Entry, Raw, Rejected


@dataclass(frozen=True)
class SheetRow(Raw):
    """A row with the name of its sheet."""

    sheet: str = ""

    def written(self) -> bytes:
        """The row with its sheet, as bytes for the quarantine."""
        return encodable(
            json.dumps({"sheet": self.sheet, **(self.values or {})}, ensure_ascii=False, default=str)
        ).encode()


class Sheets:
    """Adds the name of the sheet to rejected rows. Rows must be turned into entries lazily, one by one."""

    def __init__(self) -> None:
        self._sheet = ""

    def passing(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """The rows, while the sheet of the last one is remembered."""
        for raw in raws:
            self._sheet = raw.sheet if isinstance(raw, SheetRow) else ""
            yield raw

    def with_sheet(self, source: str, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries made of these rows; the source of rejected ones gets the name of the sheet."""
        for entry in entries:
            if self._sheet and isinstance(entry, Rejected):
                yield replace(entry, source=f"{source} [{self._sheet}]")
            else:
                yield entry
