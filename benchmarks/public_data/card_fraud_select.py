"""Choose the configuration of the card transactions by forward validation on the weeks before the test.

Each fold is the test in small: a week to score, and no label known of the week before it. One axis after another,
each value is tried, and kept when it raises the mean AP over the folds by more than another seed would. Nothing
from the first test day on exists here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from benchmarks.public_data.card_fraud_rows import DELAY_DAYS, Cards
from benchmarks.public_data.card_fraud_trial import SHAPES, Choice, Known, day_of, figures, known, scored_rows, scores
from benchmarks.public_data.known_as_of import mean

FOLDS: Final = ("2018-07-04", "2018-07-11", "2018-07-18", "2018-07-25")
# No fold learns from earlier transactions than these; histories begin with the data.
TRAINED_FROM: Final = "2018-04-28"
AXES: Final[tuple[tuple[str, tuple[Any, ...]], ...]] = (
    ("genuine_share", (0.1, 0.5)),
    ("shape", tuple(SHAPES)),
    ("finding_days", ((7.0, 30.0), (1.0, 3.0, 7.0, 14.0, 30.0, 60.0))),
    ("spending_days", ((1.0, 7.0, 30.0, 90.0),)),
    ("training_days", (21, 56)),
    ("without_caught", (True,)),
)
# About what another seed changes the mean AP by.
NOISE: Final = 0.001


def validated(cards: Cards, columns: Known, choice: Choice, seed: int) -> dict[str, float]:
    """Mean figures over the folds; `ap_FOLD` holds each fold's own AP."""
    every = []
    for fold in FOLDS:
        ranking = scores(cards, columns, choice, day_of(fold), seed, 1)
        every.append(figures(ranking, cards.where(scored_rows(cards, day_of(fold))), seed))
    return mean(every) | {f"ap_{fold}": one["ap"] for fold, one in zip(FOLDS, every, strict=True)}


def search(cards: Cards, test_day: int, seed: int, progress: Callable[[str], None]) -> Choice:
    """The choice after one round over the axes; `progress` gets a line for each trial."""
    cards = cards.where(cards.days < test_day - DELAY_DAYS)
    choice = Choice()
    columns, columns_of = known(cards, choice, day_of(TRAINED_FROM)), choice
    best = -1.0
    for field, values in (("start", (None,)), *AXES):
        for value in values:
            tried = choice if value is None else replace(choice, **{field: value})
            if value is not None and tried == choice:
                continue
            if (tried.finding_days, tried.spending_days) != (columns_of.finding_days, columns_of.spending_days):
                columns, columns_of = known(cards, tried, day_of(TRAINED_FROM)), tried
            found = validated(cards, columns, tried, seed)
            kept = found["ap"] > best + NOISE
            folds = " ".join(f"{found[f'ap_{fold}']:.3f}" for fold in FOLDS)
            progress(
                f"{'kept' if kept else '    '} {field:14} {value!s:38} ap {found['ap']:.4f} "
                f"cp {found['cp_at_100']:.4f} auc {found['auc']:.4f} ap by fold {folds}"
            )
            if kept:
                choice, best = tried, found["ap"]
    progress(f"chosen {choice}")
    return choice
