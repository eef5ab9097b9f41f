"""Protects the backtest: knowledge of each day, only from the log, with its gaps reported."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import InvalidInput, NotReady
from data.texts import LANGUAGES, table
from features.boxes import Numbers
from features.checks.results import CheckedBoxes
from features.columns import microseconds
from features.definitions.context import DAY_US
from features.history.outcomes import Inspected
from models.policy.lanes import Policy
from tests.worlds import dataset, world
from training.dataset import Dataset
from training.evaluation.metrics import Interval
from training.off_policy.backtest import Backtest, backtest, day_of, span
from training.off_policy.backtest_page import FIGURES, metrics, number, rendered, write_report
from training.off_policy.estimates import estimated
from training.off_policy.port_log import Source, port_log
from training.off_policy.recorded_openings import Opening, Recorded, SamplingPeriod, recorded
from training.off_policy.replay import TrainingOptions, decided_versions, midnight, replayed

POLICY = Policy(0.05, 0.01, 0.0, "test")
LEARNING = TrainingOptions(1, 1)
NO_SAMPLING_PERIOD = SamplingPeriod(0, 0, 0.0)


@cache
def replay() -> Backtest:
    """The last 180 days of the small port in two periods."""
    return backtest(dataset(), [], POLICY, LEARNING, every_days=90)


def truth_of(boxes: CheckedBoxes) -> Numbers:
    oracle = world().oracle.set_index("declaration_id").loc[boxes.box["declaration_id"].tolist()]
    return np.asarray(oracle["truth_declaration"] + oracle["truth_packing"] > 0, dtype=np.float64)


def _few(count: int) -> Dataset:
    rows = range(count)
    everything = dataset()
    return replace(
        everything,
        inspections=[everything.inspections[i] for i in rows],
        selection_probability=everything.selection_probability[:count],
        selected_by=everything.selected_by[:count],
    )


def test_the_intervals_of_a_replay_contain_the_truth() -> None:
    first, last = span(dataset())
    begin = midnight(last) - int(180 * DAY_US)
    one = replayed(dataset(), recorded(dataset(), []), POLICY, begin, last, LEARNING)
    assert one is not None
    boxes = dataset().boxes.take(decided_versions(dataset().boxes, begin, last))
    truth = truth_of(boxes)
    assert first < begin
    assert np.array_equal(one.policy_log.found[one.policy_log.log.observed], truth[one.policy_log.log.observed])
    hits = estimated(one.policy_log.log, one.target).by_estimator["doubly_robust"]["hits"]
    assert hits.low <= one.target @ truth <= hits.high
    assert (1 / one.policy_log.log.observation_probability[one.policy_log.log.observed]).sum() == pytest.approx(
        len(boxes), rel=0.25
    )


def test_overall_figures_are_the_sum_of_the_periods() -> None:
    test = replay()
    assert [period.model != "" for period in test.periods] == [True, True]
    for name in ("openings", "hits", "useless", "pending", "hours"):
        assert getattr(test.overall.actual, name) == sum(getattr(period.actual, name) for period in test.periods)
    done = test.overall.actual
    assert done.hits + done.useless + done.pending == done.openings
    assert test.sources == {"assessed": 0, "inspections": test.overall.replayed.boxes, "estimated": 0}
    assert test.overall.replayed.openings == pytest.approx(0.05 * test.overall.replayed.boxes, rel=0.1)
    assert test.overall.additional_hits.value == pytest.approx(test.overall.headline["hits"].value - done.hits)


def test_a_replay_uses_nothing_recorded_later() -> None:
    everything = dataset()
    _, last = span(everything)
    begin, end = midnight(last) - int(120 * DAY_US), midnight(last) - int(90 * DAY_US)
    known = [row.recorded_at < end for row in everything.inspections]
    cut = replace(
        everything,
        boxes=everything.boxes.take(everything.boxes.declared_at < end),
        inspections=[row for row, kept in zip(everything.inspections, known, strict=True) if kept],
        selection_probability=everything.selection_probability[known],
        selected_by=[by for by, kept in zip(everything.selected_by, known, strict=True) if kept],
    )
    whole, part = (replayed(one, recorded(one, []), POLICY, begin, end, LEARNING) for one in (everything, cut))
    assert whole is not None
    assert part is not None
    assert whole.model == part.model
    assert np.array_equal(whole.target, part.target)


def test_a_box_is_decided_once_in_the_version_of_its_first_day() -> None:
    boxes = dataset().boxes
    day = int(20_000 * DAY_US)
    three = boxes.take(np.array([0, 0, 0]))
    three.box["declared_at"] = np.array([day + 10, day + int(DAY_US) - 1, day + int(2 * DAY_US)])
    assert decided_versions(three, day, day + int(DAY_US)).tolist() == [1]
    assert decided_versions(three, day + int(DAY_US), day + int(3 * DAY_US)).tolist() == []


def _log_of(boxes: CheckedBoxes, reported: Recorded) -> Any:
    everything = dataset()
    features = everything.features(boxes)
    return port_log(everything, reported, boxes, np.full(len(boxes), 0.1), features, everything.end, 1, 1)


def _pairs(boxes: CheckedBoxes) -> list[tuple[str, str]]:
    return list(zip(boxes.box["declaration_id"].tolist(), boxes.box["box_no"].tolist(), strict=True))


def _decision(pair: tuple[str, str], at: int, lane: str, probability: float | None) -> dict[str, Any]:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return {"declaration_id": pair[0], "box_no": pair[1], "assessed_at": instant, "lane": lane,
            "selected_by": None, "selection_probability": probability}  # fmt: skip


def test_the_first_decision_counts_and_a_late_one_does_not() -> None:
    boxes = dataset().boxes.take(np.arange(200, 206))
    pairs, at = _pairs(boxes), boxes.declared_at.tolist()
    late = int(31 * DAY_US)
    decisions = [
        _decision(pairs[0], at[0], "red", 1.0),
        _decision(pairs[1], at[1], "red", 0.01),
        _decision(pairs[2], at[2], "green", 0.01),
        _decision(pairs[2], at[2] + 10, "red", 1.0),
        _decision(pairs[3], at[3], "green", None),
        _decision(pairs[4], at[4] + late, "red", 1.0),
    ]
    openings = {
        pairs[0]: Opening("score", 1.0, 1.0),
        pairs[2]: Opening("tip", np.nan, 1.0),
        pairs[4]: Opening("tip", np.nan, 1.0),
        pairs[5]: Opening("random", 0.02, 0.0),
    }
    kept = _log_of(boxes, Recorded(openings, recorded(dataset(), decisions).decisions, NO_SAMPLING_PERIOD))
    assert kept.source.tolist() == [*["assessed"] * 4, "inspections", "inspections"]
    assert kept.log.opened.tolist() == [True, True, False, False, False, True]
    np.testing.assert_allclose(kept.log.probability, [1.0, 0.01, 0.01, np.nan, 0.02, 0.02], atol=1e-5)
    np.testing.assert_array_equal(kept.log.found, [1.0, np.nan, np.nan, np.nan, np.nan, 0.0])
    assert kept.opened.tolist() == [True, False, True, False, True, True]
    assert kept.log.pending == 1


def test_replaying_the_policy_in_force_gives_what_it_found() -> None:
    """Decisions and openings of the product, replayed with the same policy: the probabilities are those logged."""
    everything = dataset()
    end = midnight(span(everything)[1])
    begin = end - int(60 * DAY_US)
    positions = decided_versions(everything.boxes, begin, end)
    boxes = everything.boxes.take(positions)
    pairs = _pairs(boxes)
    kept = [(row.declaration_id, row.box_no) not in set(pairs) for row in everything.inspections]
    before = replace(
        everything,
        inspections=[row for row, stays in zip(everything.inspections, kept, strict=True) if stays],
        selection_probability=everything.selection_probability[kept],
        selected_by=[by for by, stays in zip(everything.selected_by, kept, strict=True) if stays],
    )
    planned = replayed(before, recorded(before, []), POLICY, begin, end, LEARNING)
    assert planned is not None
    red = (planned.target == 1) | (POLICY.draws(boxes.box["declaration_id"].tolist()) < POLICY.random)
    truth = truth_of(boxes)
    decisions = [
        _decision(pair, at, "red" if opened else "green", probability)
        for pair, at, opened, probability in zip(pairs, boxes.declared_at.tolist(), red, planned.target, strict=True)
    ]
    openings = [
        Inspected(f"OWN-{i}", *pairs[i], end + 1, "box", "violation" if truth[i] else "compliant",
                  "misdeclared" if truth[i] else "")
        for i in np.flatnonzero(red).tolist()
    ]  # fmt: skip
    after = replace(
        before,
        inspections=[*before.inspections, *openings],
        selection_probability=np.concatenate([before.selection_probability, planned.target[red]]),
        selected_by=[*before.selected_by, *["score"] * len(openings)],
    )
    one = replayed(after, recorded(after, decisions), POLICY, begin, end, LEARNING)
    assert one is not None
    assert set(one.policy_log.source.tolist()) == {"assessed"}
    assert np.array_equal(one.policy_log.log.probability, one.target)
    reported = estimated(one.policy_log.log, one.target)
    assert reported.pending == 0
    assert reported.by_estimator["inverse_probability"]["hits"].value == pytest.approx(truth[red].sum())
    assert reported.by_estimator["inverse_probability"]["hits"].high >= truth @ one.target


def test_without_random_openings_probabilities_are_estimated() -> None:
    everything = dataset()
    reported = recorded(everything, [])
    openings = {pair: replace_reason(one) for pair, one in reported.openings.items()}
    boxes = everything.boxes.take(decided_versions(everything.boxes, 0, everything.end))
    kept = _log_of(boxes, Recorded(openings, {}, NO_SAMPLING_PERIOD))
    assert set(kept.source.tolist()) == {Source.ESTIMATED.value}
    assert ((kept.log.probability > 0) & (kept.log.probability <= 1)).all()
    assert kept.log.probability.sum() == pytest.approx(kept.log.opened.sum(), rel=0.2)


def replace_reason(one: Opening) -> Opening:
    """The same opening in a port without a random sample."""
    return replace(one, selected_by="other" if one.selected_by == "random" else one.selected_by)


def test_a_week_within_the_sampling_period_has_its_probability() -> None:
    boxes = dataset().boxes.take(np.arange(300, 310))
    around = SamplingPeriod(int(boxes.declared_at.min()) - 1, int(boxes.declared_at.max()) + 1, 0.015)
    kept = _log_of(boxes, Recorded({}, {}, around))
    assert set(kept.source.tolist()) == {"inspections"}
    np.testing.assert_allclose(kept.log.probability, 0.015, atol=1e-5)
    before = _log_of(boxes, Recorded({}, {}, replace(around, since=around.until)))
    assert set(before.source.tolist()) == {"estimated"}


def test_a_correction_without_selection_keeps_what_was_logged() -> None:
    reported = recorded(dataset(), [])
    probabilities = [one.probability for one in reported.openings.values() if one.selected_by == "random"]
    assert probabilities
    assert not np.isnan(probabilities).any()


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2030, 1, 1)])
def test_a_day_outside_the_log_is_refused_with_its_dates(day: date) -> None:
    first, last = span(dataset())
    with pytest.raises(InvalidInput, match=rf"{day} lies outside the log.*{day_of(first)} to {day_of(last)}"):
        backtest(dataset(), [], POLICY, LEARNING, since=day)


def test_a_day_before_a_model_can_be_trained_is_refused_with_the_first_possible() -> None:
    first, _ = span(dataset())
    with pytest.raises(NotReady, match=r"only \d+ openings were known; a model needs 100") as refused:
        backtest(dataset(), [], POLICY, LEARNING, since=date.fromisoformat(day_of(first + int(DAY_US))))
    day = re.search(r"\d{4}-\d\d-\d\d", refused.value.remedy)
    assert day
    assert microseconds(datetime.fromisoformat(day[0]).replace(tzinfo=UTC)) > first


def test_a_log_without_openings_or_with_too_few_is_refused() -> None:
    with pytest.raises(NotReady, match="no opening"):
        backtest(_few(0), [], POLICY, LEARNING)
    with pytest.raises(NotReady, match="a model needs 100"):
        backtest(_few(60), [], POLICY, LEARNING)


def test_the_page_is_self_contained_in_both_languages(tmp_path: Path) -> None:
    page = write_report(replay(), tmp_path, "zh").read_text(encoding="utf-8")
    reported = json.loads((tmp_path / FIGURES).read_text(encoding="utf-8"))
    assert reported["overall"]["actual"]["hits"] == replay().overall.actual.hits
    assert 'id="zh" checked' in page
    assert not re.search(r'(src|href)="(?!#)', page)
    assert page.count("<svg") == 3
    for key in ("backtest.title", "backtest.useless", "backtest.limits", "backtest.plot.released"):
        for language in LANGUAGES:
            assert table()[key][language] in page
    assert page == rendered(replay(), "zh")


def test_metrics_are_finite_numbers() -> None:
    reported = metrics(replay())
    assert reported["actual.hits"] == replay().overall.actual.hits
    assert {"replayed.hits.value", "replayed.released.high", "replayed.additional_hits.low"} <= set(reported)
    assert np.isfinite(list(reported.values())).all()


def test_a_figure_is_shown_with_its_digits() -> None:
    assert number(1234.6) == "1,235"
    assert number(3.14) == "3.1"
    assert number(Interval(-5.0, 0.0, 3.0)) == "0.0"
    assert number(float("nan")) == "–"
