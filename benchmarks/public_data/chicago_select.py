"""Choose the Chicago configuration by forward validation inside the training years, one axis after another.

Each fold is the test in small: two months to score, and nothing known of the 139 days before them. A search
starts from little, tries one change after another in a fixed order, keeps one that raises the mean AUC over
the folds (by more than another seed would, unless it leaves something out), and goes round again until
nothing changes. The test rows are not read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from benchmarks.public_data.chicago_rows import COLUMNS, ENTITIES, City
from benchmarks.public_data.chicago_trial import SHAPES, Choice, figures, scores
from benchmarks.public_data.known_as_of import mean

# From the last training day, 2014-04-16, to the first test day, 2014-09-02.
BLIND_DAYS: Final = 139
SCORED_DAYS: Final = 60
FOLDS: Final = (
    "2013-01-01", "2013-03-01", "2013-05-01", "2013-07-01", "2013-09-01", "2013-11-01", "2014-01-01", "2014-03-01",
)  # fmt: skip
MODELS: Final = 2
ROUNDS: Final = 3
HALF_LIVES_DAYS: Final = (60.0, 180.0, 365.0, 1500.0)
# About what another seed changes the mean AUC by.
NOISE: Final = 0.001


def validated(city: City, choice: Choice, seed: int) -> dict[str, float]:
    """Mean figures over the folds; `auc_FOLD` holds each fold's own AUC."""
    city = city.training()
    every = []
    for fold in FOLDS:
        start = int(np.datetime64(fold, "D").astype(np.int64))
        scored = (city.rows.days >= start) & (city.rows.days < start + SCORED_DAYS)
        ranking = scores(city, choice, start - BLIND_DAYS + 1, scored, seed, MODELS)
        rows = city.rows.where(scored)
        every.append(figures(ranking, rows.truth, rows.days, seed))
    return mean(every) | {f"auc_{fold}": one["auc"] for fold, one in zip(FOLDS, every, strict=True)}


def start_of(inspector: bool) -> Choice:
    """The establishment's own columns and history, and the inspector's where the track allows it."""
    if inspector:
        return Choice(("past", "licences", "kind"), ("licence", "inspector"))
    return Choice(("past", "licences", "kind"), ("licence",))


def changes(inspector: bool) -> list[tuple[str, Any]]:
    """Every single change tried in a round, in order: a field of the choice and its value, or a member to toggle."""
    members = [("groups", group) for group in COLUMNS] + [("entities", entity) for entity in ENTITIES[1:]]
    return [
        *(("shape", shape) for shape in SHAPES),
        *(("monotone", monotone) for monotone in (False, True)),
        *((field, member) for field, member in members if inspector or member != "inspector"),
        *(("half_life_days", days) for days in HALF_LIVES_DAYS),
        *(("delay_days", days) for days in (0, BLIND_DAYS)),
    ]


def _changed(choice: Choice, field: str, value: Any) -> Choice:
    if field in ("groups", "entities"):
        toggled = set(getattr(choice, field)) ^ {value}
        value = tuple(member for member in (COLUMNS if field == "groups" else ENTITIES) if member in toggled)
    return replace(choice, **{field: value})


def search(city: City, inspector: bool, seed: int, progress: Callable[[str], None]) -> Choice:
    """The choice at which no single change helps, or that of the last round; `progress` gets a line for each trial."""
    choice = start_of(inspector)
    best = validated(city, choice, seed)
    progress(_line("start", best, True))
    tried = {choice}
    for _ in range(ROUNDS):
        before = choice
        for field, value in changes(inspector):
            changed = _changed(choice, field, value)
            if changed in tried or not changed.groups:
                continue
            tried.add(changed)
            found = validated(city, changed, seed)
            smaller = len(changed.groups) + len(changed.entities) < len(choice.groups) + len(choice.entities)
            kept = found["auc"] > best["auc"] + (0.0 if smaller else NOISE)
            progress(_line(f"{field} {'- ' if smaller else ''}{value}", found, kept))
            if kept:
                choice, best = changed, found
        if choice == before:
            break
    progress(f"chosen {choice}")
    return choice


def _line(name: str, found: dict[str, float], kept: bool) -> str:
    folds = " ".join(f"{found[f'auc_{fold}']:.3f}" for fold in FOLDS)
    return (
        f"{'kept' if kept else '    '} {name:26} auc {found['auc']:.4f} days {found['days']:5.2f} "
        f"first half {found['first_half']:.3f} p5 {found['p_at_5']:.3f} p10 {found['p_at_10']:.3f} auc by fold {folds}"
    )
