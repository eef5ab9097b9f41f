"""Protects the import rules of docs/architecture.md: which package may import which, and no circular imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
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


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _names(source: str) -> set[str]:
    """All names that a source imports, also within functions and for type checkers."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "relative imports are not used here"
            assert not node.level, "relative imports are not used here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _imported(source: str, known: frozenset[str]) -> set[str]:
    """The modules of `known` that a source imports; `from package import name` may import a module or an attribute."""
    return {name if name in known else name.rpartition(".")[0] for name in _names(source)} & known


def _circle(imports: Mapping[str, set[str]]) -> list[str]:
    """The modules of one import circle, in order, the first repeated at the end; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_allowed_packages(package: str) -> None:
    known = frozenset(MAY_IMPORT)
    for path in sorted((ROOT / package).rglob("*.py")):
        names = {name.split(".")[0] for name in _names(path.read_text(encoding="utf-8"))}
        stray = (names & known) - MAY_IMPORT[package] - {package}
        assert not stray, f"{path.relative_to(ROOT)} imports {stray}"


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_has_no_circular_imports(package: str) -> None:
    """Circles between packages are excluded by the allowed imports."""
    sources = {_module(path): path.read_text(encoding="utf-8") for path in (ROOT / package).rglob("*.py")}
    known = frozenset(sources)
    circle = _circle({name: _imported(source, known) - {name} for name, source in sources.items()})
    assert not circle, " imports ".join(circle)


def test_every_kind_of_circle_is_found() -> None:
    """The test above finds circles through module, function, type-checking and package imports."""
    known = frozenset({"p", "p.a", "p.b", "p.c"})
    for closing in (
        "import p.a",
        "from p import a",
        "from p.a import x",
        "def f():\n    from p.a import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import x",
    ):
        sources = {"p.a": "from p.b import x", "p.b": "from p.c import x", "p.c": closing}
        imports = {name: _imported(source, known) for name, source in sources.items()}
        assert set(_circle(imports)) == {"p.a", "p.b", "p.c"}, closing
    sources = {"p": "from p.a import x", "p.a": "from p import x"}
    assert _circle({name: _imported(source, known) for name, source in sources.items()})
    sources = {"p": "from p.a import x", "p.a": "from p import b", "p.b": ""}
    assert not _circle({name: _imported(source, known) for name, source in sources.items()})


def test_the_command_line_starts_without_heavy_libraries() -> None:
    heavy = {"lightgbm", "mlflow", "shap", "bentoml", "pandas", "numba", "sklearn", "matplotlib", "sqlalchemy"}
    probe = f"import sys, cli.main; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
