"""Output of the commands: progress on standard error, tables for people and JSON for programs on standard output."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200


class _Instant(click.DateTime):
    """A click type: an instant within the supported years; others are a usage error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"{value} is outside the years {FIRST_YEAR} to {LAST_YEAR}.", param, ctx)
        return found


INSTANT: Final = _Instant(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])
"""An instant in UTC: a date, or to the minute or second, with or without Z."""
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
console = Console()
_steps = Console(stderr=True)


def now() -> datetime:
    """The current instant; commands read the clock only here."""
    return datetime.now(UTC)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """A progress display on standard error; none when `quiet`."""
    reported = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), reported, BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=_steps, disable=quiet) as bars:
        yield bars


class Steps:
    """One progress line per step of a long job; a new step marks the one before as done."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: Any = None

    def __call__(self, step: str) -> None:
        """Start a step."""
        self.done()
        self._task = self._bars.add_task(step, total=None)

    def done(self) -> None:
        """Mark the current step done."""
        if self._task is not None:
            self._bars.update(self._task, total=1, completed=1)


def print_json(figures: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(figures, ensure_ascii=False, default=str))


def print_table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[object]], unbroken: Collection[str] = ()
) -> None:
    """Print a table without interpreting markup in its cells; columns in `unbroken` are not wrapped."""
    table = Table(title=Text(title), title_justify="left", show_edge=False)
    for place, name in enumerate(header):
        table.add_column(Text(name), justify="left" if place == 0 else "right", no_wrap=name in unbroken)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console.print(table)


def print_policies(reported: Mapping[str, Any]) -> None:
    """Print the policies of an evaluation side by side, at each capacity."""
    rows = []
    for policy, by_capacity in reported["policies"].items():
        for capacity, row in by_capacity.items():
            share = f"{row['share_of_oracle']:.0%}" if "share_of_oracle" in row else "-"
            rows.append((policy, f"{float(capacity):.0%}", f"{row['precision']:.1%}", f"{row['recall']:.1%}",
                         f"{row['useless_rate']:.1%}", share))  # fmt: skip
    header = ("policy", "opened", "hit rate", "violations found", "useless", "share of the oracle")
    title = (
        f"{reported['violations']:,} violations among {reported['evaluated_boxes']:,} evaluated boxes "
        f"({reported['evaluated_on']})"
    )
    print_table(title, header, rows)
    needed = reported["openings_at_equal_found"]
    words = ", ".join(f"{policy} {count:,}" for policy, count in needed.items())
    console.print(f"Openings needed to find as many as the model does at 5 %: {words}")
