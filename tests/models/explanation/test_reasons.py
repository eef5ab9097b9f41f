"""Protects the reasons: exact sums, equal to SHAP, few codes, and the same reasons for similar boxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import GOODS_PAPERS
from data.texts import LANGUAGES
from data.vocabulary import Family, ReasonKind
from features.boxes import Numbers, boxes_of_frame
from features.checks.results import CheckedBoxes
from features.checks.stage import check
from features.definitions.catalogue import CATALOGUE, matrix
from features.definitions.context import LINKED, FeatureContext
from features.definitions.linked_firms import observed
from features.history.state import replay
from models.explanation.reason_groups import CODES, LEAST_CONTRIBUTION, MOST_REASONS, chosen
from models.explanation.reasons import reasons
from models.scoring.expected_harm import FAMILY_WEIGHTS
from models.scoring.risk_model import EFFECTS_SHARE, RiskModel
from models.scoring.rules import RulesBaseline
from models.scoring.scorer import Scorer, probability
from tests.worlds import dataset, world
from training.fitting.train_at import train_at

ReasonFacts = list[dict[str, Any]]
SMALL_CHANGES = ("a kilogram more", "a minute later", "another box")


@cache
def model() -> RiskModel:
    """A model of a port with enough labels for a booster in each family."""
    everything = dataset(12_000, 730)
    return train_at(everything, everything.end, seed=1, threads=1)


def with_history(boxes: CheckedBoxes, before: int | None = None) -> tuple[FeatureContext, Numbers]:
    """Context and features of boxes; with `before`, with the history of that instant for all."""
    log = dataset().log
    context = FeatureContext(boxes, replay(boxes, log if before is None else log.before(before)))
    return context, matrix(context)


def reasons_of(scorer: Scorer, context: FeatureContext, features: Numbers) -> list[ReasonFacts]:
    return [one for one, _ in reasons(context, features, scorer.contributions(features), scorer.medians)]


def moves(one: dict[str, Any], log_odds: Numbers) -> float:
    """Effect of a reason on the risk."""
    family = Family(one["family"])
    share = float(probability(log_odds)[list(Family).index(family)])
    return float(abs(one["contribution"])) * FAMILY_WEIGHTS[family] * share * (1 - share)


def test_there_are_25_to_45_reason_codes() -> None:
    assert 25 <= len({feature.reason for feature in CATALOGUE}) <= 45


@pytest.mark.parametrize("scorer", [model, RulesBaseline], ids=["model", "rules"])
def test_reasons_sum_to_the_log_odds_of_each_family(scorer: Any) -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_600)))
    parts, log_odds = scorer().contributions(features), scorer().log_odds(features)
    rows = reasons(context, features, parts, scorer().medians)
    for row, (one, base) in enumerate(rows):
        for place, family in enumerate(Family):
            total = base[family] + sum(reason["contribution"] for reason in one if reason["family"] == family)
            assert abs(total - log_odds[row, place]) < 1e-9
            assert abs(parts[row, place].sum() - log_odds[row, place]) < 1e-9


@pytest.mark.filterwarnings("ignore:LightGBM binary classifier with TreeExplainer")
@pytest.mark.parametrize("family", list(Family))
def test_contributions_are_those_of_shap(family: Family) -> None:
    import shap

    _, features = with_history(dataset().boxes.take(np.arange(3_000, 3_150)))
    own = model().families[family]
    assert own.booster is not None
    explainer = shap.TreeExplainer(own.booster)
    theirs = explainer.shap_values(features)
    theirs = theirs[1] if isinstance(theirs, list) else theirs
    base = float(np.ravel(explainer.expected_value)[-1])
    assert bool(own.effects) == family.needs_opening
    share, effects, usual = 1 - EFFECTS_SHARE if own.effects else 1.0, list(own.effects), model().medians
    effect_parts = np.zeros_like(theirs)
    effect_parts[:, effects] = EFFECTS_SHARE * (features[:, effects] - usual[effects])
    ours = own.contributions(features, 1, usual)
    assert np.abs(ours[:, :-1] - own.slope * (share * theirs + effect_parts)).max() < 1e-9
    base = share * base + EFFECTS_SHARE * usual[effects].sum()
    assert np.abs(ours[:, -1] - (own.slope * base + own.offset)).max() < 1e-9


def test_the_headline_contributes_in_the_direction_of_its_reason() -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_400)))
    parts = model().contributions(features)
    headlines = np.array([(feature.explained_by or feature).name for feature in CATALOGUE])
    for row, one in enumerate(reasons_of(model(), context, features)):
        assert len([reason for reason in one if reason["code"] != "other"]) <= MOST_REASONS
        for reason in one:
            if reason["code"] == "other":
                assert reason["kind"] == ReasonKind.REST
                continue
            family = list(Family).index(Family(reason["family"]))
            part = parts[row, family, :-1][headlines == reason["feature"]].sum()
            assert part * reason["contribution"] > 0
            assert abs(reason["contribution"]) >= LEAST_CONTRIBUTION
            assert all(reason["text"][language] for language in LANGUAGES)


def test_the_strongest_reason_of_each_family_is_reported() -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_400)))
    parts = model().contributions(features)
    groups = sorted({feature.reason for feature in CATALOGUE})
    summing = np.array([[feature.reason == group for group in groups] for feature in CATALOGUE], dtype=np.float64)
    strongest = np.abs(parts[:, :, :-1] @ summing).max(axis=2)
    for row, one in enumerate(reasons_of(model(), context, features)):
        for place, family in enumerate(Family):
            own = [abs(r["contribution"]) for r in one if r["family"] == family and r["code"] != "other"]
            assert max(own, default=0.0) == pytest.approx(strongest[row, place]) or strongest[row, place] < 0.02
        sizes = [moves(r, model().log_odds(features[[row]])[0]) for r in one if r["code"] != "other"]
        assert all(after <= before + 1e-9 for before, after in pairwise(sizes))


def scattered(count: int) -> Numbers:
    """Random contributions in which every feature occurs, shape (count, families, features + 1)."""
    generator = np.random.default_rng(7)
    parts = generator.normal(0, 0.3, (count, len(Family), len(CATALOGUE) + 1))
    return np.asarray(parts * (generator.random(parts.shape) < 0.05))


def test_a_history_is_compared_with_the_ports_own_and_a_fact_with_the_median() -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_200)))
    by_name = {feature.name: place for place, feature in enumerate(CATALOGUE)}
    kinds = set()
    for row, (one, _) in enumerate(reasons(context, features, scattered(200), model().medians)):
        for reason in (reason for reason in one if reason["code"] != "other"):
            place = by_name[reason["feature"]]
            feature, usual = CATALOGUE[place], model().medians[place]
            if feature.is_count:
                port = (
                    context.rate("port", feature.family) if feature.family else context.share("port", feature.is_count)
                )
                usual = port[row]
            assert reason["norm"] == (None if np.isnan(usual) else usual)
            assert reason["value"] == (None if np.isnan(features[row, place]) else features[row, place])
            kinds.add((bool(feature.is_count), bool(feature.family)))
    assert len(kinds) == 3


def test_the_evidence_of_a_reason_equals_the_decayed_counters() -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_400)))
    by_name = {feature.name: feature for feature in CATALOGUE}
    linked = 0
    for row, (one, _) in enumerate(reasons(context, features, scattered(400), model().medians)):
        for reason in (reason for reason in one if reason["code"] != "other"):
            feature = by_name[reason["feature"]]
            found, tried = (
                context.held(feature.entity, name)[row] if feature.evidence and name else np.nan
                for name in (feature.is_count, feature.evidence)
            )
            if feature.entity == LINKED and feature.family:
                found, tried = (values[row] for values in observed(context, feature.family))
                linked += 1
            assert [reason["found"], reason["evidence"]] == [None if np.isnan(x) else x for x in (found, tried)]
    assert linked


def test_a_box_has_the_same_reasons_alone_and_in_a_batch() -> None:
    boxes = dataset().boxes.take(np.arange(3_000, 3_150))
    context, features = with_history(boxes)
    many = reasons(context, features, model().contributions(features), model().medians)
    for row, together in enumerate(many):
        alone, own = with_history(boxes.take(np.array([row])))
        assert reasons(alone, own, model().contributions(own), model().medians) == [together]


def test_no_boxes_give_no_reasons() -> None:
    none = dataset().boxes.take(np.arange(0))
    context, features = FeatureContext(none, replay(none, dataset().log)), np.zeros((0, len(CATALOGUE)))
    assert reasons(context, features, np.zeros((0, len(Family), len(CATALOGUE) + 1)), model().medians) == []


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.1, 1.0]), st.booleans())
def test_reported_groups_are_the_strongest_of_each_family_then_by_effect_on_the_risk(
    seed: int, size: float, ties: bool
) -> None:
    generator = np.random.default_rng(seed)
    parts = generator.normal(0, size, (1, len(Family), len(CATALOGUE) + 1))
    parts *= generator.random(parts.shape) < 0.1
    parts = parts.round(1) if ties else parts
    best = chosen(parts)
    groups = np.array([CODES.index(feature.reason) for feature in CATALOGUE])
    sums = np.stack([parts[0][:, :-1][:, groups == group].sum(axis=1) for group in range(len(CODES))], axis=1)
    probabilities = probability(parts[0].sum(axis=1))
    slopes = np.array([FAMILY_WEIGHTS[family] for family in Family]) * probabilities * (1 - probabilities)
    moved = np.where(np.abs(sums) < LEAST_CONTRIBUTION, 0.0, (np.abs(sums) * slopes[:, None]).round(9))
    reported = list(zip(best.families.tolist(), best.groups.tolist(), strict=True))
    ranked = sorted((-moved[place], place) for place in np.ndindex(*moved.shape) if moved[place] > 0)
    leads = [(family, int(np.abs(own).round(9).argmax())) for family, own in enumerate(sums)]
    leads = [place for place in leads if moved[place] > 0]
    others = [place for _, place in ranked if place not in leads][: MOST_REASONS - len(leads)]
    assert reported == [place for _, place in ranked if place in leads or place in others]
    assert best.counts == [len(reported)]


def test_rounding_changes_neither_order_nor_headline() -> None:
    context, features = with_history(dataset().boxes.take(np.arange(3_000, 3_300)))
    noise = np.random.default_rng(5)
    for scorer in (model(), RulesBaseline()):
        parts = scorer.contributions(features)
        shaken = parts * (1 + noise.uniform(-1e-13, 1e-13, parts.shape))
        rows = [reasons(context, features, one, scorer.medians) for one in (parts, shaken)]
        for (one, _), (other, _) in zip(*rows, strict=True):
            assert [signature(r) for r in one] == [signature(r) for r in other]


def signature(reason: dict[str, Any]) -> tuple[str, str, str, str | None]:
    return reason["code"], reason["family"], reason["kind"], reason.get("feature")


def slightly_changed(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The same declarations with a small change."""
    rows = rows.copy()
    if kind == "a kilogram more":
        first = ~rows.duplicated(["declaration_id", "box_no"])
        rows["net_mass_kg"] *= 1 + first / rows["gross_mass_kg"]
        rows["gross_mass_kg"] += first
        for name in ("vgm_kg", "weighed_kg", *(f"{paper}_gross_mass_kg" for paper in GOODS_PAPERS)):
            rows[name] += 1
    elif kind == "a minute later":
        rows["declared_at"] += pd.Timedelta(minutes=1)
    else:
        rows["box_no"] = "MSKU1234565"
        rows["certificate_box_no"] = rows["certificate_box_no"].where(rows["certificate_box_no"].isna(), "MSKU1234565")
    return rows


def similar_boxes(kind: str) -> Iterator[tuple[ReasonFacts, Numbers, ReasonFacts, Numbers]]:
    """Reasons and log-odds of boxes, and of the same boxes with a small change."""
    rows = world().declarations
    rows = rows[rows["amendment_no"].fillna(0) == 0].drop_duplicates(["declaration_id", "box_no"])
    rows = rows.drop_duplicates("declaration_id").sort_values("declared_at").tail(250)
    both = [check(boxes_of_frame(one)) for one in (rows, slightly_changed(rows, kind))]
    before = int(both[0].declared_at.min())
    (context, features), (other, changed) = (with_history(boxes, before) for boxes in both)
    odds, odds_then = model().log_odds(features), model().log_odds(changed)
    yield from zip(
        reasons_of(model(), context, features), odds, reasons_of(model(), other, changed), odds_then, strict=True
    )


@pytest.mark.parametrize("kind", SMALL_CHANGES)
def test_similar_boxes_have_similar_reasons(kind: str) -> None:
    """The order of two reasons changes only if their effects changed by more than their difference."""
    alike = total = 0
    for one, odds, other, odds_then in similar_boxes(kind):
        first = {signature(r)[:2]: moves(r, odds) for r in one if r["code"] != "other"}
        then = {signature(r)[:2]: moves(r, odds_then) for r in other if r["code"] != "other"}
        order = list(then)
        changed = max((abs(first[key] - then[key]) for key in first.keys() & then.keys()), default=0.0)
        for a, b in combinations([key for key in first if key in then], 2):
            if first[a] - first[b] > 2 * changed + 1e-9:
                assert order.index(a) < order.index(b)
        total += 1
        alike += [signature(r) for r in one[:3]] == [signature(r) for r in other[:3]]
    assert alike >= 0.98 * total, f"{alike} of {total}"
