"""Any benchmark's figures as Markdown tables, whatever their shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_MOST_COLUMNS: Final = 12
_LONG_LIST: Final = 8


def plain(figures: Mapping[str, Any]) -> list[str]:
    """Lines of Markdown: how it was run, single figures in one table, and a table for each group of rows alike."""
    lines: list[str] = []
    if run := figures.get("run"):
        # Where a data set lay on the machine says nothing to a reader; its name does.
        reported = {
            name: Path(value).name if name in ("file", "folder") else number(value) for name, value in run.items()
        }
        lines += ["Run: " + ", ".join(f"{name} {value}" for name, value in reported.items()) + ".", ""]
    rest = {name: value for name, value in figures.items() if name != "run"}
    single = {name: value for name, value in rest.items() if not isinstance(value, Mapping)}
    rows = {name: value for name, value in rest.items() if isinstance(value, Mapping) and not _nested(value)}
    deep = {name: value for name, value in rest.items() if isinstance(value, Mapping) and _nested(value)}
    if single:
        lines += [*table(["figure", "value"], [[name, number(value)] for name, value in single.items()]), ""]
    for names in _alike(rows):
        columns = list(rows[names[0]])
        lines += [*table(["", *columns], [[n, *(number(rows[n][c]) for c in columns)] for n in names]), ""]
    for name, value in deep.items():
        lines += [f"### {name}", *plain(value), ""]
    return lines[:-1] if lines and not lines[-1] else lines


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    written = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in written]


def number(value: Any) -> str:
    """A figure in few digits; lists are shortened, words stay."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        shown = [number(one) for one in value[:_LONG_LIST]]
        return ", ".join([*shown, *(["…"] if len(value) > _LONG_LIST else [])])
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number(one)}" for name, one in value.items())
    return str(value)


def _nested(value: Mapping[str, Any]) -> bool:
    return any(isinstance(one, Mapping) for one in value.values()) or len(value) > _MOST_COLUMNS


def _alike(rows: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Names of rows with the same columns, together."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name, value in rows.items():
        kinds.setdefault(tuple(value), []).append(name)
    return list(kinds.values())
