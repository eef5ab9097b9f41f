"""The risk model: one calibrated LightGBM booster a family, in native files beside a JSON card.

A family with too few labels for a booster is scored by the rules, moved to the rate that was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import Conflict
from data.vocabulary import Family
from features.boxes import Numbers
from features.catalogue import fingerprint
from models.card import Card, damaged, read_card, write_card
from models.rules import RulesBaseline, points

if TYPE_CHECKING:
    import lightgbm


@dataclass(frozen=True)
class FamilyModel:
    """A margin m calibrated as slope * m + offset (Platt 1999).

    The margin is a booster's; without one, that of the rules of the family `rules`; without these, 0.
    """

    booster: lightgbm.Booster | None
    slope: float
    offset: float
    rules: Family | None = None

    def log_odds(self, features: Numbers, threads: int) -> Numbers:
        """Calibrated log-odds, shape (n,)."""
        if self.booster is not None:
            margin = np.asarray(self.booster.predict(features, raw_score=True, num_threads=threads))
        elif self.rules is not None:
            margin = points(features, self.rules).sum(axis=1)
        else:
            return np.full(len(features), self.offset)
        return self.slope * margin + self.offset

    def contributions(self, features: Numbers, threads: int) -> Numbers:
        """Parts of the calibrated log-odds, shape (n, features + 1), base value last.

        Of a booster, exact TreeSHAP (Lundberg 2020); of the rules, their points.
        """
        if self.booster is not None:
            parts = self.slope * np.asarray(self.booster.predict(features, pred_contrib=True, num_threads=threads))
        elif self.rules is not None:
            parts = self.slope * points(features, self.rules)
        else:
            parts = np.zeros((len(features), features.shape[1] + 1))
        parts[:, -1] += self.offset
        return parts


class RiskModel:
    """Three family models and their card. Refuses a catalogue other than the one it was trained on."""

    degraded = False

    def __init__(self, families: Mapping[Family, FamilyModel], card: Card, threads: int = 1) -> None:
        if card.catalogue != fingerprint():
            raise Conflict(
                f"Model {card.version} was trained on feature catalogue {card.catalogue}; this code has another, "
                f"{fingerprint()}.",
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
        return np.stack([self.families[family].contributions(features, threads) for family in Family], axis=1)

    def save(self, folder: Path) -> None:
        """Write `<family>.txt` (LightGBM's own format) and `card.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        for family, model in self.families.items():
            if model.booster is not None:
                model.booster.save_model(str(folder / f"{family.value}.txt"))
        write_card(self.card, folder)


def log_odds(families: Mapping[Family, FamilyModel], features: Numbers, threads: int) -> Numbers:
    """Calibrated log-odds of all families, shape (n, families)."""
    return np.stack([families[family].log_odds(features, threads) for family in Family], axis=1)


def load(folder: Path, threads: int = 1) -> RiskModel:
    """The model saved in `folder`.

    Raises Conflict when it was trained on another catalogue or beside other rules, NotReady when its files are damaged.
    """
    import lightgbm

    card = read_card(folder)
    families = {}
    try:
        for family in Family:
            path = folder / f"{family.value}.txt"
            calibration, parameters = card.calibration[family.value], card.parameters[family.value]
            rules = family if _by_rules(card, parameters) else None
            booster = None if rules else lightgbm.Booster(model_file=str(path))
            families[family] = FamilyModel(booster, float(calibration["slope"]), float(calibration["offset"]), rules)
        return RiskModel(families, card, threads)
    except (lightgbm.basic.LightGBMError, OSError, KeyError, TypeError, ValueError) as error:
        raise damaged(folder, f"{type(error).__name__}: {error}") from error


def _by_rules(card: Card, parameters: Mapping[str, Any]) -> bool:
    """Whether the rules score a family, which must be those it was trained beside."""
    version = parameters.get("rules")
    if version not in (None, RulesBaseline.version):
        raise Conflict(
            f"Model {card.version} was trained beside {version}; this code has {RulesBaseline.version}.",
            "Train again with `hazlane train`, or check out the code the model was trained with.",
        )
    return version is not None
