"""Write the report of a backtest: one self-contained page in both languages, and its figures as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.texts import LANGUAGES, text
from training.evaluation.metrics import Interval
from training.off_policy.backtest_plots import plots

if TYPE_CHECKING:
    from training.off_policy.backtest import Backtest, Period

PAGE: Final = "backtest.html"
FIGURES: Final = "backtest.json"
_NAMES: Final = {"en": "English", "zh": "中文"}
_ESTIMATORS: Final = ("doubly_robust", "inverse_probability", "self_normalised", "naive")
# Below this number of equally weighted declarations the page warns that the evidence is weak.
FEW_OPENINGS: Final = 30


def write_report(test: Backtest, folder: Path, language: str) -> Path:
    """Write the page, shown first in `language`, and the figures to `folder`; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE
    page.write_text(rendered(test, language), encoding="utf-8")
    (folder / FIGURES).write_text(json.dumps(test.as_dict(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return page


def metrics(test: Backtest) -> dict[str, float]:
    """The sum over all periods as flat MLflow metrics; unknown values are left out."""
    actual, whole = test.overall.actual, test.overall
    reported = {
        "actual.openings": float(actual.openings),
        "actual.hits": float(actual.hits),
        "actual.useless": float(actual.useless),
        "actual.hours": actual.hours,
        "replayed.openings": whole.replayed.openings,
        "replayed.hours": whole.replayed.hours,
        "weights.effective": whole.replayed.weights.effective,
        "weights.largest": whole.replayed.weights.largest,
    }
    estimates = {**whole.headline, "additional_hits": whole.additional_hits}
    for quantity, interval in estimates.items():
        reported |= {f"replayed.{quantity}.{bound}": value for bound, value in interval._asdict().items()}
    return {name: value for name, value in reported.items() if not np.isnan(value)}


def rendered(test: Backtest, language: str) -> str:
    """The page as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from training.off_policy.backtest import day_of

    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template(PAGE).render(
        test=test, whole=test.overall, plots=plots(test), languages=LANGUAGES, names=_NAMES, chosen=language,
        estimators=_ESTIMATORS, few=test.overall.replayed.weights.effective < FEW_OPENINGS, text=text, tiles=_tiles,
        day_of=day_of, number=number, count=lambda value: f"{value:,}", percent=lambda value: f"{value:.1%}",
        share=_share,
    )  # fmt: skip


def number(value: float | Interval) -> str:
    """A figure with the digits that it supports; for an interval its value, clipped to the bounds; "–" if unknown."""
    if isinstance(value, Interval):
        value = min(max(value.value, value.low), value.high)
    if np.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.1f}"


def with_bounds(interval: Interval) -> str:
    """A figure with its interval."""
    return f"{number(interval)} {_bounds(interval)}"


def _share(rate: Interval) -> str:
    value = "–" if np.isnan(rate.value) else f"{min(max(rate.value, rate.low), rate.high):.0%}"
    return f"{value} ({rate.low:.0%}–{rate.high:.0%})"


def _tiles(period: Period) -> list[tuple[str, str, tuple[str, str]]]:
    """The figures at the top of the page: quantity, actual figure, replayed figure with its interval."""
    done, would = period.actual, period.headline
    known: dict[str, Any] = {"hits": done.hits, "useless": done.useless, "released": done.released}
    tiles = [(key, _reported(value), (number(would[key]), _bounds(would[key]))) for key, value in known.items()]
    return [*tiles, ("hours", number(done.hours), (number(period.replayed.hours), ""))]


def _reported(value: int | Interval) -> str:
    return with_bounds(value) if isinstance(value, Interval) else f"{value:,}"


def _bounds(interval: Interval) -> str:
    return f"({number(interval.low)}–{number(interval.high)})"
