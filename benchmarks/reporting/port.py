"""The port's and the drift benchmark's sections of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.reporting.plain import table
from benchmarks.simulated_port.comparison_models import MAX_TREES, PATIENCE

_SCENARIOS: Final = {
    "drift": "The default port: a new fraud pattern in the last quarter, packers that change",
    "stationary": "Stationary: no new fraud pattern, no packer that changes",
    "cold_start": "Cold start: half of the firms open during the span",
    "firms_reregistered": (
        "Re-registered firms: four in five fraudulent shippers close and register again under another name"
    ),
}
_POLICIES: Final = {
    "oracle": "oracle",
    "every_truth": "the model trained on every past truth",
    "model": "**model**",
    "xgboost": "XGBoost",
    "catboost": "CatBoost",
    "hist_gradient_boosting": "HistGradientBoosting (scikit-learn)",
    "logistic": "logistic regression",
    "lookup": "lookup of the most predictive tuple",
    "table": "rates of shipper and packer",
    "rules": "rules",
    "random": "random",
}
_ARMS: Final = {"with_random": "with the random share", "without_random": "without it"}


def port(figures: Mapping[str, Any]) -> list[str]:
    """Lines of the port's section."""
    run = figures["run"]
    lines = [
        f"Simulated ports of {run['boxes']:,} boxes in {run['days']} days, seeds {run['seeds']}; trained on three "
        "quarters of the boxes, evaluated on every box of the last quarter by the planted truth. Settings of model and "
        "comparison models were chosen on seeds 11 to 13. Intervals are Student's over the seeds, at 95 %. Violations "
        "are those of declaration or packing.",
        "",
        "Comparison models are trained on the same labelled boxes and features as the model, one per family. The "
        f"later 30 % of the rows stop XGBoost, CatBoost and HistGradientBoosting (at most {MAX_TREES} trees, patience "
        f"{PATIENCE}) and choose the shrinkage of the logistic regression; then all rows are used for training. The "
        "lookup tries all tuples of one to three of 13 columns by forward validation and reads the log up to the "
        'instant of each box, as the decayed counters do. "Trained on every past truth" is the trainer of the model '
        "with the planted truth of all past boxes, which no port has: its distance to the model is lost because few "
        "boxes are opened.",
    ]
    for name in (name for name in _SCENARIOS if name in figures["scenarios"]):
        predicted = figures["scenarios"][name]
        lines += ["", f"### {_SCENARIOS[name]}", *_policies(predicted)]
        lines += ["", *(_against(share, best) for share, best in predicted["against_best_comparison"].items())]
        lines += [
            "- By expected violations in the same boxes (the oracle's exact probabilities, without sampling noise):",
            *("  " + _against(share, best) for share, best in predicted["against_best_comparison_expected"].items()),
        ]
        lines += ["", *_calibration(predicted), "", *_groups(predicted, ("shipper", "firm_size", "flow"))]
    return lines


def _policies(predicted: Mapping[str, Any]) -> list[str]:
    rows = []
    for policy, label in _POLICIES.items():
        if policy in predicted["policies"]:
            row = [label]
            for share in predicted["against_best_comparison"]:
                figures = predicted["policies"][policy][share]
                row += [f"{figures['share_of_oracle']:.3f}{_bounds(figures['interval'])}"]
                row += [f"{figures['precision']:.3f}", _saved(predicted["openings_saved"][share].get(policy))]
            rows.append(row)
    head = ["policy"]
    for share in predicted["against_best_comparison"]:
        head += [f"share of the oracle's finds at {_percent(float(share))}", "precision", "openings the model saves"]
    return table(head, rows)


def _percent(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.0f} %"


def _saved(saved: Mapping[str, Any] | None) -> str:
    return f"{saved['saved']:+,.0f} ({_percent(saved['share'], '+')})" if saved else "-"


def _bounds(bounds: list[float] | None, form: str = ".3f") -> str:
    return f" ({bounds[0]:{form}} to {bounds[1]:{form}})" if bounds else ""


def _against(share: str, best: Mapping[str, Any]) -> str:
    closed = best["distance_closed"]
    gone = f"; {_percent(closed)} of the distance from it to the oracle is closed" if closed is not None else ""
    return (
        f"- {_percent(float(share))} opened: the best of the others is {_POLICIES[best['comparison_model']]} "
        f"with {best['comparison_share']:.3f}; "
        f"the model is ahead by {best['ahead']:+.3f}{_bounds(best['ahead_interval'], '+.3f')}{gone}."
    )


def _calibration(predicted: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            family,
            f"{row['error']:.4f}",
            f"{row['largest_error']:.4f}",
            "-" if row["slope"] is None else f"{row['slope']:.2f}{_bounds(row['interval'], '.2f')}",
        ]
        for family, row in predicted["calibration"].items()
    ]
    return table(["family", "expected calibration error", "largest of the seeds", "slope"], rows)


def _groups(predicted: Mapping[str, Any], groupings: tuple[str, ...]) -> list[str]:
    rows = [
        [
            f"{grouping.replace('_', ' ')}: {name}", f"{row['boxes']:,}", f"{row['predicted']:.3f}",
            f"{row['observed']:.3f}", f"{row['predicted_over_observed']:.2f}", f"{row['opened']:.3f}",
        ]
        for grouping in groupings
        for name, row in predicted["groups"][grouping].items()
    ]  # fmt: skip
    return table(
        ["boxes of all seeds by", "boxes", "predicted", "observed", "predicted / observed", "among the 5 % opened"],
        rows,
    )


def drift(figures: Mapping[str, Any]) -> list[str]:
    """Lines of the drift section."""
    arms = {arm: figures[arm] for arm in _ARMS if arm in figures}
    rows = [
        [
            _ARMS[arm], f"{predicted['before']:.3f}", f"{predicted['worst']:.3f} (day {predicted['worst_by_day']})",
            _days(predicted["recovered_days"]), ", ".join(_days(days) for days in predicted["by_seed"]),
            f"{predicted['after_onset']:.3f}{_bounds(predicted['after_onset_interval'])}", _share(predicted["new_fraud_after_onset"]),  # noqa: E501
            _days(predicted["new_fraud_recovered_days"]),
        ]
        for arm, predicted in arms.items()
    ]  # fmt: skip
    head = [
        "", "share of the oracle's finds before the onset", "worst 30 days", "days until 95 % of it is reached again",
        "by seed", "after the onset", "of the new fraud pattern alone", "days until the same is reached for it",
    ]  # fmt: skip
    first = next(iter(arms.values()))
    curve = [
        [
            str(end),
            *(f"{predicted['curve'][place][1]:.2f}" for predicted in arms.values()),
            *(_share(predicted["new_fraud_curve"][place][1]) for predicted in arms.values()),
        ]
        for place, (end, _) in enumerate(first["curve"])
    ]
    return [
        f"Simulated ports of {figures['run']['boxes']:,} boxes, seeds {figures['run']['seeds']}, 5 % opened.",
        "",
        *table(head, rows),
        "",
        *table(
            [
                "30 days that end on day (0 is the onset)",
                *(_ARMS[arm] for arm in arms),
                *(f"new fraud pattern alone, {_ARMS[arm]}" for arm in arms),
            ],
            curve,
        ),
    ]


def _days(days: int | None) -> str:
    return "not seen" if days is None else str(days)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
