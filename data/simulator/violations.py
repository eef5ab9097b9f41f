"""Packing and papers violations, drawn from the declaration and the hidden practices.

Given these they do not depend on whether the declaration is true, so the probability used for the draw is the exact
posterior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.simulator import practices as hidden
from data.simulator.declaring import FILL_LEVELS, Declared
from data.simulator.details import BOX_TYPES, Details
from data.simulator.goods import goods
from data.simulator.oracle_posterior import Flags, Floats, sigmoid
from data.simulator.parameters import Parameters
from data.simulator.practices import HiddenPractices
from data.simulator.shippers import Shippers
from data.simulator.traffic import Traffic


@dataclass(frozen=True)
class Violations:
    """Probabilities of violations and the drawn truth, one position per box."""

    packing_probability: Floats
    packing: Flags
    papers_probability: Floats
    papers: Flags


def build(
    rng: np.random.Generator,
    shippers: Shippers,
    practices: HiddenPractices,
    traffic: Traffic,
    declared: Declared,
    details: Details,
    heat: Floats,
    parameters: Parameters,
) -> Violations:
    """Draw both families. `heat` (days,) is the season from -1 to 1."""
    packing = packing_probability(practices, traffic, declared, details, heat, parameters)
    papers = papers_probability(shippers, traffic, declared, details, parameters)
    return Violations(
        packing_probability=packing,
        packing=rng.random(len(packing)) < packing,
        papers_probability=papers,
        papers=rng.random(len(papers)) < papers,
    )


def packing_probability(
    practices: HiddenPractices,
    traffic: Traffic,
    declared: Declared,
    details: Details,
    heat: Floats,
    parameters: Parameters,
) -> Floats:
    """Probability that an opening finds the box badly packed: (boxes,)."""
    packer = traffic.packer
    changed = traffic.loading_day >= practices.packer_changes[packer]
    practice = np.where(changed, practices.packer_after[packer], practices.packer_before[packer])
    group = goods().class_group[declared.goods]
    at_its_kind = (practice == hidden.ONE_KIND) & (group == practices.packer_kind[packer])
    rate = np.where(practice == hidden.SLOPPY, parameters.sloppy_packing_rate, parameters.sound_packing_rate)
    rate = np.where(at_its_kind, parameters.kind_packing_rate, rate)
    today = np.minimum(traffic.loading_day.astype(np.int64), len(heat) - 1)
    heavy = np.array([box == "heavy" for box in goods().texts["box"]])[declared.goods]
    long_box = (details.box_type == BOX_TYPES.index("42G1")) | (details.box_type == BOX_TYPES.index("45G1"))
    return sigmoid(
        np.log(rate / (1 - rate))
        + 1.1 * (heavy & long_box)
        + 0.7 * (heavy & (declared.fill >= FILL_LEVELS - 3))
        + 0.8 * (details.lines - 1)
        + 0.6 * (details.packed_days == 0)
        + 1.3 * (goods().dangerous[declared.goods] & declared.certificate_missing)
        + 0.25 * heat[today]
        - 0.5 * (group == 0)
        - 1.0
    )


def papers_probability(
    shippers: Shippers, traffic: Traffic, declared: Declared, details: Details, parameters: Parameters
) -> Floats:
    """Probability that documents or placards have a violation: (boxes,)."""
    clumsy = shippers.clumsy[traffic.shipper]
    rate = np.where(clumsy, parameters.clumsy_papers_rate, parameters.papers_rate)
    dangerous = goods().dangerous[declared.goods]
    return sigmoid(
        np.log(rate / (1 - rate))
        + 1.3 * (dangerous & declared.phone_missing)
        + 1.5 * (dangerous & declared.certificate_missing)
        + 0.8 * (dangerous & (declared.manifest_un_no > 0))
        + 0.5 * declared.manifest_mass_differs
        + 0.5 * (details.lines > 1)
        + 0.4 * details.amended
        + 0.3 * ~shippers.domestic[traffic.shipper]
        - 1.8 * ~dangerous
    )
