"""The shippers: volume, goods, days of trading, re-registration, and the fraud pattern of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.goods import fraud_patterns, goods, trades
from data.simulator.oracle_posterior import Flags, Floats, Ints, pick
from data.simulator.parameters import Parameters

SLOTS: Final = 8
"""Largest number of goods of a shipper."""
NO_PATTERN: Final = -1


@dataclass(frozen=True)
class Shippers:
    """One position per firm; a re-registered firm is one firm with two identities."""

    share: Floats
    """Expected share of all boxes."""
    domestic: Flags
    trade: Ints
    opens: Floats
    """First and last day of trading."""
    closes: Floats
    slots: Ints
    """Goods of the shipper: (n, SLOTS)."""
    honest: Floats
    """Weights of the goods in `slots` in honest boxes; `covering`: in fraudulent boxes."""
    covering: Floats
    fraud_pattern: Ints
    """Position in `fraud_patterns()`, or NO_PATTERN."""
    fraud_from: Floats
    """Day of the first false declaration."""
    boldness: Floats
    """Log-odds added to the fraud rate."""
    clumsy: Flags
    reregistered_on: Floats
    """Day from which the firm trades under its second name; infinite when it keeps the first."""


def build(rng: np.random.Generator, count: int, days: int, parameters: Parameters) -> Shippers:
    """Draw the shippers of a port over `days` days."""
    domestic = rng.random(count) < parameters.domestic_share
    opens = np.where(rng.random(count) < parameters.newcomer_share, rng.uniform(0, 0.8, count) * days, 0.0)
    closes = np.where(rng.random(count) < parameters.leaver_share, rng.uniform(0.3, 1, count) * days, float(days))
    closes = np.where(closes - opens < 0.1 * days, float(days), closes)
    size = np.clip(rng.lognormal(0, 1.3, count), 0.05, 25) * (closes - opens)
    share = size / size.sum()

    trade_share = np.bincount(goods().trade, weights=goods().share)
    trade = pick(rng, np.broadcast_to(trade_share, (count, len(trade_share))))
    pattern, fraud_from = _fraudulent(rng, share, trade, days, opens, closes, parameters)
    slots, honest, covering = _portfolios(rng, trade, pattern, parameters)

    fraudulent = pattern != NO_PATTERN
    reregistered = rng.random(count) < np.where(
        fraudulent, parameters.reregistered_share, parameters.reregistered_honest_share
    )
    middle = opens + rng.uniform(0.3, 0.8, count) * (closes - opens)
    return Shippers(
        share=share,
        domestic=domestic,
        trade=trade,
        opens=opens,
        closes=closes,
        slots=slots,
        honest=honest,
        covering=covering,
        fraud_pattern=pattern,
        fraud_from=fraud_from,
        boldness=rng.normal(0, 0.35, count),
        clumsy=members(rng, share, parameters.clumsy_share, 0, 30),
        reregistered_on=np.where(reregistered, middle, np.inf),
    )


def members(
    rng: np.random.Generator, share: Floats, target: float, low: float, high: float, allowed: Flags | None = None
) -> Flags:
    """Draw members of medium size that together have the share `target` of all boxes. Returns flags, (n,).

    Members have `low` to `high` times the mean share: the behaviour of smaller ones cannot be learned from the data,
    and a larger one would dominate the port. At least one member is drawn where `target` is not zero.
    """
    mean = share.mean()
    candidates = (share >= low * mean) & (share <= high * mean)
    if allowed is not None:
        candidates &= allowed
    order = rng.permutation(np.flatnonzero(candidates))
    within = np.cumsum(share[order]) - share[order] / 2 <= target
    within[:1] = target > 0
    chosen = order[within]
    flags = np.zeros(len(share), dtype=np.bool_)
    flags[chosen] = True
    return flags


def _fraudulent(
    rng: np.random.Generator,
    share: Floats,
    trade: Ints,
    days: int,
    opens: Floats,
    closes: Floats,
    parameters: Parameters,
) -> tuple[Ints, Floats]:
    """Fraud pattern of each shipper, and the day from which it is used. The last pattern begins late in the span."""
    count = len(share)
    pattern = np.full(count, NO_PATTERN)
    fraud_from = np.full(count, np.inf)
    late = len(fraud_patterns()) - 1
    late_day = parameters.late_start * days
    for number, plan in reversed(list(enumerate(fraud_patterns()))):
        covered = np.isin(trade, goods().trade[list(plan.covers)]) & (pattern == NO_PATTERN)
        if number == late:
            covered &= closes >= days
            target = parameters.late_share
        else:
            target = parameters.fraudulent_share / late
        chosen = members(rng, share, target, *((2, 8) if number == late else (5, 30)), covered)
        pattern[chosen] = number
        if number == late:
            fraud_from[chosen] = late_day + rng.uniform(0, 0.06, int(chosen.sum())) * days
        else:
            fraud_from[chosen] = opens[chosen] - 1
    return pattern, fraud_from


def _portfolios(
    rng: np.random.Generator, trade: Ints, pattern: Ints, parameters: Parameters
) -> tuple[Ints, Floats, Floats]:
    """Goods of each shipper, and their weights in honest and in fraudulent boxes: three (n, SLOTS) arrays."""
    count, table = len(trade), goods()
    slots = np.zeros((count, SLOTS), dtype=np.int64)
    honest = np.zeros((count, SLOTS))
    covering = np.zeros((count, SLOTS))
    everything = np.arange(len(table.share))
    by_trade = [everything[table.trade == number] for number in range(len(trades()))]
    for firm in range(count):
        covers: tuple[int, ...] = ()
        if pattern[firm] != NO_PATTERN:
            plan = fraud_patterns()[pattern[firm]]
            weights = np.array(plan.weights)
            covers = tuple(
                rng.choice(plan.covers, min(3, len(weights)), replace=False, p=weights / weights.sum()).tolist()
            )
        own = [g for g in by_trade[trade[firm]] if g not in covers]
        wanted = min(len(own), int(rng.integers(2, SLOTS - len(covers))))
        own_share = table.share[own] if own else np.array([])
        kept = rng.choice(own, wanted, replace=False, p=own_share / own_share.sum()).tolist() if wanted else []
        other = int(rng.choice(everything, p=table.share / table.share.sum()))
        dealt = list(dict.fromkeys([*covers, *kept, other]))[:SLOTS]
        slots[firm, : len(dealt)] = dealt
        taste = table.share[dealt] * rng.gamma(1.5, 1, len(dealt))
        taste[len(covers) + len(kept) :] *= 0.3
        hides = np.isin(dealt, covers)
        if covers:
            honest[firm, : len(dealt)] = _mix(taste, hides, parameters.honest_cover_share)
            covering[firm, : len(dealt)] = _mix(taste, hides, parameters.cover_share)
        else:
            honest[firm, : len(dealt)] = covering[firm, : len(dealt)] = taste / taste.sum()
    return slots, honest, covering


def _mix(taste: Floats, hides: Flags, cover_share: float) -> Floats:
    """Normalise the weights `taste` so that the goods that are `hides` together have the share `cover_share`."""
    inside, outside = taste * hides, taste * ~hides
    if not outside.any():
        cover_share, outside = 1.0, np.ones(1)
    mixed: Floats = cover_share * inside / inside.sum() + (1 - cover_share) * outside / outside.sum()
    return mixed
