"""Rename fields of stored assessments and plans to the names of the glossary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ASSESSMENT: Final = {
    "lane_without_lot": "lane_without_sample",
    "lot_chance": "sample_probability",
    "lot_drawn": "sample_drawn",
}
_GUARANTEE: Final = {
    "promised_rate": "target_rate",
    "most_rate": "upper_rate",
    "fewest_rate": "lower_rate",
    "let_through_at_most": "missed_at_most",
    "further_openings": "additional_openings",
}
_STATES: Final = {"guaranteed": "met", "broken": "violated"}
_PLAN: Final = {
    "lot": "random_sample",
    "claims": "mandatory",
    "claims_not_in_plan": "mandatory_not_in_plan",
    "costed": "cuts_per_cost",
    "suits_no_shift": "fits_no_shift",
    "left_closed_as_useless": "not_opened_as_useless",
    "burden": "inspection_burden",
}
_LIMIT: Final = {"openings_given_up": "openings_lost"}
_CAUSES: Final = {"not_due": "not_eligible"}
_ROWS_AT_ONCE: Final = 2_000


def upgrade() -> None:
    """Rewrite the bodies in batches; a body without old names stays as it is."""
    _rewrite("assessments", "assessment_no", assessment)
    _rewrite("plans", "plan_no", plan)


def assessment(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an assessment with the new names, in the same order."""
    new = _renamed(body, _ASSESSMENT)
    if isinstance(new.get("guarantee"), dict):
        new["guarantee"] = _guarantee(new["guarantee"])
    return new


def plan(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a plan with the new names, in the same order."""
    new = _renamed(body, _PLAN)
    if isinstance(new.get("guarantee"), dict):
        new["guarantee"] = _guarantee(new["guarantee"])
    if isinstance(new.get("limits"), list):
        new["limits"] = [_renamed(one, _LIMIT) if isinstance(one, dict) else one for one in new["limits"]]
    if isinstance(new.get("mandatory_not_in_plan"), list):
        new["mandatory_not_in_plan"] = [
            {**one, "cause": _CAUSES.get(one["cause"], one["cause"])}
            if isinstance(one, dict) and "cause" in one
            else one
            for one in new["mandatory_not_in_plan"]
        ]
    return new


def _guarantee(stored: Mapping[str, Any]) -> dict[str, Any]:
    new = _renamed(stored, _GUARANTEE)
    if "state" in new:
        new["state"] = _STATES.get(new["state"], new["state"])
    return new


def _renamed(stored: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in stored.items()}


def _rewrite(name: str, key: str, rewritten: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
    table = sa.table(name, sa.column(key, sa.Integer), sa.column("body", sa.JSON))
    number, body = table.c[key], table.c.body
    connection = op.get_bind()
    update = sa.update(table).where(number == sa.bindparam("number")).values(body=sa.bindparam("content"))
    last = -1
    while rows := connection.execute(
        sa.select(number, body).where(number > last).order_by(number).limit(_ROWS_AT_ONCE)
    ).all():
        last = rows[-1][0]
        changed = [
            {"number": one, "content": new}
            for one, old in rows
            if isinstance(old, dict) and (new := rewritten(old)) != old
        ]
        if changed:
            connection.execute(update, changed)
