"""Figures of the drift benchmark: shares of the oracle's finds by 30 days, and days until recovery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from training.evaluation.metrics import across

DAYS: Final = 730
STEP: Final = 15
LATE_START: Final = 0.75
ONSET: Final = LATE_START * DAYS
# Periods in one window.
WINDOW: Final = 2
BACK: Final = 0.95
BEFORE_DAYS: Final = 60
WORST_WITHIN_DAYS: Final = 60
Periods = Sequence[dict[str, Any]]


def shares(runs: Sequence[Periods], found: str = "found", oracle: str = "oracle") -> list[tuple[int, float]]:
    """Day since the onset on which each window ends, and the share of the oracle's finds in it, all runs together."""
    reported = []
    for first in range(len(runs[0]) - WINDOW + 1):
        rows = [row for run in runs for row in run[first : first + WINDOW]]
        best = sum(row[oracle] for row in rows)
        end = runs[0][first]["day"] + WINDOW * STEP - int(ONSET)
        reported.append((end, sum(row[found] for row in rows) / best if best else float("nan")))
    return reported


def recovery(runs: Sequence[Periods]) -> dict[str, Any]:
    """Share before the onset, the worst share soon after it, and days until the share is back (None: not seen).

    `new_fraud_recovered_days` is the same for the boxes of the new fraud pattern alone.
    """
    before = [row for run in runs for row in run if ONSET - BEFORE_DAYS - STEP < row["day"] <= ONSET - STEP]
    level = sum(row["found"] for row in before) / sum(row["oracle"] for row in before)
    after = [(end, share) for end, share in shares(runs) if end >= WINDOW * STEP]
    worst_bound, worst = min((pair for pair in after if pair[0] <= WORST_WITHIN_DAYS), key=lambda pair: pair[1])
    back = [end for end, share in after if end >= worst_bound and share >= BACK * level]
    new = [end for end, share in shares(runs, "late_found", "late_oracle") if share >= BACK * level]
    return {
        "before": level,
        "worst": worst,
        "worst_by_day": worst_bound,
        "recovered_days": 0 if worst >= BACK * level else (back[0] if back else None),
        "new_fraud_recovered_days": new[0] if new else None,
    }


def later(run: Periods, found: str, oracle: str) -> float | None:
    """Share of the oracle's finds in all periods after the onset."""
    rows = [row for row in run if row["day"] >= int(ONSET)]
    best = sum(row[oracle] for row in rows)
    return sum(row[found] for row in rows) / best if best else None


def reported_figures(runs: list[Periods]) -> dict[str, Any]:
    after = [share for run in runs if (share := later(run, "found", "oracle")) is not None]
    late = [share for run in runs if (share := later(run, "late_found", "late_oracle")) is not None]
    return {
        **recovery(runs),
        "by_seed": [recovery([run])["recovered_days"] for run in runs],
        "after_onset": float(np.mean(after)),
        "after_onset_interval": [across(after).low, across(after).high] if len(after) > 1 else None,
        "new_fraud_after_onset": float(np.mean(late)) if late else None,
        "curve": [[end, round(share, 3)] for end, share in shares(runs)],
        "new_fraud_curve": [
            [end, None if np.isnan(share) else round(share, 3)]
            for end, share in shares(runs, "late_found", "late_oracle")
        ],
        "curve_of_ranking": [[end, round(share, 3)] for end, share in shares(runs, "ranked")],
    }
