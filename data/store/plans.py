"""Store plans as they were returned; the last one is valid until the next one, or until its days are over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from data.store.schema import plans


def add(connection: sa.Connection, body: Mapping[str, Any]) -> bool:
    """Store a plan, within a write transaction; False when one with the same plan_id is stored already.

    If another plan was stored since, the repeated one becomes the last again, with a new number.
    """
    same = plans.c.plan_id == body["plan_id"]
    known = connection.scalar(sa.select(plans.c.plan_no).where(same))
    if known is not None:
        last = connection.scalar(sa.select(sa.func.max(plans.c.plan_no)))
        if known != last:
            connection.execute(sa.update(plans).where(same).values(plan_no=last + 1))
        return False
    instants = {name: datetime.fromisoformat(body[name]) for name in ("planned_at", "until_at")}
    named = {name: body[name] for name in ("plan_id", "model_version", "policy_version")}
    connection.execute(sa.insert(plans), [{**named, **instants, "body": body}])
    return True


def latest(connection: sa.Connection) -> dict[str, Any] | None:
    """The plan stored last, None where there is none."""
    body: dict[str, Any] | None = connection.scalar(sa.select(plans.c.body).order_by(plans.c.plan_no.desc()).limit(1))
    return body
