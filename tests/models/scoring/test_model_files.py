"""Protects model files: they load as saved, or an error states what to do."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import Conflict, NotReady
from data.settings import Settings
from models.assessor import Assessor
from models.scoring.card import CARD_NAME, version_of, write_model
from models.scoring.registry import Registry
from models.scoring.risk_model import booster_texts, load
from tests.models.scoring.test_risk_model import _model

BOOSTER = "declaration.txt"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with a saved model."""
    _model().save(tmp_path / "model")
    return tmp_path / "model"


def _flip(path: Path, place: int) -> None:
    """Change the digit at or after a place of a file."""
    content = bytearray(path.read_bytes())
    digits = [position for position in range(place, len(content)) if 48 <= content[position] < 58]
    content[digits[0]] = 48 + (content[digits[0]] - 47) % 10
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("name", [BOOSTER, "packing.txt", "papers.txt", CARD_NAME])
def test_one_changed_digit_anywhere_is_refused(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    draw = random.Random(1)
    for _ in range(12):
        _flip(saved / name, draw.randrange(len(whole) * 9 // 10))
        assert (saved / name).read_bytes() != whole
        with pytest.raises(NotReady, match=f"cannot be used: {name}") as refused:
            load(saved)
        assert "hazlane train" in str(refused.value)
        (saved / name).write_bytes(whole)
    assert load(saved).version == _model().version


@pytest.mark.parametrize("name", [BOOSTER, CARD_NAME])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_truncated_file_is_refused(saved: Path, name: str, share: float) -> None:
    content = (saved / name).read_bytes()
    (saved / name).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(NotReady, match=name):
        load(saved)


@pytest.mark.parametrize("name", [BOOSTER, CARD_NAME])
def test_a_missing_file_is_refused(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(NotReady, match=f"{name}.*No such file"):
        load(saved)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, b'{"version": NaN}', b'{"a": 1}']
)
def test_an_invalid_card_is_refused(saved: Path, content: bytes) -> None:
    (saved / CARD_NAME).write_bytes(content)
    with pytest.raises(NotReady, match=CARD_NAME):
        load(saved)


def _edited(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        card = json.loads((folder / CARD_NAME).read_text(encoding="utf-8"))
        change(card)
        (folder / CARD_NAME).write_text(json.dumps(card), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        _edited(lambda card: card.update(evaluation={"auc": 1.0})),
        _edited(lambda card: card.update(version="m-000000000000")),
        _edited(lambda card: card.update(digest="0" * 64)),
        _edited(lambda card: card.pop("medians")),
        _edited(lambda card: card.update(note="")),
    ],
    ids=["evaluation", "version", "digest", "one_less", "one_more"],
)
def test_an_edited_card_is_refused(saved: Path, edit: Callable[[Path], None]) -> None:
    edit(saved)
    with pytest.raises(NotReady, match=f"{CARD_NAME} is not as it was saved"):
        load(saved)


def test_other_content_under_the_same_version_is_refused(saved: Path) -> None:
    """Even with valid digests: a version identifies the content of a model."""
    texts = booster_texts(_model().families)
    write_model(replace(_model().card, seed=2), texts, saved)
    with pytest.raises(NotReady, match="not that of version"):
        load(saved)
    other = texts[BOOSTER].replace("leaf_value=", "leaf_value=1", 1)
    write_model(_model().card, {**texts, BOOSTER: other}, saved)
    with pytest.raises(NotReady, match="not that of version"):
        load(saved)


def test_a_model_without_digests_is_refused(saved: Path) -> None:
    _edited(lambda card: (card.pop("digest"), card.pop("files")))(saved)
    with pytest.raises(Conflict, match=r"without digests.*hazlane train"):
        load(saved)


def test_a_model_of_other_features_is_refused(saved: Path) -> None:
    card, texts = replace(_model().card, catalogue="0" * 16), booster_texts(_model().families)
    write_model(replace(card, version=version_of(card, texts)), texts, saved)
    with pytest.raises(Conflict, match="features of version 0000000000000000"):
        load(saved)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "card"])
def test_a_service_with_a_damaged_model_answers_by_rules_and_states_the_cause(tmp_path: Path, damage: str) -> None:
    settings = Settings(var=tmp_path)
    registry = Registry(settings)
    registry.promote(registry.register(_model(), {}, {}))
    assert not Assessor.open(settings).degraded
    (booster,) = tmp_path.rglob(BOOSTER)
    name = CARD_NAME if damage == "card" else BOOSTER
    if damage == "flip":
        _flip(booster, 1_000)
    elif damage == "cut":
        os.truncate(booster, booster.stat().st_size // 2)
    elif damage == "remove":
        booster.unlink()
    else:
        _flip(booster.parent / CARD_NAME, 100)
    damaged = Assessor.open(settings)
    assert damaged.degraded
    assert name in damaged.cause
    assert "hazlane train" in damaged.cause
    assert damaged.model_version != _model().version
