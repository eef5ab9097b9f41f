"""Validate one row: typed values, or a list of problems. Tables, HTTP and messages use these functions.

Harmless variants are normalised (spaces, case of codes, "UN 1203", yes/no, offsets); ambiguous values are refused with
a remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from pydantic import ValidationError

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, NOTICE_COLUMNS, STATEMENT_COLUMNS, Column, Kind
from data.sources.clock import FARTHEST_AHEAD, ahead_of_clock
from data.sources.models import validator_of
from data.sources.problems import Problem, shown
from data.vocabulary import Finding, Outcome

__all__ = [
    "InvalidBox",
    "Problem",
    "Row",
    "rows_of_box",
    "tidy",
    "validate_declaration",
    "validate_inspection",
    "validate_notice",
    "validate_statement",
]

Row = dict[str, Any]
Validated = tuple[Row | None, tuple[Problem, ...]]

# Texts of one column whose values are cached.
_TEXTS_REMEMBERED: Final = 20_000

_COLUMNS: Final[Mapping[str, Column]] = {
    column.name: column for column in (*NOTICE_COLUMNS, *STATEMENT_COLUMNS, *INSPECTION_COLUMNS, *DECLARATION_COLUMNS)
}
_BY_ERROR: Final[Mapping[str, str]] = {
    "missing": "missing",
    "finite_number": "finite",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "string_pattern_mismatch": "pattern",
    "string_too_long": "too_long",
    "string_type": "text",
}
# Endings of columns with a unit of their own, which the remedy of a value outside its limits names.
_UNITS: Final = ("kg", "c", "l", "percent", "bq", "probability")
_BY_KIND: Final[Mapping[Kind, str]] = {Kind.INTEGER: "integer", Kind.NUMBER: "number"}


def validate_declaration(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """Validate the row of a line item: a row with all columns (missing: None), or None and its problems.

    Instants are returned as aware UTC, dates as `date`, flags as bool, an empty amendment_no as 0. With `at`,
    the clock when the row was received, a filing more than a few minutes after that is refused (`clock`), as are
    statements, notices and recorded inspections.
    """
    return _validate(raw, _DECLARATION, _declaration_faults, at)


def validate_inspection(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """Validate the row of an inspection: a row with all columns, or None and its problems."""
    return _validate(raw, _INSPECTION, _inspection_faults, at)


def validate_statement(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """Validate the row of a statement: a row with all columns, or None and its problems. An unknown box_no is ""."""
    return _validate(raw, _STATEMENT, _statement_faults, at)


def validate_notice(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """Validate the row of a notice: a row with all columns, or None and its problems. An empty box_no is ""."""
    return _validate(raw, _NOTICE, _notice_faults, at)


def rows_of_box(document: object) -> list[Row]:
    """The raw rows of one JSON box with `line_items`, a list of objects. Lines without number are numbered in order.

    Raises InvalidBox when the document has another structure; its values are not validated here.
    """
    if not isinstance(document, Mapping):
        example = '{"declaration_id": …, "line_items": [{…}]}'
        raise InvalidBox(Problem("not_object", None, shown(document), {"example": example}))
    items = document.get("line_items")
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise InvalidBox(Problem("no_line_items", "line_items", shown(items)))
    box = {name: value for name, value in document.items() if name != "line_items"}
    for item in items:
        # One of the two values would be lost.
        for name in (name for name in item if name in box and item[name] != box[name]):
            raise InvalidBox(Problem("stated_twice", name, shown(box[name]), {"first": shown(item[name])}))
    rows = [{**item, **box} for item in items]
    for number, row in enumerate(rows, start=1):
        if row.get("line_no") in (None, ""):
            row["line_no"] = number
    return rows


def tidy(text: str) -> str:
    """The text without surrounding white space and byte order marks, with single spaces inside."""
    return " ".join(text.replace("\ufeff", "").split())


class InvalidBox(InvalidInput):
    """A JSON box that cannot be divided into rows, with the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message("en"), problem.remedy("en"))
        self.problem = problem


class _Cells:
    """Validators of the columns of a table, each with a cache, because texts repeat."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.empty: Row = dict.fromkeys(column.name for column in columns)
        self.required = [column.name for column in columns if column.required]
        self.readers: dict[str, tuple[Callable[[object], Any], dict[str, Any]]] = {
            column.name: (validator_of(column), {}) for column in columns
        }


_DECLARATION: Final = _Cells(DECLARATION_COLUMNS)
_STATEMENT: Final = _Cells(STATEMENT_COLUMNS)
_NOTICE: Final = _Cells(NOTICE_COLUMNS)
_INSPECTION: Final = _Cells(INSPECTION_COLUMNS)


def _validate(
    raw: Mapping[str, Any],
    cells: _Cells,
    faults_of: Callable[[Row, datetime | None], list[Problem]],
    at: datetime | None,
) -> Validated:
    row = dict(cells.empty)
    problems: list[Problem] = []
    readers = cells.readers
    for name, value in raw.items():
        if value is None or value == "" or name not in readers:
            continue
        read, known = readers[name]
        if value.__class__ is not str:
            row[name] = _read(name, value, read, problems)
            continue
        found = known.get(value)
        if found is None:
            found = _read(name, value, read, problems)
            if found is not None:
                if len(known) >= _TEXTS_REMEMBERED:
                    known.clear()
                known[value] = found
        row[name] = found
    if problems or any(row[name] is None for name in cells.required):
        faulty = {problem.column for problem in problems}
        missing = (name for name in cells.required if row[name] is None and name not in faulty)
        return None, (*(_problem(name, "missing", {}, None) for name in missing), *problems)
    problems.extend(faults_of(row, at))
    return (None, tuple(problems)) if problems else (row, ())


def _read(name: str, value: Any, read: Callable[[object], Any], problems: list[Problem]) -> Any:
    """Validate one value; None where it is empty or invalid. A problem is appended to `problems`."""
    if value.__class__ is str:
        value = value.strip()
        if not value.isprintable():
            value = tidy(value)
            if fault := _unreadable(value):
                problems.append(Problem(fault, name, shown(value)))
                return None
        if not value:
            return None
    try:
        return read(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problems.append(_problem(name, first["type"], first.get("ctx", {}), first["input"]))
        return None


def _unreadable(text: str) -> str | None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "undecodable"
    if any(character < " " or "\x7f" <= character < "\xa0" for character in text):
        return "control_character"
    return None


def _problem(name: Any, error: str, context: Mapping[str, Any], value: object) -> Problem:
    column = _COLUMNS[name]
    key = str(context["key"]) if error == "hazlane" else _BY_ERROR.get(error) or _BY_KIND.get(column.kind, "text")
    values: dict[str, Any] = {"example": column.example}
    remedy_key = ""
    if key == "range":
        values |= {"minimum": _limit(column.minimum), "maximum": _limit(column.maximum)}
        remedy_key = next((f"range.{unit}" for unit in _UNITS if name.endswith(f"_{unit}")), "")
    elif key == "code" and column.vocabulary:
        values["allowed"] = ", ".join(column.vocabulary)
    elif key == "pattern" and name.endswith("un_no"):
        key = "un_no"
    return Problem(key, name, "" if key == "missing" else shown(value), values, remedy_key)


def _limit(value: float | None) -> str:
    """A limit in digits, unless it has more than 15."""
    return f"{value:.15g}" if value is not None else ""


def _declaration_faults(row: Row, at: datetime | None) -> list[Problem]:
    row["amendment_no"] = row["amendment_no"] or 0
    return [*_ahead(row, "declared_at", at), *_planned_faults(row, row["declared_at"])]


def _statement_faults(row: Row, at: datetime | None) -> list[Problem]:
    row["version"] = row["version"] or 0
    row["withdrawn"] = bool(row["withdrawn"])
    row["box_no"] = row["box_no"] or ""
    return [*_ahead(row, "stated_at", at), *_planned_faults(row, row["stated_at"])]


def _notice_faults(row: Row, at: datetime | None) -> list[Problem]:
    row["box_no"] = row["box_no"] or ""
    return _ahead(row, "noticed_at", at)


def _planned_faults(row: Row, stated_at: datetime) -> list[Problem]:
    return _too_late(row, ("loading_at", "packed_on", "produced_on"), stated_at)


def _inspection_faults(row: Row, at: datetime | None) -> list[Problem]:
    problems = _ahead(row, "recorded_at", at)
    inspected_at = row["inspected_at"]
    if inspected_at is not None and inspected_at > row["recorded_at"]:
        recorded = row["recorded_at"].isoformat()
        problems.append(Problem("inspected_later", "inspected_at", inspected_at.isoformat(), {"recorded": recorded}))
    findings, unknown = _findings(row["findings"] or "")
    if unknown:
        problems.append(Problem("unknown_finding", "findings", unknown, {"allowed": "; ".join(Finding)}))
    elif row["outcome"] == Outcome.VIOLATION and not findings:
        problems.append(Problem("no_findings", "findings", "", {"allowed": "; ".join(Finding)}))
    elif row["outcome"] == Outcome.COMPLIANT and findings:
        problems.append(Problem("compliant_with_findings", "findings", findings))
    row["findings"] = findings or None
    return problems


def _findings(written: str) -> tuple[str, str]:
    """The finding codes in canonical form, and the first unknown one, or ""."""
    codes = [code for part in written.replace("；", ";").split(";") if (code := part.strip().lower())]
    unknown = next((code for code in codes if code not in list(Finding)), "")
    return ";".join(dict.fromkeys(codes)), unknown


def _ahead(row: Row, name: str, at: datetime | None) -> list[Problem]:
    problem = ahead_of_clock(name, row[name], at) if at is not None else None
    return [problem] if problem is not None else []


def _too_late(row: Row, names: tuple[str, ...], reference: datetime) -> list[Problem]:
    """Problems of the dates in `names` that are more than a year after `reference`."""
    problems = []
    limit = reference + FARTHEST_AHEAD
    for name in names:
        value: datetime | date | None = row[name]
        if value is None:
            continue
        instant = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
        if instant > limit:
            problems.append(Problem("too_late", name, value.isoformat(), {"limit": limit.date().isoformat()}))
    return problems
