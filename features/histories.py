"""Features read from the ledger: what openings and declarations of an entity have shown so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from data.vocabulary import Family
from features.boxes import Numbers
from features.feature import Feature, Theme, Unit
from features.grouping import evidence_reason, history_reason
from features.view import View


def _rate(view: View, entity: str, family: Family, memory: str) -> Numbers:
    return view.rate(entity, family, memory)


def _share(view: View, entity: str, name: str) -> Numbers:
    return view.share(entity, name)


def _log_count(view: View, entity: str, name: str) -> Numbers:
    return np.log1p(view.held(entity, name))


def _seen_days(view: View, entity: str, which: str) -> Numbers:
    return view.seen_days(entity, which)


def rates(
    entity: str,
    theme: Theme,
    families: Sequence[Family],
    short: Sequence[Family] = (),
    lasting: Sequence[Family] = (),
) -> Iterator[Feature]:
    """Shrunk finding rates of an entity, over a year, two months (`short`) and four years; more findings, more risk.

    The openings (or checks) behind them come last: "unknown" differs from "good".
    """
    for memory, chosen in (("", families), ("_short", short), ("_lasting", lasting)):
        for family in chosen:
            tried = "opened" if family.needs_opening else "checked"
            yield Feature(
                name=f"{entity}_{family.value}_rate{memory}",
                theme=theme,
                reason=history_reason(entity),
                unit=Unit.SHARE,
                compute=partial(_rate, entity=entity, family=family, memory=memory),
                rises=(family,),
                entity=entity,
                family=family,
                evidence=f"{tried}{memory}",
                counted=f"found_{family.value}{memory}",
                key=f"rate{memory}",
            )
    if entity != "port":
        yield _evidence(entity, theme)


def shares(entity: str, names: Sequence[str], rises: Sequence[Family] = ()) -> Iterator[Feature]:
    """Habits of an entity that its papers alone show: the share of its boxes that a sum of the ledger counts."""
    for name in names:
        yield Feature(
            name=f"{entity}_{name}_share",
            theme=Theme.PARTIES,
            reason=f"{entity}_habits",
            unit=Unit.SHARE,
            compute=partial(_share, entity=entity, name=name),
            rises=tuple(rises),
            entity=entity,
            evidence="declared",
            counted=name,
            key=f"{name}_share",
        )


def _evidence(entity: str, theme: Theme) -> Feature:
    return Feature(
        name=f"{entity}_openings",
        theme=theme,
        reason=evidence_reason(entity),
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
        reason=evidence_reason(entity),
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
            reason=evidence_reason(entity),
            unit=Unit.DAYS,
            compute=partial(_seen_days, entity=entity, which=which),
            entity=entity,
            key=f"{which}_seen",
        )
