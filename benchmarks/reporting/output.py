"""Output of the benchmarks: lines for people, one JSON object on the last line, and the same in a file.

What is kept in var/benchmarks/<name>.json is what `python -m benchmarks.report` writes docs/benchmarks.md from.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FIGURES_FOLDER: Final = Path("var") / "benchmarks"


def print_line(json_only: bool, line: str) -> None:
    """A line for people, unless only JSON is wanted."""
    if not json_only:
        print(line, flush=True)


def as_json(figures: Mapping[str, Any]) -> None:
    """The figures as one line of JSON; those of a benchmark that is run as a module are kept.

    What was skipped, and what a search (`--select`) chose, is no measurement.
    """
    module = getattr(sys.modules["__main__"].__spec__, "name", "")
    if module.startswith("benchmarks.") and "skipped" not in figures and "--select" not in sys.argv:
        options = [option for option in sys.argv[1:] if option != "--json"]
        command = shlex.join(["python", "-m", module, *options])
        kept = {"command": command, "commit": _commit(), "figures": figures}
        store_figures(module.removeprefix("benchmarks."), kept)
    print(json.dumps(figures, sort_keys=True, ensure_ascii=False, allow_nan=False), flush=True)


def _commit() -> str:
    """The commit of the code that was measured, with `+` where files are changed; empty outside a repository."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"], capture_output=True, text=True, check=False
    )
    return described.stdout.strip()


def store_figures(name: str, kept: Mapping[str, Any]) -> None:
    """Write var/benchmarks/<name>.json whole or not at all: another process may be writing the same."""
    path = FIGURES_FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{id(kept):x}")
    scratch.write_text(json.dumps(kept, sort_keys=True, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def stored_figures(name: str) -> dict[str, Any] | None:
    """What was kept under a name; None where nothing was."""
    path = FIGURES_FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
