"""The model card: training data, parameters, calibration and evaluation of a model, as JSON beside its boosters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Final

from data.errors import Conflict, NotReady

CARD_NAME: Final = "card.json"
QUANTILES: Final = 1001
# Key in card.json of the digest of all other entries.
_DIGEST: Final = "digest"
_PARAMETERS: Final = "\nparameters:"
_NOT_IN_VERSION: Final = ("version", "evaluation", "files")


@dataclass(frozen=True)
class Card:
    """Facts of a trained model. `medians` are in the order of the catalogue; `risk_quantiles` are evenly spaced.

    `labels` has counts by family, `unused` the number of inspections that gave no label, by reason. `files` has the
    SHA-256 of each file beside the card, by name; it is filled when the model is saved.
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
    files: dict[str, str] = field(default_factory=dict)


def version_of(card: Card, boosters: Mapping[str, str]) -> str:
    """A version that is a hash of the content: everything that determines a score or a lane, and the training data.

    `boosters` are model texts of LightGBM by file name. Cards that differ only in `version`, `evaluation` and `files`
    have the same version.
    """
    facts = {name: value for name, value in asdict(card).items() if name not in _NOT_IN_VERSION}
    digest = blake2b(_text(facts).encode(), digest_size=6)
    for name, booster in sorted(boosters.items()):
        # The parameters after the trees contain the number of threads, which must not change the version.
        digest.update(f"{name}\n{booster.partition(_PARAMETERS)[0]}".encode())
    return f"m-{digest.hexdigest()}"


def write_model(card: Card, boosters: Mapping[str, str], folder: Path) -> None:
    """Write the boosters by file name, and `card.json` with the digests of these and of itself."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in boosters.items():
        (folder / name).write_bytes(text.encode())
    files = {name: sha256(text.encode()).hexdigest() for name, text in boosters.items()}
    (folder / CARD_NAME).write_bytes(_content(json.loads(_text(asdict(replace(card, files=files))))))


def read_model(folder: Path) -> tuple[Card, dict[str, str]]:
    """The card, and the boosters by file name, after verifying that they are as saved.

    Raises NotReady if a file is missing or altered, Conflict if the model was saved without digests.
    """
    try:
        content = (folder / CARD_NAME).read_bytes()
        facts = json.loads(content)
        digest = facts.pop(_DIGEST, None)
        if digest is not None and content != _content(facts):
            raise damaged(folder, f"{CARD_NAME} is not as it was saved")
        card = Card(**facts)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(folder, f"{CARD_NAME}: {_first_line(error)}") from error
    if digest is None:
        raise Conflict(
            f"Model {card.version} in {folder} was saved without digests of its files, so they cannot be verified.",
            "Train again with `hazlane train`.",
        )
    boosters = {name: _verified(folder, name, expected) for name, expected in card.files.items()}
    if version_of(card, boosters) != card.version:
        raise damaged(folder, f"its content is not that of version {card.version}")
    return card, boosters


def _verified(folder: Path, name: str, expected: str) -> str:
    """The text of a file, verified by its SHA-256."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise damaged(folder, f"{name}: {_first_line(error)}") from error
    if sha256(content).hexdigest() != expected:
        raise damaged(folder, f"{name} is not as it was saved ({len(content):,} bytes)")
    return content.decode()


def damaged(folder: Path, cause: str) -> NotReady:
    """The error for a model whose files cannot be used."""
    return NotReady(
        f"The model in {folder} cannot be used: {cause}.",
        "Restore the var folder, or train again with `hazlane train`.",
    )


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)


def _content(facts: dict[str, Any]) -> bytes:
    """Content of card.json: the facts and the digest of their text, the same bytes for the same facts."""
    digest = sha256(_text(facts).encode()).hexdigest()
    return f"{_text({**facts, _DIGEST: digest})}\n".encode()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
