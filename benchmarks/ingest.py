"""Speed and memory of ingesting a port's table, beside pandas reading the same file.

    python -m benchmarks.ingest [--rows N] [--no-growth] [--json]

The table is a simulated port's (seed 1), repeated under new numbers until it has N rows. It is ingested by
`data.ingest`, as `hazlane ingest` does, into an empty SQLite store, in a process of its own; its peak memory is
compared at N and at ten times N rows.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.reporting.output import as_json, print_line

AT = datetime(2026, 11, 1, tzinfo=UTC)
SEED = 1
_BOXES = 20_000


def write_table(path: Path, rows: int) -> None:
    """A declarations table of `rows` rows: the simulated port's, again and again with other declaration ids."""
    from data.records import DECLARATION_COLUMNS
    from data.simulator.port import simulate
    from data.simulator.writing import write

    port = path.with_name("port.csv")
    if not port.exists():
        write(simulate(_BOXES, seed=SEED).declarations, DECLARATION_COLUMNS, port)
    header, *lines = port.read_text(encoding="utf-8").splitlines(keepends=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for number in range(rows):
            turn, place = divmod(number, len(lines))
            file.write(f"{turn}-{lines[place]}")


def ingested(path: Path, store: Path) -> dict[str, float]:
    """Seconds and peak memory (MB) of an ingest in this process, which should be a fresh one."""
    from data.ingest import ingest
    from data.store import Store

    opened = Store.open(f"sqlite:///{store}")
    began = time.perf_counter()
    summary = ingest([path], opened, AT)
    seconds = time.perf_counter() - began
    opened.close()
    taken = summary.total("accepted") + summary.total("duplicate") + summary.total("quarantined")
    return {"seconds": seconds, "rows": taken, "accepted": summary.total("accepted"), "peak_memory_mb": _peak_mb()}


def read_by_pandas(path: Path) -> dict[str, float]:
    """Seconds and peak memory (MB) of `pandas.read_csv` in this process."""
    import pandas as pd

    began = time.perf_counter()
    rows = len(pd.read_csv(path, dtype=str))
    return {"seconds": time.perf_counter() - began, "rows": rows, "peak_memory_mb": _peak_mb()}


def _peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)


def measure(rows: int, growth: bool, folder: Path) -> dict[str, Any]:
    """All figures, each part in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        path = folder / "declarations.csv"
        pool.apply(write_table, (path, rows))
        ours = pool.apply(ingested, (path, folder / "store.db"))
        pandas = pool.apply(read_by_pandas, (path,))
        figures: dict[str, Any] = {
            "rows": int(ours["rows"]),
            "accepted": int(ours["accepted"]),
            "seed": SEED,
            "megabytes": round(path.stat().st_size / 2**20, 1),
            "rows_per_second": round(ours["rows"] / ours["seconds"]),
            "pandas_rows_per_second": round(pandas["rows"] / pandas["seconds"]),
            "peak_memory_mb": {str(rows): ours["peak_memory_mb"]},
            "pandas_peak_memory_mb": {str(rows): pandas["peak_memory_mb"]},
        }
        figures["share_of_pandas"] = round(figures["rows_per_second"] / figures["pandas_rows_per_second"], 4)
        if growth:
            (folder / "store.db").unlink()
            pool.apply(write_table, (path, 10 * rows))
            more = pool.apply(ingested, (path, folder / "large.db"))
            figures["peak_memory_mb"][str(10 * rows)] = more["peak_memory_mb"]
            figures["rows_per_second_tenfold"] = round(more["rows"] / more["seconds"])
            figures["memory_growth"] = round(more["peak_memory_mb"] / ours["peak_memory_mb"], 3)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--no-growth", action="store_true", help="leave the tenfold table out")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        figures = measure(arguments.rows, not arguments.no_growth, Path(folder))
    ours, pandas = figures["rows_per_second"], figures["pandas_rows_per_second"]
    print_line(
        arguments.json, f"{figures['rows']:,} rows ({figures['megabytes']:,} MB) into the store: {ours:,} rows/s"
    )
    print_line(arguments.json, f"pandas.read_csv of the same file, values as text: {pandas:,} rows/s")
    print_line(
        arguments.json, f"peak memory, MB: {figures['peak_memory_mb']}, pandas {figures['pandas_peak_memory_mb']}"
    )
    as_json(figures)


if __name__ == "__main__":
    main()
