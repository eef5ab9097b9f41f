"""A row of one of several sheets that are read as one table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from data.sources.problems import encodable
from data.sources.reading import Entry, Raw, Rejected


@dataclass(frozen=True)
class SheetRow(Raw):
    """A row with the sheet that it stands in."""

    sheet: str = ""

    def written(self) -> bytes:
        """The row with its sheet, which its number alone does not tell."""
        return encodable(
            json.dumps({"sheet": self.sheet, **(self.values or {})}, ensure_ascii=False, default=str)
        ).encode()


class Sheets:
    """Says of each rejected row which sheet it stands in. Rows must become entries one by one, when asked for."""

    def __init__(self) -> None:
        self._sheet = ""

    def passing(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """The rows; the sheet of the one that went through last is remembered."""
        for raw in raws:
            self._sheet = raw.sheet if isinstance(raw, SheetRow) else ""
            yield raw

    def told(self, source: str, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries made of them, their source with the sheet."""
        for entry in entries:
            if self._sheet and isinstance(entry, Rejected):
                yield replace(entry, source=f"{source} [{self._sheet}]")
            else:
                yield entry
