"""The built bento contains exactly the serving packages, and imports without the project folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bento(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bentoml")
    environment = {**os.environ, "BENTOML_HOME": str(home), "BENTOML_DO_NOT_TRACK": "True", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bentoml", "build", "--output", "tag"]
    built = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (folder,) = (home / "bentos" / "hazlane").glob("*/src")
    return folder


def test_it_contains_exactly_the_serving_packages(bento: Path) -> None:
    assert {path.name for path in bento.iterdir() if path.is_dir()} == {"data", "features", "models", "serving"}
    assert (bento / "serving/pages/templates/box.html").is_file()
    assert (bento / "data/texts/pages.csv").is_file()
    assert not list(bento.rglob("__pycache__"))


def test_it_imports_without_the_project_folder(bento: Path, tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(bento)!r})
from serving import service
assert not {{"training", "cli", "benchmarks"}} & set(sys.modules)
print(service.__file__, service.Hazlane.name)
"""
    command = [sys.executable, "-P", "-c", code]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "BENTOML_DO_NOT_TRACK": "True"}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(bento / "serving/service.py"), "hazlane"]
