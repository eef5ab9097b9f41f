"""The kernel of the decayed counters beside polars and DuckDB, which do the same on the same rows, one thread each.

    python -m benchmarks.history_kernel [--rows N] [--duckdb-rows N] [--rounds N] [--seed N] [--json]

Rows are the boxes of a simulated port in order of declaration, with 30 entities (parties, goods, places and pairs of
them) and 25 amounts. For each row and entity, each amount's sum over all strictly earlier rows of the entity is wanted,
decayed exponentially with the half-lives of the product. polars and DuckDB do it by weighted running sums and an asof
join; a sample of the rows is compared, and must agree within 1e-9. `kernel_to_polars` and `kernel_to_duckdb` are ratios
of rows a second of processor time. polars alternates with the kernel, medians of the rounds; DuckDB runs once, on the
first `--duckdb-rows` rows, and the kernel again on the same.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from statistics import median
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.reporting.output import as_json, print_line
from features.history.counters import DECAY_PER_US, DecayedCounters

ENTITIES: Final[tuple[tuple[str, ...], ...]] = (
    (), ("shipper_id",), ("consignee_id",), ("forwarder_id",), ("packer_id",), ("declarant_id",), ("carrier_id",),
    ("un_no",), ("hs_code",), ("description",), ("load_port", "discharge_port"), ("discharge_port",), ("terminal",),
    ("vessel_imo",), ("emergency_phone",), ("shipper_phone",), ("shipper_address",), ("shipper_name",),
    ("shipper_id", "un_no"), ("shipper_id", "hazard_class"), ("shipper_id", "discharge_port"),
    ("shipper_id", "packer_id"), ("packer_id", "hazard_class"), ("packer_id", "un_no"),
    ("forwarder_id", "load_port", "discharge_port"), ("forwarder_id", "discharge_port"), ("un_no", "discharge_port"),
    ("shipper_id", "shipper_phone"), ("shipper_id", "shipper_address"), ("shipper_id", "shipper_name"),
)  # fmt: skip
"""The columns that name each entity; none: the whole port."""
TOLERANCE: Final = 1e-9
# Rows whose sums are compared.
_COMPARED: Final = 5_000
# Rows read at once: their profiles take 6 kB a row.
CHUNK: Final = 20_000
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """n rows in order of time: `times` (n,) microseconds, `keys` (n, entities), 0 for nobody, `amounts` (n, sums)."""

    times: NDArray[np.int64]
    keys: NDArray[np.int64]
    amounts: Numbers

    def __len__(self) -> int:
        return len(self.times)

    def first(self, count: int) -> Rows:
        """The first rows."""
        return Rows(self.times[:count], self.keys[:count], self.amounts[:count])


# The product, through this function alone.
def by_kernel(rows: Rows, chosen: NDArray[np.int64], chunk: int = CHUNK) -> tuple[float, Numbers]:
    """Seconds of processor time that the kernel takes for all rows, and the sums (chosen, entities, sums) of some."""
    ledger, seconds = DecayedCounters(), 0.0
    sums = np.empty((len(chosen), rows.keys.shape[1], rows.amounts.shape[1]))
    for part in _chunks(rows.times, chunk):
        reads = np.arange(part.stop - part.start)
        begun = time.process_time()
        profiles = ledger.replay(rows.times[part], rows.keys[part], rows.amounts[part], reads)
        seconds += time.process_time() - begun
        here = (chosen >= part.start) & (chosen < part.stop)
        sums[here] = profiles.sums[chosen[here] - part.start]
    return seconds, sums


def _chunks(times: NDArray[np.int64], chunk: int) -> Iterator[slice]:
    """Parts of the rows, none of which ends within an instant: rows of one instant do not see each other."""
    begin = 0
    while begin < len(times):
        end = min(begin + chunk, len(times))
        end = int(np.searchsorted(times, times[end - 1], side="right"))
        yield slice(begin, end)
        begin = end


def by_polars(rows: Rows, chosen: NDArray[np.int64]) -> tuple[float, Numbers]:
    """As `by_kernel`: amounts weighted by growth since the first instant, running sums, the last earlier one joined."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    polars = _installed("polars")
    if polars.thread_pool_size() != 1:
        raise RuntimeError("polars was imported before with more than one thread.")
    names = _names(rows)
    since = rows.times - rows.times[0]
    table = polars.DataFrame(
        {"time": since, **{name: rows.amounts[:, place] for place, name in enumerate(names)}}
    ).with_row_index("row")
    rates = dict(zip(names, DECAY_PER_US.tolist(), strict=True))
    weights = {rate: f"weight{place}" for place, rate in enumerate(dict.fromkeys(rates.values()))}
    growing = [(polars.col("time") * rate).exp().alias(weight) for rate, weight in weights.items()]
    running = [
        (polars.col(name) * polars.col(weights[rate])).cum_sum().over("key").alias(name) for name, rate in rates.items()
    ]
    decayed = [
        (polars.col(f"{name}_right").fill_null(0.0) / polars.col(weights[rate])).alias(name)
        for name, rate in rates.items()
    ]
    sums = np.zeros((len(chosen), rows.keys.shape[1], len(names)))
    seconds = 0.0
    for entity in range(rows.keys.shape[1]):
        begun = time.process_time()
        known = table.with_columns(polars.Series("key", rows.keys[:, entity])).filter(polars.col("key") != 0)
        known = known.with_columns(growing)
        totals = known.select("key", "time", *running)
        reported = known.join_asof(
            totals, on="time", by="key", strategy="backward", allow_exact_matches=False, check_sortedness=False
        ).select("row", *decayed)
        seconds += time.process_time() - begun
        _place(sums[:, entity], chosen, reported["row"].to_numpy(), reported.select(names).to_numpy())
    return seconds, sums


def by_duckdb(rows: Rows, chosen: NDArray[np.int64]) -> tuple[float, Numbers]:
    """As `by_polars`, in SQL; a window over the earlier rows (RANGE) takes twice as long as the asof join."""
    connection = _installed("duckdb").connect()
    connection.execute("SET threads = 1")
    names = _names(rows)
    rates = dict(zip(names, DECAY_PER_US.tolist(), strict=True))
    running = ", ".join(f"sum({name} * exp(time * {rate!r})) OVER up_to AS {name}" for name, rate in rates.items())
    decayed = ", ".join(f"coalesce(t.{name}, 0) / exp(f.time * {rate!r}) AS {name}" for name, rate in rates.items())
    query = f"""
        WITH running AS (
            SELECT key, time, row_number() OVER (PARTITION BY key, time ORDER BY number DESC) AS place, {running}
            FROM facts WINDOW up_to AS (PARTITION BY key ORDER BY number ROWS UNBOUNDED PRECEDING)
        ), totals AS (SELECT * FROM running WHERE place = 1)
        SELECT f.number, {decayed} FROM facts AS f ASOF LEFT JOIN totals AS t ON f.key = t.key AND f.time > t.time
    """
    frame = pd.DataFrame(rows.amounts, columns=names)
    frame["time"], frame["number"] = rows.times - rows.times[0], np.arange(len(rows))
    sums = np.zeros((len(chosen), rows.keys.shape[1], len(names)))
    seconds = 0.0
    for entity in range(rows.keys.shape[1]):
        frame["key"] = rows.keys[:, entity]
        connection.register("given", frame)
        connection.execute("CREATE OR REPLACE TABLE facts AS SELECT * FROM given WHERE key <> 0")
        begun = time.process_time()
        reported = connection.execute(query).fetchnumpy()
        seconds += time.process_time() - begun
        values = np.stack([np.asarray(reported[name]) for name in names], axis=1)
        _place(sums[:, entity], chosen, np.asarray(reported["number"]), values)
    connection.close()
    return seconds, sums


def _names(rows: Rows) -> list[str]:
    return [f"sum{place}" for place in range(rows.amounts.shape[1])]


def _place(sums: Numbers, chosen: NDArray[np.int64], numbers: NDArray[np.int64], values: Numbers) -> None:
    """Write what was found for the numbered rows to the chosen ones."""
    order = np.argsort(numbers, kind="stable")
    at = np.searchsorted(numbers[order], chosen)
    there = (at < len(numbers)) & (numbers[order][np.minimum(at, len(numbers) - 1)] == chosen)
    sums[there] = values[order[at[there]]]


def _installed(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise SystemExit(f"{name} is not installed. `make bench` installs what the benchmarks stand beside.") from error


def differing(ours: Numbers, theirs: Numbers) -> float:
    """The largest difference, as a share of the value where that is above 1."""
    return float((np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours))).max(initial=0.0))


def simulated(rows: int, seed: int) -> Rows:
    """Rows of a simulated port with that many boxes; amounts are drawn: the first is 1, the others seldom not 0."""
    from data.simulator import simulate

    table = simulate(boxes=rows, days=730, seed=seed).declarations
    table = table.drop_duplicates(["declaration_id", "box_no", "amendment_no"]).sort_values(
        "declared_at", kind="stable"
    )
    table = table.head(rows)
    times = table["declared_at"].dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    keys = np.stack([keys_of(table, columns) for columns in ENTITIES], axis=1)
    random = np.random.default_rng(seed)
    amounts = random.gamma(2.0, 1.0, (len(table), len(DECAY_PER_US))) * (random.random((len(table), 1)) < 0.2)
    amounts[:, 0] = 1.0
    # The kernel reads in the order of the rows: a microsecond between them makes that the order of time for all.
    times = times + np.arange(len(times))
    return Rows(times, np.ascontiguousarray(keys), np.ascontiguousarray(amounts))


def keys_of(table: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """Keys (n,) of what some columns name together; 0 where one of them is missing."""
    if not columns:
        return np.ones(len(table), dtype=np.int64)
    # One table holds all entities: the same text as another kind of party is another key.
    kind = np.uint64(int.from_bytes(blake2b(" ".join(columns).encode(), digest_size=8).digest()))
    hashed = (pd.util.hash_pandas_object(table[list(columns)], index=False).to_numpy() ^ kind).astype(np.int64)
    named = table[list(columns)].notna().all(axis=1).to_numpy()
    return np.where(named, np.where(hashed == 0, 1, hashed), 0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=458_000)
    parser.add_argument("--duckdb-rows", type=int, default=458_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    rows = simulated(queried.rows, queried.seed)
    chosen = np.sort(np.random.default_rng(queried.seed).choice(len(rows), min(_COMPARED, len(rows)), replace=False))
    by_kernel(rows.first(CHUNK), chosen[:0])
    ours, theirs, difference = [], [], 0.0
    for _ in range(queried.rounds):
        seconds, sums = by_kernel(rows, chosen)
        ours.append(len(rows) / seconds)
        seconds, reported = by_polars(rows, chosen)
        theirs.append(len(rows) / seconds)
        difference = max(difference, differing(sums, reported))
    some = rows.first(queried.duckdb_rows)
    few = chosen[chosen < len(some)]
    kernel_seconds, sums = by_kernel(some, few)
    seconds, reported = by_duckdb(some, few)
    difference = max(difference, differing(sums, reported))
    if difference > TOLERANCE:
        raise SystemExit(f"The sums differ by {difference:.2e}, more than {TOLERANCE}: they are not of the same thing.")
    figures = {
        "kernel_to_polars": median(ours) / median(theirs),
        "kernel_to_duckdb": seconds / kernel_seconds,
        "rows_per_second": {
            "kernel": round(median(ours)), "polars": round(median(theirs)), "duckdb": round(len(some) / seconds)
        },
        "largest_difference": f"{difference:.1e}",
    }  # fmt: skip
    print_line(queried.json, ", ".join(f"{name} {value}" for name, value in figures.items()))
    run = {"rows": len(rows), "duckdb_rows": len(some), "rounds": queried.rounds, "seed": queried.seed}
    run |= {"entities": rows.keys.shape[1], "sums": rows.amounts.shape[1], "data": "simulated port"}
    as_json({**figures, "run": run})


if __name__ == "__main__":
    main()
