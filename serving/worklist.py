"""The worklist: the latest assessment of each waiting box; boxes to open first, as planned, then by risk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import pandas as pd
from starlette.datastructures import QueryParams

from data.errors import InvalidInput
from data.records import BOX_KEY
from data.sources.problems import shown
from data.store import Store
from data.store.assessments import EVERY, Part
from data.vocabulary import Lane
from models.explanation.assessment import strongest_reason
from serving.goods import goods_name, present

PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 500
_NAMES: Final = ("lane", "terminal", "team", "shift", "limit", "offset", "lang")

_FROM_BODY: Final = ("assessment_id", "declaration_id", "box_no", "lane", "risk", "selected_by", "assessed_at")
_SHOWN: Final = frozenset(
    {"line_no", "un_no", "hazard_class", "packing_group", "shipping_name", "description"}
    | {"shipper_name", "shipper_id", "terminal", "loading_at"}
)

# A version of a box: declaration_id, box_no, amendment_no.
Version = tuple[str, str, int]


@dataclass(frozen=True)
class Query:
    """A query of the worklist: filters and page."""

    part: Part = EVERY
    limit: int = PAGE_SIZE
    offset: int = 0

    @classmethod
    def of(cls, parameters: QueryParams) -> Self:
        """Read the query of a URL: `lane`, `terminal`, `team`, `shift`, `limit` (at most 500), `offset`, `lang`.

        Raises InvalidInput for a wrong value, an unknown name, and a name that is given twice.
        """
        names = [name for name, _ in parameters.multi_items()]
        for name in names:
            if name not in _NAMES:
                raise InvalidInput(f"Unknown worklist parameter: {shown(name)}.", f"Known: {', '.join(_NAMES)}.")
            if names.count(name) > 1:
                raise InvalidInput(f"{name} is given {names.count(name)} times.", "Give each parameter once.")
        lane = parameters.get("lane") or None
        if lane is not None and lane not in list(Lane):
            raise InvalidInput(f"lane is {lane!r}.", f"Use one of: {', '.join(Lane)}.")
        terminal, team, shift = (parameters.get(name) or None for name in ("terminal", "team", "shift"))
        return cls(
            Part(Lane(lane) if lane else None, terminal, team, shift),
            limit=_whole(parameters, "limit", PAGE_SIZE, 1, MAX_PAGE_SIZE),
            offset=_whole(parameters, "offset", 0, 0, 10**9),
        )


@dataclass(frozen=True)
class Worklist:
    """One page of the worklist, the number of boxes in each lane, and the filter choices: all terminals, and the teams
    and shifts of the latest plan."""

    query: Query
    boxes: list[dict[str, Any]]
    counts: dict[str, int]
    choices: dict[str, list[str]]

    @property
    def total(self) -> int:
        """Number of boxes that match the query, over all pages."""
        lane = self.query.part.lane
        return self.counts[lane] if lane else sum(self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the worklist, without the choices."""
        return {
            "total": self.total,
            "limit": self.query.limit,
            "offset": self.query.offset,
            "counts": self.counts,
            "boxes": self.boxes,
        }


def _whole(parameters: QueryParams, name: str, default: int, least: int, most: int) -> int:
    written = parameters.get(name, "")
    if not written:
        return default
    # The length is checked first: int() raises for numbers of thousands of digits.
    if not written.isdecimal() or len(written) > len(str(most)) or not least <= int(written) <= most:
        raise InvalidInput(f"{name} is {shown(written)!r}.", f"Use a whole number from {least} to {most}.")
    return int(written)


class WorklistReader:
    """Reads the worklist from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def worklist(self, query: Query, language: str) -> Worklist:
        """The page of the worklist that matches `query`, with names and reasons in `language`.

        Raises InvalidInput for an unknown terminal, team or shift.
        """
        plan = self._store.latest_plan() or {}
        choices = self._choices(plan)
        for name, values in choices.items():
            value = getattr(query.part, name)
            if value is not None and value not in values:
                remedy = f"Known: {', '.join(values)}." if values else f"No {name} is known yet; omit the parameter."
                raise InvalidInput(f"Unknown {name}: {shown(value)!r}.", remedy)
        bodies = self._store.latest_assessments(query.part, query.limit, query.offset)
        declared = self._declared(bodies)
        return Worklist(
            query,
            [_box(body, declared.get(_version(body), []), plan.get("plan_id"), language) for body in bodies],
            self._store.lane_counts(query.part),
            choices,
        )

    def _choices(self, plan: Mapping[str, Any]) -> dict[str, list[str]]:
        shifts = plan.get("shifts", [])
        of_plan = {name: sorted({one[name] for one in shifts if one[name]}) for name in ("team", "shift")}
        return {"terminal": self._store.terminals(), **of_plan}

    def _declared(self, bodies: Sequence[Mapping[str, Any]]) -> dict[Version, list[dict[str, Any]]]:
        """The line items of the assessed versions, which may have been amended since, in at most two queries."""
        wanted = {_version(body) for body in bodies}
        found = _lines(self._store.boxes([version[:2] for version in wanted]), wanted)
        overtaken = wanted - found.keys()
        if overtaken:
            found |= _lines(self._store.declarations_of({box_no for _, box_no, _ in overtaken}), overtaken)
        return found


def _version(facts: Mapping[Any, Any]) -> Version:
    return facts["declaration_id"], facts["box_no"], int(facts["amendment_no"])


def _lines(frame: pd.DataFrame, wanted: Collection[Version]) -> dict[Version, list[dict[str, Any]]]:
    """The line items of the wanted versions, in order."""
    lines: dict[Version, list[dict[str, Any]]] = {}
    shown = frame[[name for name in frame.columns if name in _SHOWN or name in BOX_KEY]]
    for row in shown.to_dict("records"):
        if _version(row) in wanted:
            lines.setdefault(_version(row), []).append(present(row))
    return {version: sorted(rows, key=lambda row: int(row["line_no"])) for version, rows in lines.items()}


def _box(
    body: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], plan_id: str | None, language: str
) -> dict[str, Any]:
    """One row of the worklist: the assessment, the first dangerous line item, and the place in the plan."""
    line = next((line for line in lines if "un_no" in line), lines[0] if lines else {})
    loading_at, planned = line.get("loading_at"), body.get("planned")
    return {
        **{name: body[name] for name in _FROM_BODY},
        "un_no": line.get("un_no"),
        "hazard_class": line.get("hazard_class"),
        "goods": goods_name(line, language),
        "more_goods": max(len(lines) - 1, 0),
        "shipper": line.get("shipper_name") or line.get("shipper_id"),
        "terminal": line.get("terminal"),
        "loading_at": loading_at.isoformat() if loading_at else None,
        "planned": planned if planned and planned["plan_id"] == plan_id else None,
        "strongest_reason": strongest_reason(body["reasons"])[language],
    }
