"""Card transactions with late labels: what hazlane's counters and trainer find within a daily capacity.

`python -m benchmarks.card_fraud --json [--file FILE]` prints one JSON object on its last line: `ap`, `auc` and
`cp_at_100` on the test week of the Fraud Detection Handbook; `baselines` holds the same for `random`, for a lookup
table of cards and terminals, for a logistic regression over our features, and for the handbook's own features and
models, which show that rows and figures are the protocol's; beside them the `published` figures. Where the data is
absent, the object is `{"skipped": reason}`.

Customers take the place of shippers, terminals that of packers. Counters and trainer know seven days later whether a
transaction was a fraud. `--select` prints the forward validation on earlier weeks behind CHOICE instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.public_data.card_fraud_baselines import lookup_scores, regression_scores
from benchmarks.public_data.card_fraud_handbook import handbook_figures
from benchmarks.public_data.card_fraud_rows import DELAY_DAYS, Cards, read
from benchmarks.public_data.card_fraud_select import search
from benchmarks.public_data.card_fraud_trial import Choice, day_of, figures, known, scored_rows, scores
from benchmarks.public_data.known_as_of import mean
from benchmarks.reporting.output import as_json, print_line

FILE: Final = (
    Path(__file__).resolve().parents[2]
    / "shared" / "benchmarks" / "card_fraud" / "transactions_to_2018-08-14.parquet"
)  # fmt: skip
TEST_FROM: Final = "2018-08-08"
MODELS: Final = 5
RANDOM_ORDERS: Final = 20
CHOICE: Final = Choice(training_days=56)
# As the data set's protocol reports them, measured on the same test rows; the `book` figures are the handbook's own.
PUBLISHED: Final = {
    name: dict(zip(("auc", "ap", "cp_at_100"), values, strict=True))
    for name, values in {
        "logistic_regression_book": (0.871, 0.606, 0.291),
        "random_forest_book": (0.867, 0.658, 0.287),
        "logistic_regression": (0.870, 0.606, 0.291),
        "random_forest": (0.867, 0.658, 0.287),
        "xgboost": (0.879, 0.637, 0.291),
        "lightgbm_regularised_37_days": (0.873, 0.671, 0.297),
    }.items()
}


def run(cards: Cards, first_day: int, seed: int) -> dict[str, Any]:
    """Our figures on the week from `first_day` on, and those of the baselines."""
    rows, orders = cards.where(scored_rows(cards, first_day)), np.random.default_rng(seed)
    columns = known(cards, CHOICE, first_day - DELAY_DAYS - CHOICE.training_days)
    ours = figures(scores(cards, columns, CHOICE, first_day, seed, MODELS), rows, seed)
    chance = [figures(orders.random(len(rows)), rows, seed + order) for order in range(RANDOM_ORDERS)]
    baselines = {
        "random": mean(chance),
        "lookup": figures(lookup_scores(cards, first_day), rows, seed),
        "logistic_regression": figures(regression_scores(cards, columns, CHOICE, first_day), rows, seed),
        **handbook_figures(cards, first_day, seed),
    }
    compromised = len(np.unique(rows.customers[rows.truth == 1]))
    test = {"rows": len(rows), "frauds": int(rows.truth.sum()), "compromised_cards": compromised}
    return {**ours, "baselines": baselines, "test": test}


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--seed", default=1, show_default=True)
@click.option("--file", type=click.Path(path_type=Path), default=FILE, help="Where the transactions are.")
@click.option("--select", is_flag=True, help="Print the forward validation behind the choice instead.")
def main(json_only: bool, seed: int, file: Path, select: bool) -> None:
    """Benchmark the counters and the trainer on simulated card transactions with late labels."""
    try:
        cards = read(file)
    except FileNotFoundError:
        as_json({"skipped": f"The card data is not here: {file} is absent."})
        return
    first_day = day_of(TEST_FROM)
    if select:
        as_json(vars(search(cards, first_day, seed, click.echo)))
        return
    found = run(cards, first_day, seed)
    ours = {name: figure for name, figure in found.items() if isinstance(figure, float)}
    for name, figure in {"hazlane": ours, **found["baselines"]}.items():
        print_line(json_only, f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in figure.items()))
    as_json(
        {
            **found,
            "published": PUBLISHED,
            "choice": vars(CHOICE),
            "run": {"seed": seed, "models": MODELS, "file": str(file), "rows": len(cards)},
        }
    )


if __name__ == "__main__":
    main()
