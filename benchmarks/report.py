"""docs/benchmarks.md from what the benchmarks kept in var/benchmarks: `python -m benchmarks.report`.

Each section names the command, the commit that was measured, the figures, and what stands beside them. The section of
a benchmark that has kept nothing here stays as it is on the page, with the commit that it names.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from benchmarks.reporting.output import FIGURES_FOLDER
from benchmarks.reporting.plain import plain
from benchmarks.reporting.port import drift, port

PAGE: Final = Path("docs") / "benchmarks.md"
# In the order of the page; a benchmark that is not named here follows in the order of the alphabet.
TITLES: Final = {
    "port": "The simulated port",
    "drift": "A new fraud pattern: with and without the random share",
    "labels": "Naive labels against corrected ones",
    "chicago": "Chicago's food inspections",
    "card_fraud": "Card transactions with late labels",
    "korea": "Korean customs declarations",
    "parity": "One replay against one box at a time",
    "latency": "One box in process",
    "http": "The service over HTTP",
    "startup": "The start of the service",
    "training_stages": "Training by stage",
    "history_kernel": "The kernel of the counters",
    "policy": "Which boxes to open",
    "ingest": "Ingestion",
    "checks": "Speed of the checks",
    "verification": "The checks on lawful boxes",
    "names": "Shipping names",
    "undeclared": "Goods by their trade names",
    "parties": "Resolution of firms",
}
_WRITERS: Final = {"port": port, "drift": drift}
_HEAD: Final = """# Benchmarks
Written by `make bench` (its last step is `python -m benchmarks.report`) from the figures that each benchmark kept in
the var folder; not edited by hand. Figures are of the machine and the commit they were measured on: a section is
renewed when its benchmark is run.
"""
_SECTION: Final = "\n## "


def page() -> str:
    """The page as text."""
    held = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIGURES_FOLDER.glob("*.json"))}
    earlier = _sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    parts = [_HEAD]
    for name in [*TITLES, *(name for name in held if name not in TITLES)]:
        if name in held:
            parts.append(section(name, held[name]))
        elif TITLES[name] in earlier:
            parts.append(earlier[TITLES[name]])
        elif find_spec(f"benchmarks.{name}"):
            parts.append(f"## {TITLES[name]}\n`python -m benchmarks.{name}` has not been run here.\n")
    return "\n".join(parts)


def _sections(text: str) -> dict[str, str]:
    """The sections of a page by title."""
    _, *sections = f"\n{text}".split(_SECTION)
    return {one.partition("\n")[0]: f"## {one.rstrip()}\n" for one in sections}


def section(name: str, held: dict[str, Any]) -> str:
    """The section of one benchmark: title, command, the first line of its own description, figures."""
    about = (__import__(f"benchmarks.{name}", fromlist=["main"]).__doc__ or "").strip().splitlines()[0]
    figures: dict[str, Any] = held["figures"]
    measured = f" Measured at commit {held['commit']}." if held.get("commit") else ""
    lines = [f"## {TITLES.get(name, name)}", f"{about} Command: `{held['command']}`.{measured}", ""]
    return "\n".join([*lines, *_WRITERS.get(name, plain)(figures)]) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
