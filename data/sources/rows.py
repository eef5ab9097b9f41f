"""One row of a table becomes typed values or a list of problems. Tables, HTTP and EDIFACT all come through here.

What a port's export varies harmlessly is normalised (spaces, case of codes, "UN 1203", yes/no, offsets); what could
be read in two ways is refused, with a remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from data.errors import InvalidInput
from data.records import DECLARATION_COLUMNS, INSPECTION_COLUMNS, Column, Kind
from data.reference.dangerous_goods import is_known
from data.sources.models import DeclarationRow, InspectionRow
from data.sources.problems import Problem, shown
from data.vocabulary import Finding, Outcome

__all__ = ["Problem", "Row", "rows_of_box", "tidy", "validate_declaration", "validate_inspection"]

Row = dict[str, Any]
Validated = tuple[Row | None, tuple[Problem, ...]]

# A date of the same row further ahead than this after the filing is a slip of the pen.
FARTHEST_AHEAD: Final = timedelta(days=366)

_COLUMNS: Final[Mapping[str, Column]] = {column.name: column for column in (*INSPECTION_COLUMNS, *DECLARATION_COLUMNS)}
_BY_ERROR: Final[Mapping[str, str]] = {
    "missing": "missing",
    "finite_number": "finite",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "string_pattern_mismatch": "pattern",
    "string_too_long": "too_long",
    "string_type": "text",
}
_BY_KIND: Final[Mapping[Kind, str]] = {Kind.INTEGER: "integer", Kind.NUMBER: "number"}


def validate_declaration(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """A line item's row with every column of the contract (missing: None), or None and what is wrong with it.

    Instants come back as aware UTC, dates as `date`, flags as bool, amendment_no as 0 where it was empty. With `at`,
    a filing more than a year after that instant is an impossible date.
    """
    return _validate(raw, DeclarationRow, _declaration_faults, at)


def validate_inspection(raw: Mapping[str, Any], at: datetime | None = None) -> Validated:
    """An inspection's row with every column of the contract, or None and what is wrong with it."""
    return _validate(raw, InspectionRow, _inspection_faults, at)


def rows_of_box(document: object) -> list[Row]:
    """The raw rows of one JSON box: box fields beside `line_items`, a list of objects. Lines are numbered in order.

    Raises InvalidInput when the document has another shape; what its fields hold is for validate_declaration.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput("The box is not a JSON object.", 'Send {"declaration_id": …, "line_items": [{…}]}.')
    items = document.get("line_items")
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise InvalidInput(
            "line_items is not a list of objects.",
            "Give one object for each substance in the box; general cargo is one object without un_no.",
        )
    box = {name: value for name, value in document.items() if name != "line_items"}
    rows = [{**item, **box} for item in items]
    for number, row in enumerate(rows, start=1):
        if row.get("line_no") in (None, ""):
            row["line_no"] = number
    return rows


def tidy(text: str) -> str:
    """Text without surrounding spaces and byte order marks, each inner run of white space one space."""
    return " ".join(text.replace("\ufeff", "").split())


def _validate(
    raw: Mapping[str, Any],
    model: type[BaseModel],
    faults_of: Callable[[Row, datetime | None], list[Problem]],
    at: datetime | None,
) -> Validated:
    present, problems = _present(raw)
    try:
        row: Row = model.__pydantic_validator__.validate_python(present).__dict__
    except ValidationError as error:
        unread = {problem.column for problem in problems}
        problems.extend(
            _problem(fault["loc"][0], fault["type"], fault.get("ctx", {}), fault["input"])
            for fault in error.errors(include_url=False)
            if fault["loc"][0] not in unread
        )
        return None, tuple(problems)
    problems.extend(faults_of(row, at))
    return (None, tuple(problems)) if problems else (row, ())


def _present(raw: Mapping[str, Any]) -> tuple[Row, list[Problem]]:
    """The cells that hold something, text tidied. Text that cannot be stored or read is a problem."""
    present: Row = {}
    problems: list[Problem] = []
    for name, value in raw.items():
        if value.__class__ is str:
            value = value.strip()
            if not value.isprintable():
                value = tidy(value)
                if (fault := _unreadable(value)) and name in _COLUMNS:
                    problems.append(Problem(fault, name, shown(value)))
                    continue
            if value:
                present[name] = value
        elif value is not None:
            present[name] = value
    return present, problems


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
    if key == "range":
        values |= {"minimum": f"{column.minimum:g}", "maximum": f"{column.maximum:g}"}
    elif key == "code" and column.vocabulary:
        values["allowed"] = ", ".join(column.vocabulary)
    elif key == "pattern" and name in ("un_no", "manifest_un_no"):
        key = "un_no"
    return Problem(key, name, "" if key == "missing" else shown(value), values)


def _declaration_faults(row: Row, at: datetime | None) -> list[Problem]:
    problems = []
    if row["amendment_no"] is None:
        row["amendment_no"] = 0
    un_no = row["un_no"]
    if un_no is not None and not is_known(un_no):
        problems.append(Problem("unknown_un_no", "un_no", un_no))
    declared_at = row["declared_at"]
    problems += _too_late(row, ("declared_at",), at)
    problems += _too_late(row, ("loading_at", "packed_on", "produced_on"), declared_at)
    return problems


def _inspection_faults(row: Row, at: datetime | None) -> list[Problem]:
    problems = _too_late(row, ("recorded_at",), at)
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
    """The codes in canonical form, and the first that is none."""
    codes = [code for part in written.replace("；", ";").split(";") if (code := part.strip().lower())]
    unknown = next((code for code in codes if code not in list(Finding)), "")
    return ";".join(dict.fromkeys(codes)), unknown


def _too_late(row: Row, names: tuple[str, ...], reference: datetime | None) -> list[Problem]:
    """The dates of `names` that lie more than a year after `reference`."""
    if reference is None:
        return []
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
