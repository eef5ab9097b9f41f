"""Files into the store: what is new is added, what is known is counted, what is bad is kept with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.reading import Accepted, Entry, Rejected, rejected
from data.sources.tables import scan
from data.store import Store

Progress = Callable[[str, int], None]

# Rows of one transaction.
_ROWS_A_TURN: Final = 20_000
# Reasons that a summary spells out; the store keeps all.
_REASONS_SHOWN: Final = 20


@dataclass
class FileSummary:
    """What became of one file. `error` says why it could not be read at all, or not to its end."""

    source: str
    table: str | None = None
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class Summary:
    """What became of all files."""

    files: list[FileSummary]

    @property
    def accepted(self) -> int:
        """Rows that are new in the store."""
        return sum(file.accepted for file in self.files)

    @property
    def duplicate(self) -> int:
        """Rows that the store already held."""
        return sum(file.duplicate for file in self.files)

    @property
    def rejected(self) -> int:
        """Rows that were not accepted; the store keeps them with their reasons."""
        return sum(file.rejected for file in self.files)

    @property
    def failed(self) -> list[FileSummary]:
        """Files that could not be read at all, or not to their end."""
        return [file for file in self.files if file.error]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: totals, then file by file."""
        totals = {"accepted": self.accepted, "duplicate": self.duplicate, "rejected": self.rejected}
        return {**totals, "files": [vars(file) for file in self.files]}


def ingest(paths: Iterable[Path | str], store: Store, at: datetime, progress: Progress | None = None) -> Summary:
    """Add the rows of `paths` to the store at the instant `at`; `progress(source, rows so far)` is told now and then.

    Bad content never raises: a bad row is rejected, a file that is no table is reported in its summary, and the
    other files are still read. Reading a file again adds nothing.
    """
    return Summary([_ingest_file(Path(path), store, at, progress) for path in paths])


def _ingest_file(path: Path, store: Store, at: datetime, progress: Progress | None) -> FileSummary:
    summary = FileSummary(path.name)
    try:
        found = scan(path, at)
        summary.table, summary.unknown_columns = found.table, found.unknown_columns
        while turn := list(islice(found.entries, _ROWS_A_TURN)):
            _add(turn, summary, store, at)
            if progress is not None:
                progress(path.name, summary.accepted + summary.duplicate + summary.rejected)
    except InvalidInput as error:
        summary.error = str(error)
    return summary


def _add(turn: Sequence[Entry], summary: FileSummary, store: Store, at: datetime) -> None:
    accepted = [entry for entry in turn if isinstance(entry, Accepted)]
    refused = [entry for entry in turn if isinstance(entry, Rejected)]
    add = store.add_inspections if summary.table == "inspections" else store.add_declarations
    added = add([entry.row for entry in accepted], summary.source, at)
    refused += [
        rejected(summary.source, accepted[conflict.index].raw, conflict.problem) for conflict in added.conflicting
    ]
    store.add_rejected([entry.as_dict() for entry in refused], at)
    summary.accepted += added.new
    summary.duplicate += added.duplicate
    summary.rejected += len(refused)
    summary.reasons += map(str, refused[: _REASONS_SHOWN - len(summary.reasons)])
