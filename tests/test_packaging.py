"""Protects the wheel: version, licence, type markers, and every file that the code reads at run time."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from data import __version__

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("data", "features", "models", "training", "serving", "cli")


def _printed(*arguments: str) -> str:
    """Output of a new interpreter in the project folder."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of the files that git tracks or would track."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    source = tmp_path_factory.mktemp("source")
    for name in tracked:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    code = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, check=True)
    (built,) = (source / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_the_wheel_has_version_and_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    (licence,) = (name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_the_wheel_contains_every_tracked_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    """Including tables, texts, templates and type markers: unlisted package data would be missing without a warning."""
    listing = ["git", "ls-files", "--", *PACKAGES]
    tracked = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(tracked)
    assert set(tracked) - set(wheel.namelist()) == set()


def test_every_interface_reports_the_same_version() -> None:
    assert _printed("-m", "cli", "--version").split() == ["hazlane,", "version", __version__]
    described = _printed("-c", "from serving.service import SITE; print(SITE.document['info']['version'])")
    assert described.strip() == __version__
    assert "version" not in PROJECT["project"], "the number belongs in data/__init__.py only"


def test_the_changelog_has_a_heading_for_a_released_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])
    if ".dev" not in __version__:
        assert headings[1].startswith(f"[{__version__}] - ")
