"""Assessments: kept as they were answered, read back by id, by box, and as a worklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from data.store.schema import assessments, declarations
from data.vocabulary import Lane

Body = dict[str, Any]

# What a decision on a box was, without its reasons.
_DECISION: Final = ("declaration_id", "box_no", "assessed_at", "lane", "selected_by", "selection_probability")
_IN_BODY: Final = tuple(
    column.name for column in assessments.columns if column.name not in ("assessment_no", "assessed_at", "body")
)
_LANE_RANK: Final = sa.case({lane.value: lane.rank for lane in Lane}, value=assessments.c.lane)


def add(connection: sa.Connection, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Keep answers, within a writer's transaction."""
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
    """The answer with that id."""
    body: Body | None = connection.scalar(
        sa.select(assessments.c.body).where(assessments.c.assessment_id == assessment_id)
    )
    return body


def of_box(connection: sa.Connection, declaration_id: str, box_no: str) -> list[Body]:
    """All answers for one box, the latest first."""
    query = sa.select(assessments.c.body).where(
        assessments.c.declaration_id == declaration_id, assessments.c.box_no == box_no
    )
    return list(connection.scalars(query.order_by(assessments.c.assessment_no.desc())))


def decisions(connection: sa.Connection) -> list[dict[str, Any]]:
    """What was decided of every box, in the order in which it was: who, when, lane, by what and with what chance."""
    query = sa.select(*(assessments.c[name] for name in _DECISION)).order_by(assessments.c.assessment_no)
    return [dict(row) for row in connection.execute(query).mappings()]


def first_decisions(connection: sa.Connection, since: datetime) -> list[dict[str, Any]]:
    """The first decision on each box, in order, of those decided from an instant on; older bodies tell no lot."""
    body = assessments.c.body
    numbers = sa.select(sa.func.min(assessments.c.assessment_no)).group_by(
        assessments.c.declaration_id, assessments.c.box_no
    )
    columns = [
        *(assessments.c[name] for name in ("declaration_id", "box_no", "risk", "lane")),
        *(body[name].as_string().label(name) for name in ("as_of", "lane_without_lot")),
        body["lot_chance"].as_float().label("lot_chance"),
        body["lot_drawn"].as_boolean().label("lot_drawn"),
    ]
    query = sa.select(*columns).where(assessments.c.assessment_no.in_(numbers), assessments.c.assessed_at >= since)
    found = connection.execute(query.order_by(assessments.c.assessment_no)).mappings()
    return [dict(row) for row in found if row["lot_chance"] is not None]


def latest(connection: sa.Connection, lane: Lane | None, terminal: str | None, limit: int, offset: int) -> list[Body]:
    """The latest answer for each box: those to open first, then by falling risk."""
    query = sa.select(assessments.c.body).where(*_latest(lane, terminal))
    order = (_LANE_RANK.desc(), assessments.c.risk.desc(), assessments.c.assessment_no)
    return list(connection.scalars(query.order_by(*order).limit(limit).offset(offset)))


def lane_counts(connection: sa.Connection, terminal: str | None) -> dict[str, int]:
    """How many boxes each lane holds by their latest answers, every lane named."""
    query = sa.select(assessments.c.lane, sa.func.count()).where(*_latest(None, terminal))
    counts = dict.fromkeys(map(str, Lane), 0)
    for lane, count in connection.execute(query.group_by(assessments.c.lane)):
        counts[lane] = count
    return counts


def _latest(lane: Lane | None, terminal: str | None) -> list[sa.ColumnElement[bool]]:
    newest = sa.select(sa.func.max(assessments.c.assessment_no)).group_by(
        assessments.c.declaration_id, assessments.c.box_no
    )
    conditions: list[sa.ColumnElement[bool]] = [assessments.c.assessment_no.in_(newest)]
    if lane is not None:
        conditions.append(assessments.c.lane == lane.value)
    if terminal is not None:
        conditions.append(
            sa.exists().where(
                declarations.c.declaration_id == assessments.c.declaration_id,
                declarations.c.box_no == assessments.c.box_no,
                declarations.c.amendment_no == assessments.c.amendment_no,
                declarations.c.terminal == terminal,
            )
        )
    return conditions
