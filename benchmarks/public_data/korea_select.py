"""Choose the configuration of the Korean declarations by forward validation before the test quarter.

Each fold is the test in small: a quarter to score, and no finding known from its first day on. One axis after
another, each value is tried, and kept when it raises the mean AP over the folds by more than another seed would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from benchmarks.public_data.known_as_of import mean
from benchmarks.public_data.korea_rows import ENTITIES, Declarations
from benchmarks.public_data.korea_trial import SHAPES, Choice, figures, model_scores, unseen

FOLDS: Final = (("2020-10-01", "2021-01-01"), ("2021-01-01", "2021-04-01"))
PARTIES: Final = ("importer", "declarant", "seller", "courier", "office")
GOODS: Final = ("hs6", "hs4", "hs2", "departure", "origin", "tax_type")
PAIRS: Final = ("importer_hs6", "seller_hs6", "hs6_origin", "declarant_importer")
ALL: Final = tuple(entity for entity in ENTITIES if entity not in ("everyone", "tuple"))
# About what another seed changes the mean AP by.
NOISE: Final = 0.002


def axes(with_tuple: bool) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The values tried, axis after axis; only the track with the tuple ever meets it."""
    more = ("tuple",) if with_tuple else ()
    members = ((), PARTIES, GOODS, (*GOODS, *PAIRS), (*PARTIES, *GOODS), ALL)
    return (
        ("entities", tuple((*some, *more) for some in members)),
        ("half_life_days", (60.0, 180.0, 1500.0)),
        ("shape", tuple(SHAPES)),
    )


def search(rows: Declarations, with_tuple: bool, seed: int, progress: Callable[[str], None]) -> Choice:
    """The choice after one round over the axes; `progress` gets a line for each trial."""
    rows = rows.where(~rows.part("test"))
    choice, best, tried = Choice(), -1.0, set()
    for field, values in axes(with_tuple):
        for value in values:
            changed = replace(choice, **{field: value})
            if changed in tried:
                continue
            tried.add(changed)
            found = validated(rows, changed, seed)
            kept = found["ap"] > best + NOISE
            shown = f"{len(value)} of {' '.join(value)}" if isinstance(value, tuple) else value
            progress(
                f"{'kept' if kept else '    '} {field} {shown}: "
                + ", ".join(f"{name} {figure:.4f}" for name, figure in found.items())
            )
            if kept:
                choice, best = changed, found["ap"]
    progress(f"chosen {choice}")
    return choice


def validated(rows: Declarations, choice: Choice, seed: int) -> dict[str, float]:
    """Mean figures over the folds."""
    every = []
    for first, end in FOLDS:
        start, stop = (int(np.datetime64(date, "D").astype(np.int64)) for date in (first, end))
        known = rows.where(rows.days < stop)
        scored = known.days >= start
        ranking = model_scores(known, scored, choice, seed, 1)
        every.append(figures(ranking, known.truth[scored], unseen(known, scored), seed))
    return mean(every)
