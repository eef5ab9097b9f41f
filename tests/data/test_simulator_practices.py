"""Planted truth: each mechanism of the simulated port does what docs/simulator.md says of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from data.parties.names import core
from data.simulator import SimulatedPort, simulate
from data.simulator import practices as habit
from data.simulator.declaring import PLAIN, TRADE, WEIGHING_STEP_KG
from data.simulator.goods import goods, regions, schemes
from data.simulator.oracle_posterior import HONEST, SCHEME, SLIP
from data.simulator.parameters import Parameters
from data.simulator.port import Hidden
from data.simulator.shippers import NO_SCHEME
from tests.worlds import world

BOXES, DAYS, SEED = 40_000, 730, 2026
LATE = len(schemes()) - 1


@cache
def _restless() -> SimulatedPort:
    """A port where much changes: packers' habits, names of firms, the late scheme."""
    return simulate(BOXES, DAYS, SEED, packer_change_share=0.5, reborn_share=0.9, late_share=0.03)


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


def test_bad_packers_pack_badly_for_as_long_as_they_have_the_habit() -> None:
    """Protects lasting bad habits: sloppy packers always, others for their one kind of goods only."""
    hidden, packing, today = _hidden(), _truth("packing"), _practice_today()
    kind = goods().class_group[hidden.declared.goods] == hidden.practices.packer_kind[hidden.traffic.packer]
    sound = packing[today == habit.SOUND].mean()
    assert sound < 0.035
    assert packing[today == habit.SLOPPY].mean() > 3 * sound
    assert packing[(today == habit.ONE_KIND) & kind].mean() > 0.3
    assert packing[(today == habit.ONE_KIND) & ~kind].mean() < 0.08
    assert 0.03 < (today != habit.SOUND).mean() < 0.35


def test_some_packers_change_for_better_or_worse() -> None:
    """Protects changes: the same packer's rate moves with its habit, on its day."""
    hidden = _restless().hidden
    oracle = _restless().oracle.set_index("declaration_id")
    packing = oracle["truth_packing"].reindex(hidden.declaration_id).to_numpy()
    packer = hidden.traffic.packer
    before, after = hidden.practices.packer_before[packer], hidden.practices.packer_after[packer]
    kind = goods().class_group[hidden.declared.goods] == hidden.practices.packer_kind[packer]
    changed = hidden.traffic.loading_day >= hidden.practices.packer_changes[packer]
    worse = (before == habit.SOUND) & (after == habit.ONE_KIND) & kind
    better = (before != habit.SOUND) & (after == habit.SOUND)
    assert packing[worse & changed].mean() > 3 * packing[worse & ~changed].mean()
    assert packing[better & changed].mean() < packing[better & ~changed].mean()


def test_heavy_goods_in_long_boxes_and_mixed_loads_are_packed_worse() -> None:
    """Protects the visible side of packing: box type, mixed loads, and the hot season."""
    hidden = _hidden()
    oracle = world(BOXES, DAYS, SEED).oracle.set_index("declaration_id")
    chance = oracle["probability_packing"].reindex(hidden.declaration_id).to_numpy()
    sound = _practice_today() == habit.SOUND
    assert chance[sound & (hidden.details.lines > 2)].mean() > 1.5 * chance[sound & (hidden.details.lines == 1)].mean()
    month = (hidden.traffic.loading_day % 365.25) // 30.44
    assert chance[sound & np.isin(month, [5, 6, 7])].mean() > 1.1 * chance[sound & np.isin(month, [11, 0, 1])].mean()


def test_schemers_misdeclare_when_freight_is_dear() -> None:
    """Protects the freight mechanism: the dearer the route that day, the more boxes of a schemer are false."""
    hidden = _hidden()
    traffic = hidden.traffic
    today = np.minimum(traffic.loading_day.astype(int), len(hidden.freight) - 1)
    dear = hidden.freight[today, traffic.region]
    schemer = (hidden.shippers.scheme[traffic.shipper] != NO_SCHEME) & (
        traffic.loading_day >= hidden.shippers.scheme_from[traffic.shipper]
    )
    false = hidden.declared.state == SCHEME
    assert not false[~schemer].any()
    low, middle, high = (false[schemer & (dear >= a) & (dear < b)].mean() for a, b in
                         ((-9, -0.5), (-0.5, 0.7), (0.7, 9)))  # fmt: skip
    assert low < middle < high
    assert high > 2 * low


def test_schemes_hide_behind_their_cover_goods() -> None:
    """Protects the trade names: false boxes declare the covers, which honest boxes declare far more often."""
    hidden = _hidden()
    scheme = hidden.shippers.scheme[hidden.traffic.shipper]
    false = hidden.declared.state == SCHEME
    for number, plan in enumerate(schemes()):
        covered = np.isin(hidden.declared.goods, plan.covers)
        if (inside := false & (scheme == number)).sum() > 50:
            assert covered[inside].mean() > 0.8
        assert (covered & ~false).sum() > 3 * (covered & false).sum()


def test_undeclared_goods_travel_among_general_cargo() -> None:
    """Protects the two findings: undeclared where nothing dangerous is declared, misdeclared where something is."""
    made = world(BOXES, DAYS, SEED)
    final = made.inspections.drop_duplicates("inspection_id", keep="last")
    first_line = made.declarations.drop_duplicates("declaration_id").set_index("declaration_id")
    general = first_line.loc[final["declaration_id"], "un_no"].isna().to_numpy()
    findings = final["findings"].fillna("")
    assert findings[general].str.contains("undeclared").sum() > 20
    assert not findings[general].str.contains("misdeclared").any()
    assert not findings[~general].str.contains("undeclared").any()
    hidden = _hidden()
    telling = ~goods().dangerous[hidden.declared.goods] & (hidden.declared.manifest == TRADE)
    assert 0.01 < (hidden.declared.state[telling] != HONEST).mean() < 0.3


def test_reborn_firms_keep_packer_and_telephone() -> None:
    """Protects rebirth: a new id and name, never beside the old ones, with the same packers and telephone."""
    declarations = _restless().declarations.drop_duplicates("declaration_id").dropna(subset=["emergency_phone"])
    shippers = _restless().hidden.shippers
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
    assert reregistered[shippers.scheme != NO_SCHEME].mean() > 3 * reregistered[shippers.scheme == NO_SCHEME].mean() > 0


def test_reborn_firms_keep_telephone_or_office_more_than_others_share_them() -> None:
    """Protects the links: a kept telephone or office points to the same people, a shared telephone mostly does not."""
    hidden, rows = _restless().hidden, _restless().declarations.drop_duplicates("declaration_id")
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


def test_shippers_are_now_and_then_written_otherwise_and_still_one_firm() -> None:
    """Protects aliases: a few boxes without id, in a spelling whose core is that of the firm's own name."""
    rows = _restless().declarations.drop_duplicates("declaration_id")
    hidden = _restless().hidden
    firm = pd.Series(hidden.traffic.shipper, index=hidden.declaration_id).reindex(rows["declaration_id"]).to_numpy()
    rows = rows.assign(firm=firm, core=rows["shipper_name"].map(core))
    without = rows["shipper_id"].isna()
    assert 0.03 < without.mean() < 0.07
    own = rows[~without].groupby("firm")["core"].agg(set)
    known = rows[without & rows["firm"].isin(own.index)]
    agreeing = [written in own[firm] for written, firm in zip(known["core"], known["firm"], strict=True)]
    assert np.mean(agreeing) > 0.95


def test_clumsy_papers_are_not_fraud() -> None:
    """Protects honest clumsiness: papers that lack things are mostly honest, and clumsy firms no worse than others."""
    hidden, papers, false = _hidden(), _truth("papers"), _truth("declaration")
    dangerous = goods().dangerous[hidden.declared.goods]
    lacking = dangerous & (hidden.declared.phone_missing | hidden.declared.certificate_missing)
    clumsy = hidden.shippers.clumsy[hidden.traffic.shipper]
    honest = hidden.shippers.scheme[hidden.traffic.shipper] == NO_SCHEME
    assert false[lacking].mean() < 0.12
    assert papers[lacking].mean() > 3 * papers[dangerous & ~lacking].mean()
    assert papers[clumsy].mean() > 2.5 * papers[~clumsy].mean()
    assert abs(false[clumsy & honest].mean() - false[~clumsy & honest].mean()) < 0.01
    assert hidden.details.amended[clumsy].mean() > 2 * hidden.details.amended[~clumsy].mean()


def test_weights_disagree_more_under_false_declarations_but_not_only_there() -> None:
    """Protects the weights: a large difference is a tell, with heavy-tailed scales to confuse it."""
    hidden, false = _hidden(), _truth("declaration")
    mass = hidden.details.line_gross_kg.sum(axis=1) + hidden.details.tare_kg
    off = np.abs(np.nan_to_num(hidden.declared.weighed_steps)) * WEIGHING_STEP_KG / mass > 0.05
    assert off[false == 1].mean() > 4 * off[false == 0].mean()
    assert false[off].mean() < 0.4
    coarse = hidden.practices.weighing[hidden.traffic.forwarder] == hidden.practices.weighing.max()
    spread = pd.Series(np.abs(hidden.declared.weighed_steps)).groupby(coarse).median()
    assert spread[True] > 1.5 * spread[False]


def test_routes_and_forwarders_differ() -> None:
    """Protects routes: carelessness sits on some forwarders' routes, each scheme prefers its own."""
    hidden = _hidden()
    blind = hidden.practices.blind[hidden.traffic.forwarder, hidden.traffic.region]
    slipped = hidden.declared.state == SLIP
    assert 0.01 < blind.mean() < 0.06
    assert slipped[blind].mean() > 4 * slipped[~blind].mean() > 0
    best = np.array([plan.dear_region for plan in schemes()] + [NO_SCHEME])[
        hidden.shippers.scheme[hidden.traffic.shipper]
    ]
    schemer = hidden.prior[:, SCHEME] > 0
    at_best = hidden.traffic.region == best
    assert hidden.prior[schemer & at_best, SCHEME].mean() > 1.2 * hidden.prior[schemer & ~at_best, SCHEME].mean()
    assert len(regions()) == 6


def test_the_late_scheme_is_silent_before_it_starts() -> None:
    """Protects drift: its members are honest until three quarters of the span, and then are not."""
    hidden = _restless().hidden
    late = hidden.shippers.scheme[hidden.traffic.shipper] == LATE
    started = hidden.traffic.loading_day >= Parameters().late_start * DAYS
    false = hidden.declared.state == SCHEME
    assert (late & ~started).sum() > 100
    assert not false[late & ~started].any()
    assert false[late & started].mean() > 0.1


def test_seasons_move_the_volume() -> None:
    """Protects seasons: February is thinner than autumn."""
    month = pd.Series(world(BOXES, DAYS, SEED).declarations["loading_at"]).dt.month.value_counts()
    assert month[2] < 0.9 * month[10]


def test_wording_differs_by_forwarder_more_than_by_truth() -> None:
    """Protects overlap: vague bookings are mostly a habit of the forwarder."""
    hidden = _hidden()
    vague = hidden.declared.booking != PLAIN
    habitual = hidden.practices.vague[hidden.traffic.forwarder] == hidden.practices.vague.max()
    assert vague[habitual].mean() > 2 * vague[~habitual].mean()
    assert (hidden.declared.state[vague] != HONEST).mean() < 0.12
