"""Customs declarations: hazlane's counters and trainer beside a lookup table without learning.

`python -m benchmarks.korea --json [--folder FOLDER]` prints one JSON object on its last line: `model`,
`model_with_tuple`, `lookup`, `logistic_regression` and `random`, each with `p_at_5`, `p_at_10`, `auc`, `ap` and
`auc_unseen`; the same under `train_only`, where the second part of the data set is left out; beside them the
`published` figures. Where the data is absent, the object is `{"skipped": reason}`.

The labels of this generated set follow the goods tuple, so the lookup table finds nearly all. `auc_unseen` is the AUC
on test rows whose tuple is not in the training data: about .60 for every model. `model` has no history of the tuple,
`model_with_tuple` has one, as the product has one for each party's goods. This set tests the interface; it cannot show
that the model is good. `--select` prints the forward validation behind CHOICES instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.public_data.known_as_of import mean
from benchmarks.public_data.korea_rows import Declarations, read
from benchmarks.public_data.korea_select import GOODS, PAIRS, search
from benchmarks.public_data.korea_trial import Choice, figures, lookup_scores, model_scores, regression_scores, unseen
from benchmarks.reporting.output import as_json, print_line

FOLDER: Final = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "korea_customs"
MODELS: Final = 3
RANDOM_ORDERS: Final = 20
CHOICES: Final = {
    "model": Choice((*GOODS, *PAIRS), half_life_days=1500.0, shape="large"),
    "model_with_tuple": Choice(("tuple",)),
}
# As the data set's protocol reports them, measured on the same test rows, fields label-encoded.
PUBLISHED: Final = {
    name: dict(zip(("p_at_5", "p_at_10"), values, strict=True))
    for name, values in {
        "logistic_regression": (0.258, 0.248),
        "random_forest": (0.364, 0.339),
        "catboost": (0.621, 0.520),
        "xgboost": (0.675, 0.579),
        "lightgbm": (0.762, 0.641),
    }.items()
} | {"lookup": {"p_at_5": 0.998, "p_at_10": 0.988, "auc": 0.970}, "every_model": {"auc_unseen": 0.60}}


def run(rows: Declarations, seed: int) -> dict[str, Any]:
    """The figures on the test rows, learned from all earlier parts, and under `train_only` without the second part.

    Training and history use no finding from the first test day on.
    """
    return {**_measured(rows, seed), "train_only": _measured(rows.where(~rows.part("valid")), seed)}


def _measured(rows: Declarations, seed: int) -> dict[str, dict[str, float]]:
    scored = rows.part("test")
    truth, new, orders = rows.truth[scored], unseen(rows, scored), np.random.default_rng(seed)
    rankings = {name: model_scores(rows, scored, choice, seed, MODELS) for name, choice in CHOICES.items()}
    rankings["lookup"] = lookup_scores(rows, scored)
    rankings["logistic_regression"] = regression_scores(rows, scored)
    found = {name: figures(ranking, truth, new, seed) for name, ranking in rankings.items()}
    chance = [figures(orders.random(len(truth)), truth, new, seed + order) for order in range(RANDOM_ORDERS)]
    return {
        **found,
        "random": mean(chance),
        "test": {"rows": len(truth), "frauds": float(truth.sum()), "unseen_rows": float(new.sum())},
    }


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where the three files are.")
@click.option("--select", is_flag=True, help="Print the forward validation behind the choices instead.")
def main(json_only: bool, seed: int, folder: Path, select: bool) -> None:
    """Benchmark the counters and the trainer on generated Korean customs declarations."""
    try:
        rows = read(folder)
    except FileNotFoundError as absent:
        as_json({"skipped": f"The Korean data is not here: {absent.filename} is absent."})
        return
    if select:
        chosen = {track: search(rows, track == "model_with_tuple", seed, click.echo) for track in CHOICES}
        as_json({track: vars(choice) for track, choice in chosen.items()})
        return
    found = run(rows, seed)
    for title, part in (("", found), ("train only, ", found["train_only"])):
        for name in (*CHOICES, "lookup", "logistic_regression", "random"):
            print_line(
                json_only, f"{title}{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in part[name].items())
            )
    as_json(
        {
            **found,
            "published": PUBLISHED,
            "choices": {track: vars(choice) for track, choice in CHOICES.items()},
            "run": {"seed": seed, "models": MODELS, "folder": str(folder), "rows": len(rows)},
        }
    )


if __name__ == "__main__":
    main()
