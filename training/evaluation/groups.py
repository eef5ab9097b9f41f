"""Predicted and observed shares by group of boxes.

A group is over-scored if its mean predicted probability lies above the observed share. Unknown shippers are the most
important group: they must not be scored higher than their findings justify.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.boxes import Numbers
from models.planning.groups import Labels, merged_small_groups
from training.evaluation.metrics import ranked, share_interval

OPENED_SHARE: Final = 0.05


def by_group(
    labels: dict[str, Labels], predicted: Numbers, truth: Numbers, weight: Numbers
) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures by grouping and group: boxes, predicted and observed share, and those at 5 % opened.

    `predicted`, `truth` and `weight` have shape (n,). The observed share has a 95 % interval. `opened` is the share of
    the group among the riskiest 5 % of all boxes, `precision` the share of violations among those (None where none is
    opened). Small groups are combined.
    """
    order = ranked(predicted)
    reached = np.cumsum(weight[order])
    opened = np.zeros(len(predicted), dtype=bool)
    opened[order[reached - weight[order] / 2 <= OPENED_SHARE * reached[-1]]] = True
    return {
        name: {
            group: _figures(named == group, predicted, truth, weight, opened) for group in sorted(set(named.tolist()))
        }
        for name, named in ((name, merged_small_groups(values)) for name, values in labels.items())
    }


def _figures(
    here: NDArray[np.bool_], predicted: Numbers, truth: Numbers, weight: Numbers, opened: NDArray[np.bool_]
) -> dict[str, Any]:
    own_weights, red = weight[here], here & opened
    observed = float(np.average(truth[here], weights=own_weights))
    # Kish's (1965) effective number of equally weighted rows.
    interval = share_interval(observed, float(own_weights.sum() ** 2 / (own_weights**2).sum()))
    return {
        "boxes": int(here.sum()),
        "predicted": round(float(np.average(predicted[here], weights=own_weights)), 4),
        "observed": round(observed, 4),
        "observed_low": round(interval.low, 4),
        "observed_high": round(interval.high, 4),
        "opened": round(float(weight[red].sum() / own_weights.sum()), 4),
        "precision": round(float(np.average(truth[red], weights=weight[red])), 4) if red.any() else None,
    }
