"""Protects the measurement of plans, on a small case."""

from __future__ import annotations

from benchmarks.opening_policy.plan_cost import measured


def test_the_figures_of_a_small_plan() -> None:
    reported = measured(boxes=2_000, seed=3, cases=5)
    assert reported["same_to_the_byte"] is True
    assert 0.7 < reported["greedy_to_optimum"]["mean"] <= 1.0 + 1e-9
    assert reported["greedy_to_optimum"]["most"] <= 1.0 + 1e-9
    assert [row["rate"] for row in reported["random_sample"]] == [0.01, 0.02, 0.0]
    assert sum(row.get("declarations", 0) for row in reported["random_sample"]) == 1_000
