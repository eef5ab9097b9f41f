"""Store assessments as they were returned, and read them by id, by box, and as a worklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from data.definitions.opened import OPENING
from data.store.schema import assessments, declarations, inspections, plans
from data.vocabulary import Lane, Step

Body = dict[str, Any]

# Columns of a decision, without reasons.
_DECISION: Final = ("declaration_id", "box_no", "assessed_at", "lane", "selected_by", "selection_probability")
_IN_BODY: Final = tuple(
    column.name for column in assessments.columns if column.name not in ("assessment_no", "assessed_at", "body")
)
_LANE_RANK: Final = sa.case({lane.value: lane.rank for lane in Lane}, value=assessments.c.lane)
# An earlier version of a box that is sent again is assessed, but its assessment does not replace that of the amendment.
_LATEST_FIRST: Final = (assessments.c.amendment_no.desc(), assessments.c.assessment_no.desc())
_CURRENT_PLAN: Final = sa.select(plans.c.plan_id).order_by(plans.c.plan_no.desc()).limit(1)


def _planned(name: str) -> sa.ColumnElement[str]:
    text: sa.ColumnElement[str] = assessments.c.body["planned", name].as_string()
    return text


_IN_PLAN: Final = sa.func.coalesce(_planned("plan_id") == _CURRENT_PLAN.scalar_subquery(), sa.false())


def _inspected(step: Step, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        inspections.c.declaration_id == assessments.c.declaration_id,
        inspections.c.box_no == assessments.c.box_no,
        inspections.c.step == step.value,
        *conditions,
    )


# A box leaves the worklist when it was opened, whatever the outcome; an amber one also when its papers were checked.
_OPENED: Final = _inspected(OPENING)
_CHECKED: Final = _inspected(
    Step.PAPERS, assessments.c.lane == Lane.AMBER.value, inspections.c.recorded_at >= assessments.c.assessed_at
)


_LATER: Final = assessments.alias("later")
_IS_LATEST: Final = ~sa.exists().where(
    _LATER.c.declaration_id == assessments.c.declaration_id,
    _LATER.c.box_no == assessments.c.box_no,
    sa.tuple_(_LATER.c.amendment_no, _LATER.c.assessment_no)
    > sa.tuple_(assessments.c.amendment_no, assessments.c.assessment_no),
)


@dataclass(frozen=True)
class Part:
    """A filter of the worklist: by lane, terminal, and team or shift of the plan stored last."""

    lane: Lane | None = None
    terminal: str | None = None
    team: str | None = None
    shift: str | None = None


EVERY: Final = Part()


def add(connection: sa.Connection, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Store assessments, within a write transaction."""
    rows = [
        {
            **{name: body[name] for name in _IN_BODY},
            "assessed_at": datetime.fromisoformat(body["assessed_at"]),
            "body": body,
        }
        for body in bodies
    ]
    if rows:
        connection.execute(sa.insert(assessments), rows)


def by_id(connection: sa.Connection, assessment_id: str) -> Body | None:
    """The assessment with that id, None where there is none."""
    body: Body | None = connection.scalar(
        sa.select(assessments.c.body).where(assessments.c.assessment_id == assessment_id)
    )
    return body


def last(connection: sa.Connection, declaration_id: str, box_no: str) -> Body | None:
    """The latest assessment of a box, None where there is none."""
    query = sa.select(assessments.c.body).where(
        assessments.c.declaration_id == declaration_id, assessments.c.box_no == box_no
    )
    body: Body | None = connection.scalar(query.order_by(*_LATEST_FIRST).limit(1))
    return body


def of_box(connection: sa.Connection, declaration_id: str, box_no: str) -> list[Body]:
    """All assessments of a box: those of the highest amendment first, the newest of each first."""
    query = sa.select(assessments.c.body).where(
        assessments.c.declaration_id == declaration_id, assessments.c.box_no == box_no
    )
    return list(connection.scalars(query.order_by(*_LATEST_FIRST)))


def decisions(connection: sa.Connection) -> list[dict[str, Any]]:
    """All decisions in order: box, instant, lane, selected_by and selection_probability."""
    query = sa.select(*(assessments.c[name] for name in _DECISION)).order_by(assessments.c.assessment_no)
    return [dict(row) for row in connection.execute(query).mappings()]


def first_decisions(connection: sa.Connection, since: datetime) -> list[dict[str, Any]]:
    """The first decision on each box, in order, of boxes first decided from `since` on. Old bodies without sample
    probability are left out."""
    body = assessments.c.body
    numbers = sa.select(sa.func.min(assessments.c.assessment_no)).group_by(
        assessments.c.declaration_id, assessments.c.box_no
    )
    columns = [
        *(assessments.c[name] for name in ("declaration_id", "box_no", "assessed_at", "risk", "lane")),
        # Before version 6 of the schema `as_of` was the instant of declaration.
        sa.func.coalesce(body["declared_at"].as_string(), body["as_of"].as_string()).label("declared_at"),
        body["policy_version"].as_string().label("policy_version"),
        body["lane_without_sample"].as_string().label("lane_without_sample"),
        body["sample_probability"].as_float().label("sample_probability"),
        body["sample_drawn"].as_boolean().label("sample_drawn"),
    ]
    query = sa.select(*columns).where(assessments.c.assessment_no.in_(numbers), assessments.c.assessed_at >= since)
    found = connection.execute(query.order_by(assessments.c.assessment_no)).mappings()
    return [dict(row) for row in found if row["sample_probability"] is not None]


def latest(connection: sa.Connection, part: Part, limit: int, offset: int) -> list[Body]:
    """The latest assessment of each open box: boxes to open first, in the order of the plan stored last, then by
    decreasing risk."""
    query = sa.select(assessments.c.body).where(*_latest(part))
    begins = sa.case((_IN_PLAN, sa.func.coalesce(_planned("from_at"), "")), else_="")
    place = sa.case((_IN_PLAN, assessments.c.body["planned", "place"].as_integer()), else_=0)
    planned = sa.case((_IN_PLAN, 1), else_=0)
    order = (_LANE_RANK.desc(), planned.desc(), begins, place, assessments.c.risk.desc(), assessments.c.assessment_no)
    return list(connection.scalars(query.order_by(*order).limit(limit).offset(offset)))


def lane_counts(connection: sa.Connection, part: Part) -> dict[str, int]:
    """Number of open boxes by lane, by their latest assessments; all lanes are present, and `part.lane` is ignored."""
    query = sa.select(assessments.c.lane, sa.func.count()).where(*_latest(replace(part, lane=None)))
    counts = dict.fromkeys(map(str, Lane), 0)
    for lane, count in connection.execute(query.group_by(assessments.c.lane)):
        counts[lane] = count
    return counts


def _latest(part: Part) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [_IS_LATEST, ~_OPENED, ~_CHECKED]
    if part.lane is not None:
        conditions.append(assessments.c.lane == part.lane.value)
    for name, wanted in (("team", part.team), ("shift", part.shift)):
        if wanted is not None:
            conditions += [_IN_PLAN, _planned(name) == wanted]
    if part.terminal is not None:
        conditions.append(
            sa.exists().where(
                declarations.c.declaration_id == assessments.c.declaration_id,
                declarations.c.box_no == assessments.c.box_no,
                declarations.c.amendment_no == assessments.c.amendment_no,
                declarations.c.terminal == part.terminal,
            )
        )
    return conditions
