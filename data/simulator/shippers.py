"""Shippers: volume, goods, start, names, and what they conceal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.goods import goods, schemes, trades
from data.simulator.oracle_posterior import Flags, Floats, Ints, pick
from data.simulator.parameters import Parameters

SLOTS: Final = 8
"""Goods a shipper deals in, at most."""
NO_SCHEME: Final = -1


@dataclass(frozen=True)
class Shippers:
    """One position per firm; a firm that comes back under a new name is one firm with two identities."""

    share: Floats
    """Expected share of all boxes."""
    domestic: Flags
    trade: Ints
    opens: Floats
    """First and last day of trading."""
    closes: Floats
    slots: Ints
    """Goods dealt in: (n, SLOTS)."""
    honest: Floats
    """Weights of the goods in `slots` when the shipper is honest, and in a scheme."""
    covering: Floats
    scheme: Ints
    """Number of the scheme, or NO_SCHEME."""
    scheme_from: Floats
    """Day of the first false declaration."""
    boldness: Floats
    """Log-odds added to the scheme's rate."""
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
    scheme, scheme_from = _schemers(rng, share, trade, days, opens, closes, parameters)
    slots, honest, covering = _portfolios(rng, trade, scheme, parameters)

    schemer = scheme != NO_SCHEME
    reregistered = rng.random(count) < np.where(schemer, parameters.reborn_share, parameters.reborn_honest_share)
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
        scheme=scheme,
        scheme_from=scheme_from,
        boldness=rng.normal(0, 0.35, count),
        clumsy=members(rng, share, parameters.clumsy_share, 0, 30),
        reregistered_on=np.where(reregistered, middle, np.inf),
    )


def members(
    rng: np.random.Generator, share: Floats, target: float, low: float, high: float, allowed: Flags | None = None
) -> Flags:
    """Random members of middling size that together hold `target` of all boxes.

    Only those that hold between `low` and `high` times the mean share: habits of the smallest cannot be learned
    by anyone, and one giant would be a habit of the whole port. At least one, where `target` is not zero.
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


def _schemers(
    rng: np.random.Generator,
    share: Floats,
    trade: Ints,
    days: int,
    opens: Floats,
    closes: Floats,
    parameters: Parameters,
) -> tuple[Ints, Floats]:
    """Who is in which scheme, from which day. The late scheme's members are silent before its start."""
    count = len(share)
    scheme = np.full(count, NO_SCHEME)
    scheme_from = np.full(count, np.inf)
    late = len(schemes()) - 1
    late_day = parameters.late_start * days
    for number, plan in reversed(list(enumerate(schemes()))):
        covered = np.isin(trade, goods().trade[list(plan.covers)]) & (scheme == NO_SCHEME)
        if number == late:
            covered &= closes >= days
            target = parameters.late_share
        else:
            target = parameters.schemer_share / late
        chosen = members(rng, share, target, *((2, 8) if number == late else (5, 30)), covered)
        scheme[chosen] = number
        if number == late:
            scheme_from[chosen] = late_day + rng.uniform(0, 0.06, int(chosen.sum())) * days
        else:
            scheme_from[chosen] = opens[chosen] - 1
    return scheme, scheme_from


def _portfolios(
    rng: np.random.Generator, trade: Ints, scheme: Ints, parameters: Parameters
) -> tuple[Ints, Floats, Floats]:
    """Goods in the slots, and their weights when honest and when in a scheme: three (n, SLOTS) arrays."""
    count, table = len(trade), goods()
    slots = np.zeros((count, SLOTS), dtype=np.int64)
    honest = np.zeros((count, SLOTS))
    covering = np.zeros((count, SLOTS))
    everything = np.arange(len(table.share))
    by_trade = [everything[table.trade == number] for number in range(len(trades()))]
    for firm in range(count):
        covers: tuple[int, ...] = ()
        if scheme[firm] != NO_SCHEME:
            plan = schemes()[scheme[firm]]
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
    """`taste` with the cover goods' weights together `cover_share` of all."""
    inside, outside = taste * hides, taste * ~hides
    if not outside.any():
        cover_share, outside = 1.0, np.ones(1)
    mixed: Floats = cover_share * inside / inside.sum() + (1 - cover_share) * outside / outside.sum()
    return mixed
