"""The true state of each box, and the declared fields that depend on it.

Each field is drawn through `OraclePosterior`, which also scores it, so the posterior is exact (oracle_posterior.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.simulator.goods import fraud_patterns, goods
from data.simulator.oracle_posterior import Flags, Floats, Ints, OraclePosterior, sigmoid
from data.simulator.parameters import Parameters
from data.simulator.practices import HiddenPractices
from data.simulator.shippers import NO_PATTERN, Shippers
from data.simulator.traffic import Traffic

HOURS_BEFORE_LOADING: Final = ((2, 12), (12, 24), (24, 48), (48, 96), (96, 168))
"""Windows of hours before loading in which a declaration is filed."""
FILL_LEVELS: Final = 12
FIRST_FILL: Final = 0.3
"""A load is between this share of the usual load and all of it, in FILL_LEVELS equal levels."""
CARELESS_ON_CONCERN: Final = 3.0
"""Factor by which careless false declarations are more frequent among cargoes of concern."""
PLAIN, TRADE, VAGUE = 0, 1, 2
SAME, MISSING, OTHER = 0, 1, 2
WEIGHING_STEP_KG: Final = 20.0
WEIGHED_SHARE: Final = 0.85
OUTLIER_WEIGHT_SHARES: Final = (0.02, 0.4, 0.35)
"""Share of boxes, by state, whose weights differ for another reason than the scale; the two figures below are the
mean of that relative difference and its scale."""
OUTLIER_WEIGHT: Final = 0.06
OUTLIER_WEIGHT_SCALE: Final = 0.025


@dataclass(frozen=True)
class Declared:
    """The true state of each box, its declared fields, and the exact posterior of a false declaration: one per box."""

    state: Ints
    probability: Floats
    goods: Ints
    booking: Ints
    manifest: Ints
    manifest_un_no: Ints
    manifest_mass_differs: Flags
    hours_step: Ints
    """Position in HOURS_BEFORE_LOADING."""
    phone_missing: Flags
    certificate_missing: Flags
    fill: Ints
    vgm_steps: Floats
    weighed_steps: Floats
    """NaN where the terminal did not weigh the box."""


def prior(
    shippers: Shippers, practices: HiddenPractices, traffic: Traffic, freight: Floats, parameters: Parameters
) -> Floats:
    """Probability of each state before anything is declared: (boxes, 3)."""
    who, day = traffic.shipper, traffic.loading_day
    pattern = shippers.fraud_pattern[who]
    late = pattern == len(fraud_patterns()) - 1
    today = np.minimum(day.astype(np.int64), len(freight) - 1)
    target_region = np.array([plan.target_region for plan in fraud_patterns()] + [NO_PATTERN])[pattern]
    rate = np.where(late, parameters.late_rate, parameters.fraud_rate)
    deliberate = sigmoid(
        np.log(rate / (1 - rate))
        + shippers.boldness[who]
        + parameters.freight_effect * freight[today, traffic.region]
        + parameters.target_region_effect * (traffic.region == target_region)
    )
    deliberate = np.where((pattern != NO_PATTERN) & (day >= shippers.fraud_from[who]), deliberate, 0.0)
    careless = np.where(
        practices.careless_routes[traffic.forwarder, traffic.region],
        parameters.careless_route_rate,
        parameters.careless_rate,
    )
    return np.stack([(1 - deliberate) * (1 - careless), (1 - deliberate) * careless, deliberate], axis=1)


def build(
    rng: np.random.Generator,
    chances: Floats,
    shippers: Shippers,
    practices: HiddenPractices,
    traffic: Traffic,
) -> Declared:
    """Draw the state of every box from `chances` (boxes, 3), then the declared fields."""
    who, forwarder = traffic.shipper, traffic.forwarder
    oracle_posterior = OraclePosterior(rng, chances)
    honest = shippers.honest[who]
    careless_weights = honest * np.where(goods().concern[shippers.slots[who]], CARELESS_ON_CONCERN, 1.0)
    slot = oracle_posterior.observe(
        (honest, careless_weights / careless_weights.sum(axis=1, keepdims=True), shippers.covering[who])
    )
    main = shippers.slots[who, slot]
    dangerous = goods().dangerous[main]

    vague = practices.vague[forwarder][:, None]
    plain_words = _table(1 - vague, 0.6 * vague, 0.4 * vague)
    hidden_words = _table(0.75 - 0.6 * vague, 0.15 + 0.4 * vague, 0.10 + 0.2 * vague)
    booking = oracle_posterior.observe((plain_words, 0.8 * plain_words + 0.2 * hidden_words, hidden_words))
    manifest = oracle_posterior.observe((_row(0.8, 0.15, 0.05), _row(0.78, 0.16, 0.06), _row(0.48, 0.37, 0.15)))

    clumsy = shippers.clumsy[who]
    usual_hours = np.where(clumsy[:, None], _row(0.15, 0.25, 0.3, 0.2, 0.1), _row(0.04, 0.11, 0.35, 0.33, 0.17))
    hours_step = oracle_posterior.observe(
        (usual_hours, usual_hours, 0.5 * usual_hours + 0.5 * _row(0.3, 0.35, 0.2, 0.1, 0.05))
    )

    no_phone = np.where(clumsy, 0.14, 0.015)
    no_certificate = np.where(clumsy, 0.12, 0.012)
    phone = oracle_posterior.observe(_missing(dangerous, no_phone, np.maximum(no_phone, 0.03), no_phone + 0.05))
    certificate = oracle_posterior.observe(
        _missing(dangerous, no_certificate, np.maximum(no_certificate, 0.03), no_certificate + 0.06)
    )
    un_no = oracle_posterior.observe(
        tuple(np.where(dangerous[:, None], row, _row(0, 1, 0)) for row in
              (_row(0.95, 0.045, 0.005), _row(0.80, 0.12, 0.08), _row(0.82, 0.13, 0.05)))
    )  # fmt: skip
    mass_differs = oracle_posterior.observe((_row(0.96, 0.04), _row(0.78, 0.22), _row(0.84, 0.16)))

    fill = oracle_posterior.observe((_fill(5.0, 1.5), _fill(4.2, 1.5), _fill(3.0, 1.7)))
    load = goods().load_kg[main] * (FIRST_FILL + (1 - FIRST_FILL) * (fill + 0.5) / FILL_LEVELS)
    step = WEIGHING_STEP_KG / (load + 2500)
    everywhere = np.ones(len(load), dtype=np.bool_)
    vgm = oracle_posterior.observe_difference(
        everywhere, np.full(len(load), 0.004), step, OUTLIER_WEIGHT_SHARES, OUTLIER_WEIGHT, OUTLIER_WEIGHT_SCALE
    )
    was_weighed = rng.random(len(load)) < WEIGHED_SHARE
    weighed = oracle_posterior.observe_difference(
        was_weighed, practices.weighing[forwarder], step, OUTLIER_WEIGHT_SHARES, OUTLIER_WEIGHT, OUTLIER_WEIGHT_SCALE
    )
    return Declared(
        state=oracle_posterior.state,
        probability=oracle_posterior.posterior()[:, 1:].sum(axis=1),
        goods=main,
        booking=booking,
        manifest=manifest,
        manifest_un_no=un_no,
        manifest_mass_differs=mass_differs == 1,
        hours_step=hours_step,
        phone_missing=phone == 1,
        certificate_missing=certificate == 1,
        fill=fill,
        vgm_steps=vgm,
        weighed_steps=np.where(was_weighed, weighed, np.nan),
    )


def _row(*chances: float) -> Floats:
    return np.array([chances])


def _table(*columns: Floats) -> Floats:
    return np.concatenate(columns, axis=1)


def _missing(required: Flags, *chances: Floats) -> tuple[Floats, ...]:
    """Probabilities of (present, missing), by state; always missing where the paper is not required."""
    return tuple(
        np.stack([np.where(required, 1 - chance, 0.0), np.where(required, chance, 1.0)], 1) for chance in chances
    )


def _fill(a: float, b: float) -> Floats:
    """Probabilities of the load levels: a beta distribution with parameters `a` and `b`."""
    middle = (np.arange(FILL_LEVELS) + 0.5) / FILL_LEVELS
    weights = middle ** (a - 1) * (1 - middle) ** (b - 1)
    return np.array([weights / weights.sum()])
