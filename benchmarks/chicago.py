"""Chicago's food inspections: what hazlane's counters and trainer find on real inspections.

`python -m benchmarks.chicago --json [--folder FOLDER]` prints one JSON object on its last line: `with_inspector`
and `without_inspector`, each with `days`, `first_half`, `p_at_1`, `p_at_5`, `p_at_10`, `auc`, `ap`; the same for
`random` and for the table's own `published_xgb_score`; beside them the `published` figures. Where the data is
absent, the object is `{"skipped": reason}`.

`--select` instead prints the forward validation inside the training years from which CHOICES follows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import numpy as np

from benchmarks.public_data.chicago_rows import City, read
from benchmarks.public_data.chicago_select import search
from benchmarks.public_data.chicago_trial import Choice, figures, scores
from benchmarks.public_data.known_as_of import mean
from benchmarks.reporting.output import as_json, print_line

FOLDER: Final = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "chicago_food"
MODELS: Final = 5
RANDOM_ORDERS: Final = 200
CHOICES: Final = {
    "with_inspector": Choice(
        groups=("past", "licences", "kind", "inspector"),
        entities=("licence", "inspector"),
        shape="random cuts",
        monotone=True,
    ),
    "without_inspector": Choice(
        groups=("past", "licences", "place", "kind"), entities=("licence",), shape="random cuts", monotone=True
    ),
}
_KEYS: Final = ("days", "first_half", "p_at_5", "p_at_10", "auc", "ap")
# As the data set's protocol reports them, measured on the same test rows.
PUBLISHED: Final = {
    name: dict(zip(_KEYS, values, strict=True))
    for name, values in {
        "random": (-1.29, 0.506, 0.157, 0.164, 0.504, 0.162),
        "glmnet": (7.44, 0.690, 0.512, 0.384, 0.673, 0.318),
        "xgboost": (7.96, 0.702, 0.394, 0.378, 0.682, 0.300),
        "lightgbm_with_inspector": (8.28, 0.709, 0.488, 0.388, 0.689, 0.321),
        "catboost_with_inspector": (8.52, 0.713, 0.470, 0.409, 0.694, 0.334),
        "lightgbm_without_inspector": (3.55, 0.629, 0.268, 0.262, 0.598, 0.224),
        "lightgbm_history_without_inspector": (3.06, 0.588, 0.394, 0.323, 0.589, 0.246),
    }.items()
}


def run(city: City, seed: int) -> dict[str, dict[str, float]]:
    """Figures of both tracks, of a random ranking and of the published score on the test rows.

    Training and history use no row from the first test day on, from either file.
    """
    scored = city.rows.flags("Test")
    test = city.rows.where(scored)
    first_day, orders = int(test.days.min()), np.random.default_rng(seed)
    tracks = {
        track: figures(scores(city, choice, first_day, scored, seed, MODELS), test.truth, test.days, seed)
        for track, choice in CHOICES.items()
    }
    chance = [
        figures(orders.random(len(test.days)), test.truth, test.days, seed + order) for order in range(RANDOM_ORDERS)
    ]
    published = test.table["published_xgb_score"].to_numpy(dtype=np.float64)
    return {
        **tracks,
        "random": mean(chance),
        "published_xgb_score": figures(published, test.truth, test.days, seed),
    }


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where the two CSV files are.")
@click.option("--select", is_flag=True, help="Print the forward validation behind the choices instead.")
def main(json_only: bool, seed: int, folder: Path, select: bool) -> None:
    """Benchmark the counters and the trainer on Chicago's food inspections."""
    try:
        city = read(folder)
    except FileNotFoundError as absent:
        as_json({"skipped": f"The Chicago data is not here: {absent.filename} is absent."})
        return
    if select:
        chosen = {track: search(city, track == "with_inspector", seed, click.echo) for track in CHOICES}
        as_json({track: vars(choice) for track, choice in chosen.items()})
        return
    found = run(city, seed)
    for name, figure in found.items():
        print_line(json_only, f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in figure.items()))
    as_json(
        {
            **found,
            "published": PUBLISHED,
            "choices": {track: vars(choice) for track, choice in CHOICES.items()},
            "run": {"seed": seed, "models": MODELS, "folder": str(folder), "rows": len(city.rows.days)},
        }
    )


if __name__ == "__main__":
    main()
