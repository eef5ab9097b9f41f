"""Plots of an evaluation: gain curve with avoided useless inspections, precision at capacity, calibration, SHAP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.definitions.catalogue import NAMES
from training.evaluation.evaluate import Evaluation
from training.evaluation.metrics import at_capacity, gain_curve, reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS: Final = {
    "model": "#0b5394",
    "rules": "#b45f06",
    "table": "#6a7f3f",
    "random": "#888888",
    "oracle": "#222222",
}
_CAPACITY: Final = 0.05
_SHAP_ROWS: Final = 2_000


def write_plots(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write the PNG plots of an evaluation into `folder`; returns their paths."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, draw in (("gain", _gain), ("precision_at_capacity", _precision), ("calibration", _calibration)):
        figure, axes = pyplot.subplots(figsize=(7.5, 5), layout="constrained")
        draw(axes, evaluation)
        axes.spines[["top", "right"]].set_visible(False)
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=130)
        pyplot.close(figure)
    return paths + [_shap(evaluation, family, folder) for family in Family]


def _gain(axes: Axes, evaluation: Evaluation) -> None:
    for policy, scores in evaluation.rankings.items():
        opened, found = gain_curve(scores, evaluation.truth, evaluation.weight)
        axes.plot(opened * 100, found * 100, label=policy, color=_COLOURS[policy], lw=2 if policy == "model" else 1.3)
    needed = evaluation.openings_at_equal_found(_CAPACITY)
    opened, found = gain_curve(evaluation.rankings["model"], evaluation.truth, evaluation.weight)
    height = float(np.interp(_CAPACITY, opened, found)) * 100
    other = needed["table"] / evaluation.weight.sum() * 100
    if other > _CAPACITY * 100:
        axes.annotate(
            "", (_CAPACITY * 100, height), (other, height), arrowprops={"arrowstyle": "<->", "color": "#990000"}
        )
        axes.annotate(
            f"{needed['table'] - needed['model']} useless openings avoided\nagainst the hit-rate table at equal finds",
            (other, height),
            xytext=(8, -24),
            textcoords="offset points",
            color="#990000",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )
    axes.set(
        xlabel="boxes opened, %",
        ylabel="declaration and packing violations found, %",
        xlim=(0, 40),
        ylim=(0, 100),
        title="Gain: violations found against boxes opened",
    )
    axes.legend(loc="lower right", frameon=False)


def _precision(axes: Axes, evaluation: Evaluation) -> None:
    shares = np.linspace(0.01, 0.2, 39)
    for policy, scores in evaluation.rankings.items():
        found = [at_capacity(scores, evaluation.truth, share, evaluation.weight)["precision"] for share in shares]
        axes.plot(shares * 100, np.array(found) * 100, label=policy, color=_COLOURS[policy])
    axes.set(
        xlabel="capacity: boxes opened, %", ylabel="openings that find a violation, %", title="Precision at capacity"
    )
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _calibration(axes: Axes, evaluation: Evaluation) -> None:
    highest = 0.0
    for index, family in enumerate(Family):
        seen = ~np.isnan(evaluation.families[:, index])
        groups = reliability(
            evaluation.probabilities[seen, index], evaluation.families[seen, index], weight=evaluation.weight[seen]
        )
        if not groups:
            continue
        predicted, found, _ = zip(*groups, strict=True)
        highest = max(highest, *predicted, *found)
        axes.plot(predicted, found, marker="o", label=family.value)
    axes.plot([0, highest], [0, highest], color="#888888", lw=1, ls="--")
    axes.set(
        xlabel="predicted probability", ylabel="observed share", title="Calibration by family (tenths of the boxes)"
    )
    axes.legend(frameon=False)


def spread(boxes: int, most: int = _SHAP_ROWS) -> NDArray[np.int64]:
    """Positions of at most `most` boxes, evenly spaced over all, so that the whole period is represented."""
    return np.linspace(0, boxes - 1, min(boxes, most)).round().astype(np.int64)


def _shap(evaluation: Evaluation, family: Family, folder: Path) -> Path:
    """Write the SHAP summary of a family: the exact contributions to the log-odds of the evaluated boxes."""
    import shap
    from matplotlib import pyplot

    rows = evaluation.features[spread(len(evaluation.features))]
    parts = evaluation.model.families[family].contributions(rows, 1, evaluation.model.medians)[:, :-1]
    known = np.asarray(~np.isnan(rows).all(axis=0))
    shap.summary_plot(
        parts[:, known],
        rows[:, known],
        feature_names=[name for name, some in zip(NAMES, known, strict=True) if some],
        show=False,
        max_display=15,
        plot_size=(8.5, 6),
        rng=np.random.default_rng(0),
    )
    path = folder / f"shap_{family.value}.png"
    pyplot.title(f"What moves the {family.value} model (log-odds)")
    pyplot.savefig(path, dpi=110, bbox_inches="tight")
    pyplot.close("all")
    return path
