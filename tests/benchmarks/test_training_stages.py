"""Protects the stages of training: time counts once, for the innermost stage, and every stage exists."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from benchmarks.training_stages import BEFORE, REST, STAGES, TOTAL, Stages, figures, to_before


def test_time_is_counted_for_the_innermost_stage() -> None:
    ticks = iter([(0.0, 0.0), (1.0, 0.5), (3.0, 1.5), (4.0, 2.0), (9.0, 4.0), (10.0, 5.0)])
    stages = Stages(now=lambda: next(ticks))
    with stages.within(REST), stages.within("evaluation"):
        with stages.within("replay"):
            stages.saw_memory(300.0)
        stages.saw_memory(200.0)
    reported = {name: (one.seconds, one.cpu_seconds, one.seconds_with_inner) for name, one in stages.taken.items()}
    assert reported == {REST: (2.0, 1.5, 10.0), "evaluation": (7.0, 3.0, 8.0), "replay": (1.0, 0.5, 1.0)}
    assert (stages.taken["replay"].peak_memory_mb, stages.taken["evaluation"].peak_memory_mb) == (300.0, 200.0)
    assert figures(stages.taken, 310.0)[TOTAL]["seconds"] == 10.0


def test_a_stage_within_itself_counts_once() -> None:
    ticks = iter([(float(second), 0.0) for second in range(4)])
    stages = Stages(now=lambda: next(ticks))
    with stages.within("log"), stages.within("log"):
        pass
    assert (stages.taken["log"].seconds, stages.taken["log"].seconds_with_inner) == (3.0, 3.0)
    assert stages.taken["log"].calls == 2


@pytest.mark.parametrize("place", [place for _, place in STAGES])
def test_every_stage_of_the_table_exists(place: str) -> None:
    module, _, path = place.partition(":")
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert callable(found)


def test_the_figures_before_are_kept_with_their_command() -> None:
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    assert before["command"].startswith("python -m benchmarks.training_stages")
    for rows in before["stages"].values():
        assert to_before(rows, rows) == {"seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_mb": 1.0}
