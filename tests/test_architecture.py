"""Protects the arrows of docs/architecture.md: which package may import which, and files of a readable size."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "data": set(),
    "features": {"data"},
    "models": {"data", "features"},
    "training": {"data", "features", "models"},
    "serving": {"data", "features", "models"},
    "cli": {"data", "features", "models", "training", "serving"},
    "benchmarks": {"data", "features", "models", "training", "serving"},
}


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names & set(MAY_IMPORT)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        stray = _imports(path) - MAY_IMPORT[package] - {package}
        assert not stray, f"{path.relative_to(ROOT)} imports {stray}"


def test_no_file_asks_to_be_divided() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 300
    ]
    assert not long


def test_the_command_line_starts_without_heavy_libraries() -> None:
    import subprocess
    import sys

    heavy = {"lightgbm", "mlflow", "shap", "bentoml", "pandas", "numba", "sklearn", "matplotlib", "sqlalchemy"}
    probe = f"import sys, cli.main; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
