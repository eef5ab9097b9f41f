"""The model card: what a model is, what it was trained on and how it did, as JSON beside its boosters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from data.errors import NotReady

CARD_NAME: Final = "card.json"
QUANTILES: Final = 1001


@dataclass(frozen=True)
class Card:
    """A trained model's facts. `medians` follow the catalogue's order; `risk_quantiles` are evenly spaced.

    `labels` counts by family, `unused` the inspections known then that taught nothing, by reason.
    """

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
    unused: dict[str, int] = field(default_factory=dict)


def version_of(card: Card, boosters: list[bytes]) -> str:
    """A version that names the content: all that decides a score or a lane, and what it was learned from.

    Two cards that differ in `version` and `evaluation` alone have the same one.
    """
    facts = {name: value for name, value in asdict(card).items() if name not in ("version", "evaluation")}
    digest = blake2b(_text(facts).encode(), digest_size=6)
    for booster in boosters:
        digest.update(booster)
    return f"m-{digest.hexdigest()}"


def write_card(card: Card, folder: Path) -> None:
    """Write `card.json`, the same bytes for the same card."""
    (folder / CARD_NAME).write_text(_text(asdict(card)) + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """Read `card.json`. Raises NotReady when it is none."""
    try:
        return Card(**json.loads((folder / CARD_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise damaged(folder, f"{CARD_NAME}: {error}") from error


def damaged(folder: Path, cause: str) -> NotReady:
    """The error of a model whose files cannot be read."""
    return NotReady(
        f"The model in {folder} cannot be read: {cause}",
        "Restore the var folder, or train again with `hazlane train`.",
    )


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
