"""Features read from the ledger: what openings and declarations of an entity have shown so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.feature import Feature, Theme, Unit
from features.view import View


def _rate(view: View, entity: str, family: Family, short: bool) -> Numbers:
    return view.rate(entity, family, short)


def _log_count(view: View, entity: str, name: str) -> Numbers:
    return np.log1p(view.held(entity, name))


def _seen_days(view: View, entity: str, which: str) -> Numbers:
    return view.seen_days(entity, which)


def rates(entity: str, theme: Theme, families: Sequence[Family], short: Sequence[Family] = ()) -> Iterator[Feature]:
    """Shrunk finding rates of an entity, over a year and (`short`) over two months; more findings, more risk."""
    for recent, chosen in ((False, families), (True, short)):
        for family in chosen:
            tried = "opened" if family.needs_opening else "checked"
            yield Feature(
                name=f"{entity}_{family.value}_rate{'_short' if recent else ''}",
                theme=theme,
                reason=f"{entity}_history",
                unit=Unit.SHARE,
                compute=partial(_rate, entity=entity, family=family, short=recent),
                rises=(family,),
                entity=entity,
                family=family,
                evidence=f"{tried}_short" if recent else tried,
                key="rate_short" if recent else "rate",
            )


def evidence(entity: str, theme: Theme) -> Feature:
    """How many openings stand behind an entity's rates (log): "unknown" differs from "good"."""
    return Feature(
        name=f"{entity}_openings",
        theme=theme,
        reason=f"{entity}_evidence",
        unit=Unit.COUNT,
        compute=partial(_log_count, entity=entity, name="opened"),
        entity=entity,
        evidence="opened",
        key="openings",
    )


def volume(entity: str, theme: Theme) -> Feature:
    """How often the entity was declared in about a year (log): novelty and size."""
    return Feature(
        name=f"{entity}_declared",
        theme=theme,
        reason=f"{entity}_evidence",
        unit=Unit.COUNT,
        compute=partial(_log_count, entity=entity, name="declared"),
        entity=entity,
        evidence="declared",
        key="declared",
    )


def age(entity: str, theme: Theme) -> Iterator[Feature]:
    """Days since the entity was first and last seen."""
    for which in ("first", "last"):
        yield Feature(
            name=f"{entity}_{which}_seen_days",
            theme=theme,
            reason=f"{entity}_evidence",
            unit=Unit.DAYS,
            compute=partial(_seen_days, entity=entity, which=which),
            entity=entity,
            key=f"{which}_seen",
        )
