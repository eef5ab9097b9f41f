"""Explain how a file would be read, without storing it: format, header, columns, and a draft of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput
from data.sources.headings import Heading as Recognised
from data.sources.headings import recognised, synonyms
from data.sources.mapping import KNOWN_COLUMNS, Mapping
from data.sources.plan import SAMPLED_ROWS, plan_of, rows_read
from data.sources.problems import shown
from data.sources.reading import COLUMNS, Raw, Rejected, Scan, scan_of
from data.sources.tables import Table, opened, table_in
from data.sources.units import units_of
from data.sources.values import plain

_SAMPLES: Final = 3
_PROBLEMS_SHOWN: Final = 10
# Similarity (0 to 100) from which a heading is proposed for a column; below it, most proposals are wrong.
_PROPOSED: Final = 78.0


@dataclass(frozen=True)
class Heading:
    """One heading: its column and how that was found, or a proposal; `samples` are cells as written and as read."""

    heading: str
    column: str | None
    how: str
    proposal: str | None
    unit: str | None
    samples: tuple[tuple[str, str], ...]
    ambiguity: str | None = None


@dataclass(frozen=True)
class Explanation:
    """How a file would be read. `headings` is empty for messages; `error` is why it could not be read at all."""

    source: str
    format: str
    contains: str
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    sheet: str | None
    header_row: int | None
    headings: tuple[Heading, ...]
    fixed: dict[str, Any]
    rows: int
    refused: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    error: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The explanation for JSON, with a draft of a mapping file."""
        return {**asdict(self), "mapping": self.mapping_toml()}

    def mapping_toml(self) -> str:
        """Draft of a mapping file: proposals to correct, unknown headings and units to fill in."""
        if not self.headings:
            return ""
        lines = [f"# How {self.source} is read. Correct it, and give it to `hazlane ingest --mapping`.", "[columns]"]
        for one in self.headings:
            if one.column is None:
                lines.append(f"{_quoted(one.heading)} = {_quoted(one.proposal or '')}")
            elif one.how == "mapping":
                lines.append(f"{_quoted(one.heading)} = {_quoted(one.column)}")
        if ambiguous := [one for one in self.headings if one.ambiguity is not None]:
            lines += ["[units]", *(f"# {_quoted(one.heading)} = {_quoted('')}  # {_units(one)}" for one in ambiguous)]
        if self.fixed:
            lines += ["[fixed]", *(f"{name} = {_quoted(str(value))}" for name, value in self.fixed.items())]
        return "\n".join(lines) + "\n"


def explain(path: Path, at: datetime, mapping: Path | None = None) -> Explanation:
    """Explain how the file at `path` would be read at the instant `at`. Raises InvalidInput when it contains no table
    and no message."""
    stated = Mapping.read(mapping)
    found = table_in(partial(opened, path), path.name, at, stated)
    if isinstance(found, Scan):
        return _of_messages(path.name, found)
    sample = list(islice(found.rows, SAMPLED_ROWS))
    try:
        plan = plan_of(found.names, sample, path.name, stated, found.cells_typed)
    except InvalidInput as error:
        return _unread(path.name, found, sample, stated, error)
    entries = list(scan_of(path.name, plan.table, rows_read(plan, sample), at).entries)
    refused = [entry for entry in entries if isinstance(entry, Rejected)]
    headings = _headings(plan.headings, sample, plan.readers, [column.name for column in COLUMNS[plan.table]])
    return Explanation(
        path.name, found.format, plan.table, found.encoding.name if found.encoding else None, found.delimiter,
        plan.decimal, found.sheet, found.header_row, headings, dict(plan.fixed), len(sample), len(refused),
        tuple(str(entry) for entry in refused[:_PROBLEMS_SHOWN]), tuple(found.notes),
    )  # fmt: skip


def _unread(name: str, found: Table, sample: Sequence[Raw], stated: Mapping, error: InvalidInput) -> Explanation:
    """Explanation of a table that cannot be read without a mapping file: its headings and sample cells."""
    headings = _headings([recognised(one, stated) for one in found.names], sample, {}, sorted(KNOWN_COLUMNS))
    return Explanation(
        name, found.format, "an unknown table", found.encoding.name if found.encoding else None,
        found.delimiter, stated.decimal, found.sheet, found.header_row, headings, {}, len(sample), len(sample), (),
        tuple(found.notes), error.detail, error.remedy,
    )  # fmt: skip


def _headings(
    found: Sequence[Recognised], sample: Sequence[Raw], readers: Dict[str, Any], columns: Sequence[str]
) -> tuple[Heading, ...]:
    taken = {heading.column for heading in found if heading.column}
    return tuple(
        Heading(
            heading.written,
            heading.column,
            heading.how,
            None if heading.column else _proposal(heading.written, taken, columns),
            heading.unit,
            _samples(heading.written, sample, readers.get(heading.column or "")),
            heading.ambiguity,
        )
        for heading in found
        if heading.written
    )


def _of_messages(name: str, found: Scan) -> Explanation:
    entries = list(found.entries)
    refused = [entry for entry in entries if isinstance(entry, Rejected)]
    problems = tuple(str(entry) for entry in refused[:_PROBLEMS_SHOWN])
    return Explanation(
        name, "messages", found.contains, None, None, None, None, None, (), {}, len(entries), len(refused), problems,
        found.unknown_columns,
    )  # fmt: skip


def _proposal(written: str, taken: set[str], columns: Sequence[str]) -> str | None:
    """The free column whose words are most similar to the heading; None if none is similar enough."""
    from rapidfuzz import fuzz, process

    words = {word: name for word, name in synonyms().items() if name in columns and name not in taken}
    found = process.extractOne(plain(written), list(words), scorer=fuzz.WRatio, score_cutoff=_PROPOSED)
    return words[found[0]] if found else None


def _samples(written: str, sample: Sequence[Raw], reader: Any) -> tuple[tuple[str, str], ...]:
    cells = [raw.values[written] for raw in sample if raw.values and raw.values.get(written) not in (None, "")]
    different = list(dict.fromkeys(map(str, cells)))[:_SAMPLES]
    by_text = {str(cell): cell for cell in cells}
    return tuple((shown(text), shown(str(reader(by_text[text]))) if reader else "") for text in different)


def _units(heading: Heading) -> str:
    return f"the unit of {heading.column}: {', '.join(units_of(heading.column or ''))}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
