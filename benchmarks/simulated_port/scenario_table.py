"""Figures of a scenario: means over seeds with Student's 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from benchmarks.simulated_port.trial import EVALUATED_SHARES
from training.evaluation.metrics import across

# The product itself, and two that use the truth, which no port has.
NOT_COMPARISON_MODELS: Final = ("model", "oracle", "every_truth")
_MEASURES: Final = ("precision", "recall", "useless_rate", "share_of_oracle", "expected_share_of_oracle")
Trials = Sequence[dict[str, Any]]


def together(trials: Trials) -> dict[str, Any]:
    """Policies, the model against its best comparison model, openings saved, calibration and groups, over the seeds."""
    return {
        "policies": policies(trials),
        "against_best_comparison": {
            f"{share:g}": against_best_comparison(trials, f"{share:g}") for share in EVALUATED_SHARES
        },
        "against_best_comparison_expected": {
            f"{share:g}": against_best_comparison(trials, f"{share:g}", "expected_share_of_oracle")
            for share in EVALUATED_SHARES
        },
        "openings_saved": {f"{share:g}": openings_saved(trials, f"{share:g}") for share in EVALUATED_SHARES},
        "calibration": calibration(trials),
        "groups": groups(trials),
    }


def policies(trials: Trials) -> dict[str, dict[str, dict[str, Any]]]:
    """Policy, capacity, measure: the mean; under `interval` the bounds of the share of the oracle's finds."""
    return {
        policy: {
            share: {
                **{name: _mean(trials, policy, share, name) for name in _MEASURES},
                "interval": _bounds([trial["policies"][policy][share]["share_of_oracle"] for trial in trials]),
            }
            for share in rows
        }
        for policy, rows in trials[0]["policies"].items()
    }


def against_best_comparison(trials: Trials, share: str, measure: str = "share_of_oracle") -> dict[str, Any]:
    """The best of all others on average, how far the model is ahead of it seed by seed, and the distance closed.

    `distance_closed` is the part of the way from that comparison model to the oracle that the model has gone: of the
    means.
    """
    others = [policy for policy in trials[0]["policies"] if policy not in NOT_COMPARISON_MODELS]
    best = max(others, key=lambda policy: _mean(trials, policy, share, measure))
    model, comparison_model = _mean(trials, "model", share, measure), _mean(trials, best, share, measure)
    ahead = [trial["policies"]["model"][share][measure] - trial["policies"][best][share][measure] for trial in trials]
    return {
        "comparison_model": best,
        "comparison_share": comparison_model,
        "model_share": model,
        "ahead": float(np.mean(ahead)),
        "ahead_interval": _bounds(ahead),
        "distance_closed": (model - comparison_model) / (1 - comparison_model) if comparison_model < 1 else None,
    }


def openings_saved(trials: Trials, share: str) -> dict[str, dict[str, Any]]:
    """By policy, how many openings fewer the model needs than it to find what the model finds at a capacity.

    `share` is of the larger of the two numbers of openings.
    """
    predicted = {}
    for policy in trials[0]["openings"][share]:
        if policy != "model":
            needed = [(trial["openings"][share][policy], trial["openings"][share]["model"]) for trial in trials]
            saved = [float(theirs - ours) for theirs, ours in needed]
            predicted[policy] = {
                "saved": float(np.mean(saved)),
                "interval": _bounds(saved),
                "share": float(np.mean([(theirs - ours) / max(theirs, ours) for theirs, ours in needed])),
            }
    return predicted


def calibration(trials: Trials) -> dict[str, dict[str, Any]]:
    """By family: mean and largest expected error, mean slope with its interval over the seeds, each seed's slope."""
    predicted = {}
    for family in trials[0]["calibration"]:
        rows = [trial["calibration"][family] for trial in trials]
        slopes = [row["value"] for row in rows if row["value"] is not None]
        predicted[family] = {
            "error": float(np.mean([row["error"] for row in rows])),
            "largest_error": max(row["error"] for row in rows),
            "slope": float(np.mean(slopes)) if slopes else None,
            "interval": _bounds(slopes),
            "slopes": [round(slope, 3) for slope in slopes],
        }
    return predicted


def groups(trials: Trials) -> dict[str, dict[str, dict[str, float]]]:
    """Grouping, group: boxes of all seeds together, predicted and observed share, and the predicted/observed ratio."""
    pooled: dict[str, dict[str, dict[str, float]]] = {}
    for grouping in trials[0]["groups"]:
        names = sorted({group for trial in trials for group in trial["groups"][grouping]})
        pooled[grouping] = {}
        for name in names:
            rows = [trial["groups"][grouping][name] for trial in trials if name in trial["groups"][grouping]]
            boxes = np.array([row["boxes"] for row in rows], dtype=np.float64)
            mean = {
                key: float(np.average([row[key] for row in rows], weights=boxes))
                for key in ("predicted", "observed", "opened")
            }
            pooled[grouping][name] = {
                "boxes": int(boxes.sum()),
                **{key: round(value, 4) for key, value in mean.items()},
                "predicted_over_observed": round(mean["predicted"] / mean["observed"], 3) if mean["observed"] else 0.0,
            }
    return pooled


def _mean(trials: Trials, policy: str, share: str, measure: str) -> float:
    return float(np.mean([trial["policies"][policy][share][measure] for trial in trials]))


def _bounds(values: Sequence[float]) -> list[float] | None:
    """Bounds of the mean's interval; None of a single value."""
    return [across(values).low, across(values).high] if len(values) > 1 else None
