"""The risk model: per family a calibrated LightGBM booster and Bayesian probit effects, stored in native files.

Booster and effects learn from the same openings, but their errors differ: the booster uses rates and facts, the effects
estimate all factors of a box together. The model takes the mean of both in log-odds.

A family with too few labels for a booster is scored by the rules, shifted to the observed rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from data.errors import Conflict
from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.catalogue import CATALOGUE
from features.versions import features_version
from models.scoring.boosters import Trees
from models.scoring.card import Card, damaged, read_model, write_model
from models.scoring.rules import RulesBaseline, rule_points

if TYPE_CHECKING:
    import lightgbm


EFFECTS_SHARE: Final = 0.5
"""Weight of the Bayesian effects in the margin; the rest is the booster's."""


@dataclass(frozen=True)
class FamilyModel:
    """A margin m, calibrated as slope * m + offset (Platt 1999).

    The margin is the booster's; with `effects`, the mean of the booster's and the sum of these columns; without a
    booster, that of the rules of the family `rules`; without these, 0.
    """

    booster: lightgbm.Booster | None
    slope: float
    offset: float
    rules: Family | None = None
    effects: tuple[int, ...] = ()

    def log_odds(self, features: Numbers, threads: int) -> Numbers:
        """Calibrated log-odds, shape (n,)."""
        if self.booster is not None:
            margin = combined_log_odds(self._trees.raw_scores(features, threads), features, self._columns)
        elif self.rules is not None:
            margin = rule_points(features, self.rules).sum(axis=1)
        else:
            return np.full(len(features), self.offset)
        return self.slope * margin + self.offset

    def contributions(self, features: Numbers, threads: int, medians: Numbers) -> Numbers:
        """Parts of the calibrated log-odds, shape (n, features + 1), base value last.

        For a booster, exact TreeSHAP (Lundberg 2020); for effects, the distance from the median, which is the Shapley
        value of a sum; for the rules, their points.
        """
        if self.booster is not None:
            parts = self._trees.contributions(features, threads)
            _calibrate(parts, self.slope, features, medians, self._columns)
        elif self.rules is not None:
            parts = self.slope * rule_points(features, self.rules)
        else:
            parts = np.zeros((len(features), features.shape[1] + 1))
        parts[:, -1] += self.offset
        return parts

    @cached_property
    def _trees(self) -> Trees:
        assert self.booster is not None
        return Trees(self.booster)

    @cached_property
    def _columns(self) -> NDArray[np.intp]:
        return np.array(self.effects, dtype=np.intp)


def combined_log_odds(margin: Numbers, features: Numbers, effects: Sequence[int] | NDArray[np.intp]) -> Numbers:
    """Mean of a booster's margin (n,) and the sum of the effect columns of features (n, k); without any the margin."""
    columns = np.asarray(effects, dtype=np.intp)
    return np.asarray(_combined(margin, features, columns)) if len(columns) else margin


# Sums run from left to right: the same bits for one row as for many. `numpy.sum` adds in an order of the shape.


@numba.njit(cache=True)
def _combined(margin: NDArray[Any], features: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """`combined_log_odds`, shape (n,)."""
    combined = np.empty(len(margin))
    for row in range(len(margin)):
        total = 0.0
        for column in columns:
            total += features[row, column]
        combined[row] = (1 - EFFECTS_SHARE) * margin[row] + EFFECTS_SHARE * total
    return combined


@numba.njit(cache=True)
def _calibrate(
    parts: NDArray[Any], slope: float, features: NDArray[Any], medians: NDArray[Any], columns: NDArray[Any]
) -> None:
    """Turn a booster's contributions `parts` (n, k + 1) into those of the calibrated mean with the effect `columns`.

    An effect contributes how far it is from its median, which belongs to the base value.
    """
    count, width = parts.shape
    share = 1 - EFFECTS_SHARE if len(columns) else 1.0
    weight = slope * EFFECTS_SHARE
    for row in range(count):
        for place in range(width):
            parts[row, place] = slope * parts[row, place] * share
        for column in columns:
            parts[row, column] += weight * (features[row, column] - medians[column])
            parts[row, width - 1] += weight * medians[column]


def effects_of(family: Family) -> tuple[int, ...]:
    """The columns of the catalogue that hold the Bayesian effects of a family."""
    return tuple(place for place, one in enumerate(CATALOGUE) if one.explained_by and one.family is family)


class RiskModel:
    """Three family models and their card. Refuses features other than those it was trained on."""

    degraded = False

    def __init__(self, families: Mapping[Family, FamilyModel], card: Card, threads: int = 1) -> None:
        if card.catalogue != features_version():
            raise Conflict(
                f"Model {card.version} was trained on features of version {card.catalogue}; this code computes those "
                f"of version {features_version()}.",
                "Train again with `hazlane train`, or check out the code the model was trained with.",
            )
        self.families = families
        self.card = card
        self.version = card.version
        self.medians = np.array([np.nan if value is None else value for value in card.medians], dtype=np.float64)
        self.risk_quantiles = np.array(card.risk_quantiles, dtype=np.float64)
        self._threads = threads

    def _threads_for(self, features: Numbers) -> int:
        return 1 if len(features) < 256 else self._threads

    def log_odds(self, features: Numbers) -> Numbers:
        """Calibrated log-odds, shape (n, families)."""
        return log_odds(self.families, features, self._threads_for(features))

    def contributions(self, features: Numbers) -> Numbers:
        """Parts that sum to the log-odds, shape (n, families, features + 1), base value last."""
        threads = self._threads_for(features)
        parts = np.empty((len(features), len(Family), features.shape[1] + 1))
        for place, family in enumerate(Family):
            parts[:, place] = self.families[family].contributions(features, threads, self.medians)
        return parts

    def save(self, folder: Path) -> None:
        """Write `<family>.txt` (LightGBM's own format) and `card.json`, which holds the digests of all files."""
        write_model(self.card, booster_texts(self.families), folder)


def booster_texts(families: Mapping[Family, FamilyModel]) -> dict[str, str]:
    """The boosters in LightGBM's own format, by file name."""
    boosters = {family: families[family].booster for family in Family}
    return {_file(family): booster.model_to_string() for family, booster in boosters.items() if booster is not None}


def log_odds(families: Mapping[Family, FamilyModel], features: Numbers, threads: int) -> Numbers:
    """Calibrated log-odds of all families, shape (n, families)."""
    odds = np.empty((len(features), len(Family)))
    for place, family in enumerate(Family):
        odds[:, place] = families[family].log_odds(features, threads)
    return odds


def load(folder: Path, threads: int = 1) -> RiskModel:
    """Load the model saved in `folder`, after verifying its files: LightGBM may abort the process on damaged ones.

    Raises Conflict if it was trained on other features or with other rules, or saved without digests of its files,
    NotReady if a file is missing or altered.
    """
    import lightgbm

    card, boosters = read_model(folder)
    families = {}
    try:
        for family in Family:
            calibration, parameters = card.calibration[family.value], card.parameters[family.value]
            rules = family if _by_rules(card, parameters) else None
            booster = None if rules else lightgbm.Booster(model_str=boosters[_file(family)])
            effects = effects_of(family) if booster else ()
            slope, offset = float(calibration["slope"]), float(calibration["offset"])
            families[family] = FamilyModel(booster, slope, offset, rules, effects)
        return RiskModel(families, card, threads)
    except (lightgbm.basic.LightGBMError, KeyError, TypeError, ValueError) as error:
        raise damaged(folder, f"{type(error).__name__}: {error}") from error


def _file(family: Family) -> str:
    return f"{family.value}.txt"


def _by_rules(card: Card, parameters: Mapping[str, Any]) -> bool:
    """Whether the rules score a family; they must be the rules of the training."""
    version = parameters.get("rules")
    if version not in (None, RulesBaseline.version):
        raise Conflict(
            f"Model {card.version} was trained with rules {version}; this code has {RulesBaseline.version}.",
            "Train again with `hazlane train`, or check out the code the model was trained with.",
        )
    return version is not None
