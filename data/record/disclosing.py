"""Voluntary disclosure 主动披露: the declarant corrects the declaration before the box is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from data.vocabulary import Notice

# Columns of the goods, of which a disclosure must change at least one.
GOODS: Final = (
    "un_no", "hazard_class", "subsidiary_hazards", "packing_group", "shipping_name", "technical_name",
    "description", "hs_code", "package_count", "net_mass_kg", "gross_mass_kg", "marine_pollutant",
)  # fmt: skip


@dataclass(frozen=True)
class Disclosure:
    """A voluntary correction: instant, version (None: a notice alone), and changed columns."""

    at: datetime
    amendment_no: int | None
    changed: tuple[str, ...]
    reason: str | None = None


def disclosures(versions: pd.DataFrame, notices: pd.DataFrame, selected_at: datetime | None) -> list[Disclosure]:
    """The voluntary corrections of one box, in order of time.

    `versions` are its line items in all versions, `notices` those of its declaration, `selected_at` when it was first
    selected for inspection (None: never). Notices of disclosure count, and amendments that change the goods; both only
    before the selection. The order of the rows does not matter.
    """
    found: dict[datetime, Disclosure] = {}
    given = notices[notices["notice"] == Notice.DISCLOSED]
    for noticed_at, reason in zip(given["noticed_at"], given["reason"], strict=True):
        at = noticed_at.to_pydatetime()
        found[at] = Disclosure(at, None, (), reason if isinstance(reason, str) else None)
    numbers = sorted(versions["amendment_no"].unique())
    for earlier, later in pairwise(numbers):
        before, after = (versions[versions["amendment_no"] == number] for number in (earlier, later))
        if changed := changes(before, after):
            at = after["declared_at"].iloc[0].to_pydatetime()
            reason = found[at].reason if at in found else None
            found[at] = Disclosure(at, int(later), changed, reason)
    return [found[at] for at in sorted(found) if selected_at is None or at < selected_at]


def changes(before: pd.DataFrame, after: pd.DataFrame) -> tuple[str, ...]:
    """The columns of the goods in which two versions of a box differ; "line_no" where lines were added or removed."""
    found = [name for name in GOODS if _values(before, name) != _values(after, name)]
    return ("line_no", *found) if len(before) != len(after) else tuple(found)


def _values(lines: pd.DataFrame, name: str) -> list[str]:
    values: Sequence[Any] = lines[name].tolist()
    return sorted("" if value is None or value is pd.NA or value != value else str(value) for value in values)
