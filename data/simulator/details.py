"""The other declared fields: box type, further line items, masses, dates, amendments.

Given the fields of `declaring`, none of these depends on the state of the box, so the posterior of a false declaration
does not change with them. Some of them change the probability of packing and papers violations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.declaring import FILL_LEVELS, FIRST_FILL, HOURS_BEFORE_LOADING, Declared
from data.simulator.goods import goods
from data.simulator.oracle_posterior import Flags, Floats, Ints, pick
from data.simulator.shippers import Shippers
from data.simulator.traffic import Traffic

BOX_TYPES: Final = ("22G1", "42G1", "45G1", "22T6", "45R1")
TARES_KG: Final = np.array([2250.0, 3750.0, 3900.0, 3650.0, 4650.0])
LINES_MOST: Final = 4
_MIXES: Final = {
    "heavy": (0.75, 0.15, 0.1, 0.0, 0.0),
    "light": (0.15, 0.25, 0.6, 0.0, 0.0),
    "tank": (0.6, 0.1, 0.1, 0.2, 0.0),
    "reefer": (0.0, 0.0, 0.0, 0.0, 1.0),
}
_LOAD_FACTORS: Final = {
    "heavy": (1.0, 1.04, 1.04, 1.0, 1.0),
    "light": (0.45, 0.85, 1.0, 1.0, 1.0),
    "tank": (1.0, 1.1, 1.1, 1.35, 1.0),
    "reefer": (1.0, 1.0, 1.0, 1.0, 1.0),
}


@dataclass(frozen=True)
class Details:
    """Fields of each box, shape (boxes,), and of its line items, (boxes, LINES_MOST); unused line items have mass 0."""

    box_type: Ints
    tare_kg: Floats
    lines: Ints
    line_goods: Ints
    line_net_kg: Floats
    line_gross_kg: Floats
    declared_hours: Floats
    """When the first version was filed, in hours since the start of the span."""
    packed_days: Ints
    """Days between packing and the day of filing."""
    amended: Flags
    amended_hours: Floats


def build(rng: np.random.Generator, shippers: Shippers, traffic: Traffic, declared: Declared) -> Details:
    """Draw the details of every box."""
    n, table = len(declared.goods), goods()
    kinds = list(_MIXES)
    kind = np.array([kinds.index(name) for name in table.texts["box"]])[declared.goods]
    box_type = pick(rng, np.array(list(_MIXES.values()))[kind])
    factor = np.array(list(_LOAD_FACTORS.values()))[kind, box_type]
    part = (declared.fill + rng.random(n)) / FILL_LEVELS
    net = table.load_kg[declared.goods] * factor * (FIRST_FILL + (1 - FIRST_FILL) * part)

    lines = 1 + pick(rng, np.broadcast_to([0.85, 0.09, 0.04, 0.02], (n, LINES_MOST)))
    lines = np.where(box_type == BOX_TYPES.index("22T6"), 1, lines)
    used = np.arange(LINES_MOST) < lines[:, None]
    weights = rng.gamma(2.0, 1.0, (n, LINES_MOST)) * used
    weights[:, 0] += 2.0
    line_net = np.floor(net[:, None] * weights / weights.sum(axis=1, keepdims=True)) * used
    line_goods = _further_goods(rng, shippers, traffic, declared)
    package_part = np.where(table.package_kg < 100, 0.06, 0.09)[line_goods]
    gross = np.ceil(line_net * (1 + package_part)) * used

    hours = np.array(HOURS_BEFORE_LOADING)[declared.hours_step]
    hours_before = rng.uniform(hours[:, 0], hours[:, 1])
    filed = traffic.loading_day * 24 - hours_before
    clumsy = shippers.clumsy[traffic.shipper]
    amended = rng.random(n) < np.where(clumsy, 0.12, 0.03)
    return Details(
        box_type=box_type,
        tare_kg=TARES_KG[box_type] + rng.integers(-8, 9, n) * 10,
        lines=lines,
        line_goods=line_goods,
        line_net_kg=line_net,
        line_gross_kg=gross,
        declared_hours=filed,
        packed_days=np.floor(rng.exponential(np.where(clumsy, 4.0, 2.5))).astype(np.int64).clip(0, 30),
        amended=amended,
        amended_hours=filed + hours_before * rng.uniform(0.1, 0.7, n),
    )


def _further_goods(rng: np.random.Generator, shippers: Shippers, traffic: Traffic, declared: Declared) -> Ints:
    """Goods of each line item, (boxes, LINES_MOST): the declared goods first, then goods of the same shipper and class
    group that need not be segregated from the item before."""
    slots, weights = shippers.slots[traffic.shipper], shippers.honest[traffic.shipper]
    group, mixable = goods().class_group, goods().mixable
    fits = weights * (group[slots] == group[declared.goods][:, None])
    rows = np.arange(len(slots))
    chosen = [declared.goods]
    for _ in range(LINES_MOST - 1):
        fits = fits * mixable[chosen[-1][:, None], slots]
        drawn = slots[rows, pick(rng, fits)]
        chosen.append(np.where(fits.sum(axis=1) > 0, drawn, declared.goods))
    return np.stack(chosen, axis=1)
