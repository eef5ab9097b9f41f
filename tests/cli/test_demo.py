"""Protects the salt of the demo: random, kept in a private file, unused where a salt is configured."""

from __future__ import annotations

from pathlib import Path

from cli.demo import with_salt
from data.settings import Settings


def test_the_demo_makes_one_salt_in_a_private_file(tmp_path: Path) -> None:
    kept, other = tmp_path / "demo" / "selection-salt", tmp_path / "other" / "selection-salt"
    first = with_salt(Settings(var=tmp_path, selection_salt=""), kept)
    assert first.warnings == []
    assert len(first.selection_salt) == 32
    assert kept.stat().st_mode & 0o077 == 0
    assert with_salt(Settings(var=tmp_path, selection_salt=""), kept) == first
    assert with_salt(Settings(var=tmp_path, selection_salt=""), other).selection_salt != first.selection_salt


def test_a_configured_salt_is_used(tmp_path: Path) -> None:
    kept = tmp_path / "selection-salt"
    assert with_salt(Settings(var=tmp_path, selection_salt="of the port"), kept).selection_salt == "of the port"
    assert not kept.exists()
