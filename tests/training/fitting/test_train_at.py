"""Protects training: repeatable to the byte, better than the baselines, with clear errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import NotReady
from data.vocabulary import Family, SelectedBy
from features.boxes import latest_versions
from tests.worlds import dataset, world
from training.evaluation.evaluate import evaluate, split_instant, summary
from training.evaluation.plots import spread, write_plots
from training.fitting.labels import labels_known
from training.fitting.train_at import train_at


def test_same_seed_same_model_to_the_byte(tmp_path: Path) -> None:
    everything = dataset(12_000, 730)
    for name in ("first", "second"):
        train_at(everything, everything.end, seed=5, threads=1).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert files == ["card.json", *sorted(f"{family.value}.txt" for family in Family)]
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_training_at_an_instant_ignores_everything_recorded_from_then_on() -> None:
    everything = dataset()
    instant = int(np.quantile(everything.boxes.declared_at, 0.8))
    known = [row.recorded_at < instant for row in everything.inspections]
    earlier = [row for row in everything.inspections if row.recorded_at < instant]
    cut = replace(
        everything,
        boxes=everything.boxes.take(everything.boxes.declared_at < instant),
        inspections=earlier,
        selection_probability=everything.selection_probability[known],
        selected_by=[by for by, reported in zip(everything.selected_by, known, strict=True) if reported],
    )
    assert train_at(everything, instant, 1, 1).card == train_at(cut, instant, 1, 1).card


def test_the_model_beats_random_and_rules_and_not_the_oracle() -> None:
    from training.dataset import dataset_of

    large = world(boxes=25_000, days=730, seed=11)
    evaluation = evaluate(dataset_of(large.declarations, large.inspections), 1, 1, oracle=large.oracle)
    recall = {policy: rows["0.05"]["recall"] for policy, rows in evaluation.table().items()}
    assert recall["oracle"] > recall["model"] > max(recall["rules"], recall["random"])


def test_evaluation_without_an_oracle_uses_opened_boxes_only(tmp_path: Path) -> None:
    evaluation = evaluate(dataset(), 1, 1)
    reported = summary(evaluation)
    assert reported["evaluated_on"] == "opened boxes, weighted"
    assert "oracle" not in reported["policies"]
    assert all("share_of_oracle" not in row for rows in reported["policies"].values() for row in rows.values())
    plots = write_plots(evaluation, tmp_path)
    assert len(plots) == 6
    assert all(path.stat().st_size > 10_000 for path in plots)


def test_a_shap_summary_samples_the_whole_period() -> None:
    assert spread(3, most=10).tolist() == [0, 1, 2]
    assert spread(11, most=6).tolist() == [0, 2, 4, 6, 8, 10]


def test_weights_of_opened_boxes_sum_to_the_evaluated_period() -> None:
    everything = dataset(12_000, 730)
    evaluation = evaluate(everything, 1, 1)
    latest = everything.boxes.declared_at[latest_versions(everything.boxes)]
    assert 0.8 < evaluation.weight.sum() / (latest >= split_instant(everything)).sum() < 1.25
    labels = labels_known(everything, everything.end)
    tipped = everything.boxes.take(labels.positions[labels.selected_by == SelectedBy.TIP])
    assert len(tipped)
    assert not set(tipped.box["declaration_id"].tolist()) & set(evaluation.boxes.box["declaration_id"].tolist())


def test_too_few_openings_are_refused() -> None:
    few = replace(
        dataset(),
        inspections=dataset().inspections[:20],
        selection_probability=np.full(20, np.nan),
        selected_by=[None] * 20,
    )
    with pytest.raises(NotReady, match="at least 100"):
        train_at(few, few.end, 1, 1)


def test_a_port_that_never_found_a_packing_violation_still_gets_a_model() -> None:
    packing = ("packaging", "segregation", "securing", "structural")
    rows = [
        row if not any(code in row.findings for code in packing) else row._replace(outcome="compliant", findings="")
        for row in dataset().inspections
    ]
    model = train_at(replace(dataset(), inspections=rows), dataset().end, 1, 1)
    assert model.families[Family.PACKING].booster is None
    assert model.families[Family.PAPERS].booster is not None


def test_boxes_unknown_to_the_oracle_are_not_evaluated() -> None:
    """A box assessed over HTTP is in the store of a demo but not in the oracle file."""
    known = world().oracle.iloc[:-50]
    evaluation = evaluate(dataset(), 1, 1, oracle=known)
    assert len(evaluation.truth) == len(evaluate(dataset(), 1, 1, oracle=world().oracle).truth) - 50
