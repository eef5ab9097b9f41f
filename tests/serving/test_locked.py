"""Protects the serving image: the serving packages need only the distributions of requirements-serving.lock."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from packaging.utils import canonicalize_name

from data.settings import Settings
from models.scoring.registry import Registry
from tests.models.scoring.test_risk_model import _model
from tests.serving.conftest import ROOT, START

# An interpreter that finds no module of the banned names, as if their distributions were not installed.
ONLY_LOCKED = """
import sys
from importlib.machinery import PathFinder

class Locked(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in BANNED else super().find_spec(name, path, target)

sys.meta_path = [Locked if finder is PathFinder else finder for finder in sys.meta_path]
"""


def _unlocked() -> set[str]:
    """Importable names of the installed distributions that the serving lock does not name."""
    text = (ROOT / "requirements-serving.lock").read_text(encoding="utf-8")
    locked = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    found = importlib.metadata.packages_distributions()
    names = {name for name, several in found.items() if not {canonicalize_name(one) for one in several} & locked}
    return names - {"data", "features", "models", "serving"}


def _modules() -> list[str]:
    """Every module of the serving packages but the migrations, which Alembic runs by file."""
    paths = (path for package in ("data", "features", "models", "serving") for path in (ROOT / package).rglob("*.py"))
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths)
    return sorted(name.removesuffix(".__init__") for name in names if ".migrations." not in name)


def test_serving_modules_import_with_the_serving_lock_alone() -> None:
    banned = _unlocked()
    assert {"matplotlib", "optuna", "shap", "flask", "pytest"} <= banned
    code = f"BANNED = {banned!r}\n{ONLY_LOCKED}\nfrom importlib import import_module\n" + "".join(
        f"import_module({module!r})\n" for module in _modules()
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_trained_model_serves_with_the_serving_lock_alone(
    tmp_path: Path, free_port: int, new_box: Callable[..., dict[str, Any]]
) -> None:
    """The champion is loaded by mlflow-skinny; a box is assessed, and shown on its page and on the worklist."""
    registry = Registry(Settings(var=tmp_path))
    registry.promote(registry.register(_model(), {}, {}))
    environment = {**os.environ, "HAZLANE_VAR": str(tmp_path), "HAZLANE_PORT": str(free_port), "PYTHONPATH": str(ROOT)}
    code = f"BANNED = {_unlocked()!r}\n{ONLY_LOCKED}\n{START}"
    command = [sys.executable, "-u", "-c", code]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, (tmp_path / "log").read_text()
        with httpx.Client(base_url=url, timeout=60) as client:
            answer = client.post("/v1/assessments", json=new_box())
            body = answer.json()
            pages = [f"/boxes/{body.get('declaration_id')}/{body.get('box_no')}", "/worklist", "/openapi.json"]
            statuses = [client.get(page).status_code for page in pages]
        process.terminate()
    assert answer.status_code == 201, answer.text
    assert body["degraded"] is False
    assert statuses == [200, 200, 200]
