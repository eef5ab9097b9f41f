"""The risk model: one calibrated LightGBM booster a family, in native files beside a JSON card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import Conflict
from data.vocabulary import Family
from features.catalogue import fingerprint
from models.card import Card, read_card, write_card
from models.scorer import Numbers

if TYPE_CHECKING:
    import lightgbm


@dataclass(frozen=True)
class FamilyModel:
    """A booster's margin m calibrated as slope * m + offset (Platt 1999); without a booster, a constant."""

    booster: lightgbm.Booster | None
    slope: float
    offset: float

    def log_odds(self, features: Numbers, threads: int) -> Numbers:
        """Calibrated log-odds, shape (n,)."""
        if self.booster is None:
            return np.full(len(features), self.offset)
        margin = self.booster.predict(features, raw_score=True, num_threads=threads)
        return self.slope * np.asarray(margin) + self.offset

    def contributions(self, features: Numbers, threads: int) -> Numbers:
        """Exact TreeSHAP (Lundberg 2020) of the calibrated log-odds, shape (n, features + 1), base value last."""
        if self.booster is None:
            parts = np.zeros((len(features), features.shape[1] + 1))
        else:
            parts = self.slope * np.asarray(self.booster.predict(features, pred_contrib=True, num_threads=threads))
        parts[:, -1] += self.offset
        return parts


class RiskModel:
    """Three family models and their card. Refuses a catalogue other than the one it was trained on."""

    degraded = False

    def __init__(self, families: dict[Family, FamilyModel], card: Card, threads: int = 1) -> None:
        if card.catalogue != fingerprint():
            raise Conflict(
                f"Model {card.version} was trained on feature catalogue {card.catalogue}; this code has another, "
                f"{fingerprint()}.",
                "Train again with `hazlane train`, or check out the code the model was trained with.",
            )
        self.families = families
        self.card = card
        self.version = card.version
        self.medians = np.array([np.nan if value is None else value for value in card.medians])
        self.risk_quantiles = np.array(card.risk_quantiles)
        self._threads = threads

    def _threads_for(self, features: Numbers) -> int:
        return 1 if len(features) < 256 else self._threads

    def log_odds(self, features: Numbers) -> Numbers:
        """Calibrated log-odds, shape (n, families)."""
        threads = self._threads_for(features)
        return np.stack([self.families[family].log_odds(features, threads) for family in Family], axis=1)

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


def load(folder: Path, threads: int = 1) -> RiskModel:
    """The model saved in `folder`. Raises Conflict when it was trained on another catalogue."""
    import lightgbm

    card = read_card(folder)
    families = {}
    for family in Family:
        path = folder / f"{family.value}.txt"
        booster = lightgbm.Booster(model_file=str(path)) if path.exists() else None
        calibration = card.calibration[family.value]
        families[family] = FamilyModel(booster, calibration["slope"], calibration["offset"])
    return RiskModel(families, card, threads)
