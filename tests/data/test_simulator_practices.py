"""Planted truth: each mechanism of the simulated port has the effect described in docs/simulator.md."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from data.parties.names import core
from data.simulator import SimulatedPort, practices, simulate
from data.simulator.declaring import PLAIN, TRADE, WEIGHING_STEP_KG
from data.simulator.goods import fraud_patterns, goods, regions
from data.simulator.oracle_posterior import CARELESS, DELIBERATE, HONEST
from data.simulator.parameters import Parameters
from data.simulator.port import Hidden
from data.simulator.shippers import NO_PATTERN
from tests.worlds import world

BOXES, DAYS, SEED = 40_000, 730, 2026
LATE = len(fraud_patterns()) - 1


@cache
def _changing_port() -> SimulatedPort:
    """A port with many changes of packers and names, and many firms in the late fraud pattern."""
    return simulate(BOXES, DAYS, SEED, packer_change_share=0.5, reregistered_share=0.9, late_share=0.03)


def _hidden() -> Hidden:
    return world(BOXES, DAYS, SEED).hidden


def _truth(family: str) -> np.ndarray:
    oracle = world(BOXES, DAYS, SEED).oracle.set_index("declaration_id")
    return oracle[f"truth_{family}"].reindex(_hidden().declaration_id).to_numpy()


def _practice_today() -> np.ndarray:
    hidden = _hidden()
    packer = hidden.traffic.packer
    changed = hidden.traffic.loading_day >= hidden.practices.packer_changes[packer]
    return np.where(changed, hidden.practices.packer_after[packer], hidden.practices.packer_before[packer])


def test_bad_packers() -> None:
    """Sloppy packers pack all goods badly for a long time, others one group of classes only."""
    hidden, packing, today = _hidden(), _truth("packing"), _practice_today()
    kind = goods().class_group[hidden.declared.goods] == hidden.practices.packer_kind[hidden.traffic.packer]
    sound = packing[today == practices.SOUND].mean()
    assert sound < 0.035
    assert packing[today == practices.SLOPPY].mean() > 3 * sound
    assert packing[(today == practices.ONE_KIND) & kind].mean() > 0.3
    assert packing[(today == practices.ONE_KIND) & ~kind].mean() < 0.08
    assert 0.03 < (today != practices.SOUND).mean() < 0.35


def test_packers_change() -> None:
    """The violation rate of a packer changes on the day on which its practice changes."""
    hidden = _changing_port().hidden
    oracle = _changing_port().oracle.set_index("declaration_id")
    packing = oracle["truth_packing"].reindex(hidden.declaration_id).to_numpy()
    packer = hidden.traffic.packer
    before, after = hidden.practices.packer_before[packer], hidden.practices.packer_after[packer]
    kind = goods().class_group[hidden.declared.goods] == hidden.practices.packer_kind[packer]
    changed = hidden.traffic.loading_day >= hidden.practices.packer_changes[packer]
    worse = (before == practices.SOUND) & (after == practices.ONE_KIND) & kind
    better = (before != practices.SOUND) & (after == practices.SOUND)
    assert packing[worse & changed].mean() > 3 * packing[worse & ~changed].mean()
    assert packing[better & changed].mean() < packing[better & ~changed].mean()


def test_visible_packing_risks() -> None:
    """Mixed loads and the hot season raise the probability of packing violations of sound packers."""
    hidden = _hidden()
    oracle = world(BOXES, DAYS, SEED).oracle.set_index("declaration_id")
    chance = oracle["probability_packing"].reindex(hidden.declaration_id).to_numpy()
    sound = _practice_today() == practices.SOUND
    assert chance[sound & (hidden.details.lines > 2)].mean() > 1.5 * chance[sound & (hidden.details.lines == 1)].mean()
    month = (hidden.traffic.loading_day % 365.25) // 30.44
    assert chance[sound & np.isin(month, [5, 6, 7])].mean() > 1.1 * chance[sound & np.isin(month, [11, 0, 1])].mean()


def test_fraud_follows_freight() -> None:
    """The higher the freight index of the route, the more boxes of a fraudulent shipper are false."""
    hidden = _hidden()
    traffic = hidden.traffic
    today = np.minimum(traffic.loading_day.astype(int), len(hidden.freight) - 1)
    freight = hidden.freight[today, traffic.region]
    fraudulent = (hidden.shippers.fraud_pattern[traffic.shipper] != NO_PATTERN) & (
        traffic.loading_day >= hidden.shippers.fraud_from[traffic.shipper]
    )
    false = hidden.declared.state == DELIBERATE
    assert not false[~fraudulent].any()
    low, middle, high = (false[fraudulent & (freight >= a) & (freight < b)].mean() for a, b in
                         ((-9, -0.5), (-0.5, 0.7), (0.7, 9)))  # fmt: skip
    assert low < middle < high
    assert high > 2 * low


def test_cover_goods() -> None:
    """Fraudulent boxes are declared as cover goods, which honest boxes contain far more often."""
    hidden = _hidden()
    pattern = hidden.shippers.fraud_pattern[hidden.traffic.shipper]
    false = hidden.declared.state == DELIBERATE
    for number, plan in enumerate(fraud_patterns()):
        covered = np.isin(hidden.declared.goods, plan.covers)
        if (inside := false & (pattern == number)).sum() > 50:
            assert covered[inside].mean() > 0.8
        assert (covered & ~false).sum() > 3 * (covered & false).sum()


def test_undeclared_among_general_cargo() -> None:
    """The finding is `undeclared` where no dangerous goods are declared, `misdeclared` where some are."""
    made = world(BOXES, DAYS, SEED)
    final = made.inspections.drop_duplicates("inspection_id", keep="last")
    first_line = made.declarations.drop_duplicates("declaration_id").set_index("declaration_id")
    general = first_line.loc[final["declaration_id"], "un_no"].isna().to_numpy()
    findings = final["findings"].fillna("")
    assert findings[general].str.contains("undeclared").sum() > 20
    assert not findings[general].str.contains("misdeclared").any()
    assert not findings[~general].str.contains("undeclared").any()
    hidden = _hidden()
    trade_name = ~goods().dangerous[hidden.declared.goods] & (hidden.declared.manifest == TRADE)
    assert 0.01 < (hidden.declared.state[trade_name] != HONEST).mean() < 0.3


def test_reregistered_firms_keep_packer_and_phone() -> None:
    """A re-registered firm has a new id and name, never beside the old ones, and keeps packers and phone."""
    declarations = _changing_port().declarations.drop_duplicates("declaration_id").dropna(subset=["emergency_phone"])
    shippers = _changing_port().hidden.shippers
    names = declarations.groupby("emergency_phone")["shipper_id"].nunique()
    assert names.max() == 2
    seen = 0
    for _, boxes in declarations[declarations["emergency_phone"].map(names) == 2].groupby("emergency_phone"):
        ids = boxes.groupby("shipper_id").agg(
            first=("loading_at", "min"), last=("loading_at", "max"), name=("shipper_name", "first"),
            packers=("packer_id", set), boxes=("packer_id", "size"),
        ).sort_values("first")  # fmt: skip
        old, new = ids.iloc[0], ids.iloc[1]
        assert old["last"] <= new["first"]
        assert old["name"] != new["name"]
        if min(old["boxes"], new["boxes"]) > 20:
            seen += 1
            assert old["packers"] & new["packers"]
    assert seen >= 5
    reregistered = np.isfinite(shippers.reregistered_on)
    fraudulent = shippers.fraud_pattern != NO_PATTERN
    assert reregistered[fraudulent].mean() > 3 * reregistered[~fraudulent].mean() > 0


def test_kept_and_shared_contacts() -> None:
    """A telephone or address under two ids is that of a re-registered firm; agents' telephones are shared."""
    hidden, rows = _changing_port().hidden, _changing_port().declarations.drop_duplicates("declaration_id")
    firm = pd.Series(hidden.traffic.shipper, index=hidden.declaration_id).reindex(rows["declaration_id"]).to_numpy()
    rows = rows.assign(firm=firm).dropna(subset=["shipper_id"])
    reregistered = set(np.flatnonzero(np.isfinite(hidden.shippers.reregistered_on)).tolist())
    kept = {
        column: {firms.iloc[0] for _, firms in rows.dropna(subset=[column]).groupby(column)["firm"]
                 if firms.nunique() == 1 and rows.loc[firms.index, "shipper_id"].nunique() == 2}
        for column in ("shipper_phone", "shipper_address")
    }  # fmt: skip
    assert kept["shipper_phone"] <= reregistered
    assert kept["shipper_address"] <= reregistered
    assert 0.4 < len(kept["shipper_address"]) / len(reregistered) < 0.75
    shared = rows.groupby("shipper_phone")["firm"].nunique()
    assert shared.max() > 3
    assert rows.groupby("shipper_address")["firm"].nunique().max() == 1


def test_aliases_keep_the_core_name() -> None:
    """Some boxes have no shipper id and a spelling whose core name is that of the firm."""
    rows = _changing_port().declarations.drop_duplicates("declaration_id")
    hidden = _changing_port().hidden
    firm = pd.Series(hidden.traffic.shipper, index=hidden.declaration_id).reindex(rows["declaration_id"]).to_numpy()
    rows = rows.assign(firm=firm, core=rows["shipper_name"].map(core))
    without = rows["shipper_id"].isna()
    assert 0.03 < without.mean() < 0.07
    own = rows[~without].groupby("firm")["core"].agg(set)
    known = rows[without & rows["firm"].isin(own.index)]
    agreeing = [written in own[firm] for written, firm in zip(known["core"], known["firm"], strict=True)]
    assert np.mean(agreeing) > 0.95


def test_clumsy_papers_are_not_fraud() -> None:
    """Incomplete papers are mostly honest, and clumsy firms declare falsely no more often than others."""
    hidden, papers, false = _hidden(), _truth("papers"), _truth("declaration")
    dangerous = goods().dangerous[hidden.declared.goods]
    lacking = dangerous & (hidden.declared.phone_missing | hidden.declared.certificate_missing)
    clumsy = hidden.shippers.clumsy[hidden.traffic.shipper]
    honest = hidden.shippers.fraud_pattern[hidden.traffic.shipper] == NO_PATTERN
    assert false[lacking].mean() < 0.12
    assert papers[lacking].mean() > 3 * papers[dangerous & ~lacking].mean()
    assert papers[clumsy].mean() > 2.5 * papers[~clumsy].mean()
    assert abs(false[clumsy & honest].mean() - false[~clumsy & honest].mean()) < 0.01
    assert hidden.details.amended[clumsy].mean() > 2 * hidden.details.amended[~clumsy].mean()


def test_weight_differences() -> None:
    """Large weight differences are more frequent with false declarations, but also occur with inaccurate scales."""
    hidden, false = _hidden(), _truth("declaration")
    mass = hidden.details.line_gross_kg.sum(axis=1) + hidden.details.tare_kg
    off = np.abs(np.nan_to_num(hidden.declared.weighed_steps)) * WEIGHING_STEP_KG / mass > 0.05
    assert off[false == 1].mean() > 4 * off[false == 0].mean()
    assert false[off].mean() < 0.4
    coarse = hidden.practices.weighing[hidden.traffic.forwarder] == hidden.practices.weighing.max()
    difference = pd.Series(np.abs(hidden.declared.weighed_steps)).groupby(coarse).median()
    assert difference[True] > 1.5 * difference[False]


def test_routes_and_forwarders_differ() -> None:
    """Careless declarations are frequent on some routes of forwarders; each fraud pattern has a target region."""
    hidden = _hidden()
    careless_route = hidden.practices.careless_routes[hidden.traffic.forwarder, hidden.traffic.region]
    careless = hidden.declared.state == CARELESS
    assert 0.01 < careless_route.mean() < 0.06
    assert careless[careless_route].mean() > 4 * careless[~careless_route].mean() > 0
    target = np.array([plan.target_region for plan in fraud_patterns()] + [NO_PATTERN])[
        hidden.shippers.fraud_pattern[hidden.traffic.shipper]
    ]
    fraudulent = hidden.prior[:, DELIBERATE] > 0
    at_target = hidden.traffic.region == target
    deliberate = hidden.prior[:, DELIBERATE]
    assert deliberate[fraudulent & at_target].mean() > 1.2 * deliberate[fraudulent & ~at_target].mean()
    assert len(regions()) == 6


def test_late_pattern_starts_late() -> None:
    """Shippers of the late fraud pattern are honest during the first three quarters of the span only."""
    hidden = _changing_port().hidden
    late = hidden.shippers.fraud_pattern[hidden.traffic.shipper] == LATE
    started = hidden.traffic.loading_day >= Parameters().late_start * DAYS
    false = hidden.declared.state == DELIBERATE
    assert (late & ~started).sum() > 100
    assert not false[late & ~started].any()
    assert false[late & started].mean() > 0.1


def test_seasons() -> None:
    """February has fewer boxes than October."""
    month = pd.Series(world(BOXES, DAYS, SEED).declarations["loading_at"]).dt.month.value_counts()
    assert month[2] < 0.9 * month[10]


def test_wording_depends_on_forwarder() -> None:
    """Vague bookings depend on the forwarder more than on the truth of the declaration."""
    hidden = _hidden()
    vague = hidden.declared.booking != PLAIN
    vague_forwarder = hidden.practices.vague[hidden.traffic.forwarder] == hidden.practices.vague.max()
    assert vague[vague_forwarder].mean() > 2 * vague[~vague_forwarder].mean()
    assert (hidden.declared.state[vague] != HONEST).mean() < 0.12
