"""Plots of a backtest: actual and replayed figures, period by period.

They contain numbers and dates only, so that one picture serves every language; captions are on the page.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

import numpy as np

from features.boxes import Numbers
from training.evaluation.metrics import Interval

if TYPE_CHECKING:
    from training.off_policy.backtest import Backtest

_ACTUAL: Final = "#8a99a6"
_REPLAYED: Final = "#0b5394"


def plots(test: Backtest) -> dict[str, str]:
    """SVG by quantity: hits, useless openings, violators released."""
    done = {
        "hits": [_exact(period.actual.hits) for period in test.periods],
        "useless": [_exact(period.actual.useless) for period in test.periods],
        "released": [period.actual.released for period in test.periods],
    }
    days = [period.as_dict()["from"][5:] for period in test.periods]
    return {
        key: _plot(days, intervals, [period.headline[key] for period in test.periods])
        for key, intervals in done.items()
    }


def _exact(count: int) -> Interval:
    return Interval(count, count, count)


def _plot(days: list[str], done: list[Interval], would: list[Interval]) -> str:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    with mpl.rc_context({"svg.hashsalt": "backtest", "svg.fonttype": "none", "font.size": 9}):
        figure, axes = pyplot.subplots(figsize=(4.6, 2.9), layout="constrained")
        places = np.arange(len(days), dtype=np.float64)
        values = np.array([interval.value for interval in done])
        axes.bar(places - 0.15, np.nan_to_num(values), 0.28, color=_ACTUAL, yerr=_series(done), ecolor="#52616e")
        middle = [min(max(interval.value, interval.low), interval.high) for interval in would]
        axes.errorbar(places + 0.15, middle, yerr=_series(would), fmt="o", color=_REPLAYED, ms=5, lw=1.8, capsize=3)
        axes.set_xticks(places, days, rotation=0 if len(days) < 8 else 60)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color="#eef2f5")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    drawn = text.getvalue()
    return drawn[drawn.index("<svg") :]


def _series(intervals: list[Interval]) -> Numbers:
    middle = np.array([min(max(one.value, one.low), one.high) for one in intervals])
    arms = np.array([[value - one.low, one.high - value] for value, one in zip(middle, intervals, strict=True)]).T
    return np.asarray(np.nan_to_num(arms), dtype=np.float64)
