"""One trial on the card transactions: the protocol's test rows, learning without unknown labels, the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from benchmarks.public_data.card_fraud_rows import DELAY_DAYS, Cards, features, lifts
from benchmarks.public_data.known_as_of import Numbers, Whole
from training.fitting.fit import Rows, fit

TEST_DAYS: Final = 7
# The protocol's own training week: cards with a fraud in it are known when the test starts.
CAUGHT_DAYS: Final = 7
CARDS_A_DAY: Final = 100
LATER_SHARE: Final = 0.2
# Written out, not the product's own: these belong to the validated choice, and those follow the simulated ports.
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 16,
    "min_data_in_leaf": 100,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 20.0,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
SHAPES: Final[dict[str, dict[str, Any]]] = {
    "plain": {},
    "small": {"num_leaves": 7},
    "free": {"lambda_l2": 1.0, "min_data_in_leaf": 40},
}


@dataclass(frozen=True)
class Choice:
    """What forward validation chooses: how much is learned from, how histories fade, how the trees are grown."""

    training_days: int = 37
    spending_days: tuple[float, ...] = (1.0, 7.0, 30.0)
    finding_days: tuple[float, ...] = (3.0, 7.0, 30.0)
    shape: str = "plain"
    without_caught: bool = False
    genuine_share: float = 0.25


def day_of(date: str) -> int:
    """Days since 1970."""
    return int(np.datetime64(date, "D").astype(np.int64))


def scored_rows(cards: Cards, first_day: int, days: int = TEST_DAYS) -> Whole:
    """Positions of the test transactions of `days` days from `first_day` on, as the handbook takes them.

    On each day the cards are left out whose fraud, in the training week or since, is older than the delay.
    """
    since = first_day - DELAY_DAYS - CAUGHT_DAYS
    return np.concatenate([_uncaught(cards, day, since) for day in range(first_day, first_day + days)])


def _uncaught(cards: Cards, day: int, since: int) -> Whole:
    frauds = cards.customers[(cards.truth == 1) & (cards.days >= since) & (cards.days < day - DELAY_DAYS)]
    return np.flatnonzero((cards.days == day) & ~np.isin(cards.customers, frauds))


def training_rows(cards: Cards, first_day: int, training_days: int, without_caught: bool) -> Whole:
    """Positions of the transactions whose label is known on `first_day` and that are learned from.

    `without_caught` leaves out, day by day, the cards that the protocol would have left out of a test.
    """
    end = first_day - DELAY_DAYS
    start = end - training_days
    if not without_caught:
        return np.flatnonzero((cards.days >= start) & (cards.days < end))
    width = DELAY_DAYS + CAUGHT_DAYS + TEST_DAYS // 2
    return np.concatenate([_uncaught(cards, day, day - width) for day in range(start, end)])


@dataclass(frozen=True)
class Known:
    """Features (n, k) of the transactions from the position `start` on; those of a transaction know no later one."""

    values: Numbers
    start: int

    def of(self, positions: Whole) -> Numbers:
        """Features of the transactions at `positions`."""
        return self.values[positions - self.start]


def known(cards: Cards, choice: Choice, first_day: int) -> Known:
    """The features of all transactions from the day `first_day` on, by the choice's half-lives."""
    start = int(np.searchsorted(cards.days, first_day))
    queried = np.arange(start, len(cards))
    half_lives = np.array(choice.spending_days), np.array(choice.finding_days)
    return Known(features(cards, lifts(cards), queried, *half_lives).values, start)


def scores(cards: Cards, columns: Known, choice: Choice, first_day: int, seed: int, models: int) -> Numbers:
    """Log-odds of the test transactions of the week from `first_day` on: the mean of models of consecutive seeds."""
    learned = training_rows(cards, first_day, choice.training_days, choice.without_caught)
    days = cards.days[learned]
    later = days >= np.quantile(days, 1 - LATER_SHARE)
    parameters = {**PARAMETERS, **SHAPES[choice.shape]}
    values, truth, test = columns.of(learned), cards.truth[learned], columns.of(scored_rows(cards, first_day))
    log_odds = []
    for turn in range(seed, seed + models):
        # Genuine transactions abound: a share of them teaches as much, and each model draws its own.
        drawn = (np.random.default_rng(turn).random(len(learned)) < choice.genuine_share) | (truth == 1)
        model = fit(
            Rows(values[drawn], truth[drawn]),
            later[drawn],
            [0] * values.shape[1],
            turn,
            1,
            parameters,
        ).model
        log_odds.append(model.log_odds(test, 1))
    return np.asarray(np.mean(log_odds, axis=0))


def figures(ranking: Numbers, rows: Cards, seed: int) -> dict[str, float]:
    """The figures of the data set's protocol; ties are broken by a seeded shuffle."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = np.random.default_rng(seed).permutation(len(ranking))
    ranking, rows = ranking[order], rows.where(order)
    return {
        "auc": float(roc_auc_score(rows.truth, ranking)),
        "ap": float(average_precision_score(rows.truth, ranking)),
        "cp_at_100": card_precision(ranking, rows, CARDS_A_DAY),
    }


def card_precision(ranking: Numbers, rows: Cards, cards_a_day: int) -> float:
    """Mean over the days of the share of compromised cards among the `cards_a_day` most suspicious ones.

    A card's suspicion on a day is its highest transaction's, and a card once found is out of the days after
    (card precision top-k, Fraud Detection Handbook, chapter 4). A shorter day is divided by `cards_a_day` too.
    """
    found: set[int] = set()
    shares = []
    for day in np.unique(rows.days):
        today = np.flatnonzero((rows.days == day) & ~np.isin(rows.customers, list(found)))
        order = today[np.argsort(-ranking[today], kind="stable")]
        _, first = np.unique(rows.customers[order], return_index=True)
        watched = rows.customers[order[np.sort(first)[:cards_a_day]]]
        compromised = np.unique(rows.customers[today[rows.truth[today] == 1]])
        caught = np.intersect1d(watched, compromised)
        found |= set(caught.tolist())
        shares.append(len(caught) / cards_a_day)
    return float(np.mean(shares))
