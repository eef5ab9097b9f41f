"""Voluntary correction 主动披露: an amendment made before the box was selected for inspection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from data.vocabulary import Notice

# What a correction must touch to count: what the goods are and how much of them there is.
GOODS: Final = (
    "un_no", "hazard_class", "subsidiary_hazards", "packing_group", "shipping_name", "technical_name",
    "description", "hs_code", "package_count", "net_mass_kg", "gross_mass_kg", "marine_pollutant",
)  # fmt: skip


@dataclass(frozen=True)
class Disclosure:
    """A correction of one's own accord: when, by which version (None: a notice alone), and what it changed."""

    at: datetime
    amendment_no: int | None
    changed: tuple[str, ...]
    reason: str | None = None


def disclosures(versions: pd.DataFrame, notices: pd.DataFrame, selected_at: datetime | None) -> list[Disclosure]:
    """The voluntary corrections of one box, in order of time.

    `versions` are its line items in all versions, `notices` those of its declaration, `selected_at` when it was first
    chosen for inspection (None: never). A notice that says so counts, and an amendment that changes the goods; both
    only before the selection. The order of the rows does not matter.
    """
    found: dict[datetime, Disclosure] = {}
    told = notices[notices["notice"] == Notice.DISCLOSED]
    for noticed_at, reason in zip(told["noticed_at"], told["reason"], strict=True):
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
    """The columns of the goods in which two versions of a box differ; "line_no" where lines came or went."""
    found = [name for name in GOODS if _values(before, name) != _values(after, name)]
    return ("line_no", *found) if len(before) != len(after) else tuple(found)


def _values(lines: pd.DataFrame, name: str) -> list[str]:
    values: Sequence[Any] = lines[name].tolist()
    return sorted("" if value is None or value is pd.NA or value != value else str(value) for value in values)
