"""The model card: what a model is, what it was trained on and how it did, as JSON beside its boosters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

CARD_NAME: Final = "card.json"
QUANTILES: Final = 1001


@dataclass(frozen=True)
class Card:
    """A trained model's facts. `medians` follow the catalogue's order; `risk_quantiles` are evenly spaced."""

    version: str
    catalogue: str
    features: list[str]
    seed: int
    trained_until: str
    labels: dict[str, dict[str, int]]
    parameters: dict[str, dict[str, Any]]
    calibration: dict[str, dict[str, float]]
    medians: list[float | None]
    risk_quantiles: list[float]
    evaluation: dict[str, Any]


def version_of(parts: list[bytes]) -> str:
    """A version that names the content: the same training gives the same one."""
    digest = blake2b(digest_size=6)
    for part in parts:
        digest.update(part)
    return f"m-{digest.hexdigest()}"


def write_card(card: Card, folder: Path) -> None:
    """Write `card.json`, the same bytes for the same card."""
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    (folder / CARD_NAME).write_text(text + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """Read `card.json`."""
    return Card(**json.loads((folder / CARD_NAME).read_text(encoding="utf-8")))
