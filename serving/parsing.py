"""Turn request bodies into validated rows, with the same validation and the same problems as for tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from data.errors import Conflict, InvalidInput
from data.records import BOX_COLUMNS, BOX_KEY
from data.sources.problems import Problem, shown
from data.sources.rows import InvalidBox, rows_of_box, validate_declaration, validate_inspection
from data.sources.unknown_fields import BOX_FIELDS, INSPECTION_FIELDS, unknown_fields
from serving.content_types import Row

Valid = dict[str, Any]

_BOX: Final = frozenset(column.name for column in BOX_COLUMNS)


@dataclass
class Submission:
    """One box of a batch: its first row number, its valid rows, and the problems found."""

    row: int
    declaration_id: Any = None
    box_no: Any = None
    rows: list[Valid] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """The number of each valid row in the batch."""
    problems: list[dict[str, Any]] = field(default_factory=list)
    error: InvalidInput | None = None

    def refused(self) -> InvalidInput | None:
        """The error that refuses this box; None when all its rows are valid."""
        return self.error or (_invalid(self.problems) if self.problems else None)

    def located(self, conflict: Conflict) -> Conflict:
        """The conflict of this box with what is recorded, with the row numbers of the batch."""
        problems = [{**one, "row": self.numbers[one["row"] - 1]} for one in conflict.extra.get("problems", [])]
        return Conflict(conflict.detail, conflict.remedy, problems=problems)


def box(document: Any, at: datetime) -> list[Valid]:
    """The rows of one box document (box fields and `line_items`). Raises InvalidInput with its problems."""
    rows, problems = _checked(document, at)
    if problems:
        raise _invalid(problems)
    return rows


def boxes(rows: Iterable[Row], at: datetime) -> list[Submission]:
    """The boxes of a batch, in order of first appearance.

    A row with `line_items` is one box. A row without is one line item, as in the declarations table: rows with the
    same declaration, box and amendment form one box, which is refused as a whole when one of them is invalid. Raises
    InvalidInput for an empty batch.
    """
    submissions: list[Submission] = []
    tabular: dict[tuple[str, ...], list[tuple[int, Mapping[str, Any]]]] = {}
    for number, value in rows:
        if isinstance(value, InvalidInput):
            submissions.append(Submission(number, error=value))
        elif not isinstance(value, Mapping) or "line_items" in value:
            submissions.append(_of_document(number, value, at))
        else:
            tabular.setdefault(_key(number, value), []).append((number, value))
    submissions.extend(_of_rows(numbered, at) for numbered in tabular.values())
    if not submissions:
        raise _whole(Problem("no_boxes"))
    return sorted(submissions, key=lambda submission: submission.row)


def _key(number: int, row: Mapping[str, Any]) -> tuple[str, ...]:
    key = tuple(str(row.get(name) or "").strip() for name in BOX_KEY)
    # Rows without declaration_id or box_no are not grouped.
    return key if all(key[:2]) else (str(number),)


def _of_rows(numbered: Sequence[tuple[int, Mapping[str, Any]]], at: datetime) -> Submission:
    first, head = numbered[0]
    submission = Submission(first, head.get("declaration_id"), head.get("box_no"))
    submission.problems.extend(_at(*unknown) for unknown in unknown_fields(numbered, BOX_FIELDS))
    for line_no, (number, raw) in enumerate(numbered, start=1):
        row, found = validate_declaration({**raw, "line_no": raw.get("line_no") or line_no}, at)
        submission.problems.extend(_at(number, problem) for problem in found)
        if row is not None:
            submission.rows.append(row)
            submission.numbers.append(number)
            submission.problems.extend(_disagreements(number, first, submission.rows[0], row))
    return submission


def _disagreements(number: int, first: int, head: Valid, row: Valid) -> list[dict[str, Any]]:
    return [
        _at(number, Problem("box_disagrees", name, str(row[name]), {"row": first, "first": head[name]}))
        for name in _BOX
        if row[name] != head[name]
    ]


def inspections(document: Any, at: datetime) -> list[Valid]:
    """The rows of one inspection or a list of them. Raises InvalidInput when any is invalid, or none is given."""
    valid: list[Valid] = []
    problems: list[dict[str, Any]] = []
    given = document if isinstance(document, list) else [document]
    if not given:
        raise _whole(Problem("no_inspections"))
    for number, raw in enumerate(given, start=1):
        if not isinstance(raw, Mapping):
            example = '{"inspection_id": …, "outcome": …}'
            problems.append(_at(number, Problem("not_object", None, shown(raw), {"example": example})))
            continue
        problems.extend(_at(*unknown) for unknown in unknown_fields([(number, raw)], INSPECTION_FIELDS))
        row, found = validate_inspection(raw, at)
        problems.extend(_at(number, problem) for problem in found)
        if row is not None:
            valid.append(row)
    if problems:
        raise none_stored(_invalid(problems), len(given))
    return valid


_Refusal = TypeVar("_Refusal", InvalidInput, Conflict)


def none_stored(error: _Refusal, total: int) -> _Refusal:
    """The error of a list of inspections, completed: how many of `total` are refused, and that none was stored."""
    problems: list[dict[str, Any]] = error.extra.get("problems", [])
    refused = len({one["row"] for one in problems})
    if total == 1 or not refused:
        return error
    problem = Problem("none_stored", values={"refused": refused, "total": total})
    listed = [*problems, {"row": None, **problem.as_dict()}]
    return type(error)(f"{problem.message('en')} {error.detail}", error.remedy, problems=listed)


def _of_document(number: int, document: Any, at: datetime) -> Submission:
    named = document if isinstance(document, Mapping) else {}
    submission = Submission(number, named.get("declaration_id"), named.get("box_no"))
    try:
        submission.rows, submission.problems = _checked(document, at, number)
        submission.numbers = [number] * len(submission.rows)
    except InvalidInput as error:
        submission.error = error
    return submission


def _checked(document: Any, at: datetime, number: int | None = None) -> tuple[list[Valid], list[dict[str, Any]]]:
    """The rows of a box document, and its problems, numbered by line item or, in a batch, by `number`."""
    rows: list[Valid] = []
    problems: list[dict[str, Any]] = []
    try:
        raws = rows_of_box(document)
    except InvalidBox as error:
        # A misspelt `line_items` is named, too.
        named = document if isinstance(document, Mapping) else {}
        listed = [error.problem, *(unknown for _, unknown in unknown_fields([(1, named)], BOX_FIELDS))]
        problems = [_at(number or 1, problem) for problem in listed]
        raise InvalidInput(error.detail, error.remedy, problems=problems) from None
    unknown_names = unknown_fields(enumerate(raws, start=1), BOX_FIELDS)
    problems.extend(_at(number or item, unknown) for item, unknown in unknown_names)
    for item, raw in enumerate(raws, start=1):
        row, found = validate_declaration(raw, at)
        for problem in (_at(number or item, problem) for problem in found):
            # A wrong value of the box itself is found in each of its rows; report it once.
            if problem["column"] not in _BOX or not any(same["column"] == problem["column"] for same in problems):
                problems.append(problem)
        if row is not None:
            rows.append(row)
    return rows, problems


def _at(row: int, problem: Problem) -> dict[str, Any]:
    return {"row": row, **problem.as_dict()}


def _whole(problem: Problem) -> InvalidInput:
    """The error of a request as a whole."""
    listed = [{"row": None, **problem.as_dict()}]
    return InvalidInput(problem.message("en"), problem.remedy("en"), problems=listed)


def _invalid(problems: list[dict[str, Any]]) -> InvalidInput:
    return InvalidInput(
        f"{len(problems)} value{'s' if len(problems) > 1 else ''} cannot be accepted.",
        "See `problems`: each names the row, the column and the remedy.",
        problems=problems,
    )
