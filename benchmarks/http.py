"""The service over HTTP, beside a bare BentoML service that echoes the same bodies, and a batch of 10,000 boxes.

    python -m benchmarks.http [--boxes N] [--batch N] [--callers N,N] [--seconds S] [--rounds N] [--seed N] [--json]

`python -m cli serve` runs over a copy of a simulated port (100,000 boxes on record, a trained model), the echo beside
it: one process and one worker each, started alike. Callers in a third process send one box after the other, each a
new declaration: of 100 boxes 80 are declared now, 10 at the beginning of the running minute, 10 a minute to a week ago
(`--same-minute`, `--late`). Both services are called in turns, some seconds each, so that both see the same machine.

`p50_to_echo` and `rate_to_echo` are, by the number of callers, the median time of a call over the echo's, and calls
a second over the echo's. `batch_boxes_per_second` is that of one body of JSON Lines, declared in order during the last
day, from the first byte sent until the last byte of the answer; afterwards the assessments in the store are counted.
`cores` is what used the processor meanwhile, in cores: the service, the callers, and everything else on the machine.
On a machine that does other work too, read `cpu_to_echo`, processor time of a call over the echo's, and
`batch_boxes_per_cpu_second`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from benchmarks.reporting.output import as_json, print_line
from benchmarks.speed.http_callers import AT, ID, Called, Job
from benchmarks.speed.kept_ports import KEPT_PORTS, boxes_of, kept_port
from benchmarks.speed.latency_cases import Rows, moved
from benchmarks.speed.processes import ROOT, Running, free_port, machine_cpu_seconds, product_environment, running
from data.records import BOX_COLUMNS, LINE_COLUMNS
from data.store import Store

_SINGLE: Final = "/v1/assessments"
_BATCH: Final = "/v1/assessments/batch"
_READY: Final = "/readyz"
_WARM_SECONDS: Final = 2.0
# The batch is declared during this time before it is sent.
_BATCH_SPAN: Final = timedelta(days=1)


def assessments_stored(var: Path) -> int:
    """How many assessments the store of a var folder holds."""
    store = Store.open(f"sqlite:///{var.resolve() / 'hazlane.db'}")
    try:
        return store.counts()["assessments"]
    finally:
        store.close()


def document(rows: Rows) -> dict[str, Any]:
    """The JSON document of a box: box fields and `line_items`, without what is missing."""
    box = _stated(rows[0], (column.name for column in BOX_COLUMNS))
    return box | {"line_items": [_stated(row, (column.name for column in LINE_COLUMNS)) for row in rows]}


def _stated(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name in names
        if (value := row[name]) is not None
    }


def batch_body(boxes: Sequence[Rows], now: datetime) -> bytes:
    """JSON Lines of boxes, declared in order during the last day, each with a number of its own."""
    step = _BATCH_SPAN / len(boxes)
    documents = (
        document(moved(rows, now - _BATCH_SPAN + step * place, declaration_id=f"BATCH-{place}"))
        for place, rows in enumerate(boxes)
    )
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in documents).encode()


def single_bodies(boxes: Sequence[Rows], now: datetime) -> str:
    """One document a line, with marks where the number and the instant of each call are put in."""
    documents = (document(moved(rows, now)) | {"declaration_id": ID, "declared_at": AT} for rows in boxes)
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in documents)


@dataclass
class Measured:
    """The calls of one service at one number of callers, over all rounds."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    elapsed: float = 0.0
    cpu: dict[str, float] = field(default_factory=lambda: {"service": 0.0, "callers": 0.0, "others": 0.0})

    def add(self, called: Called, service: float, machine: float, elapsed: float) -> None:
        """One round: what the callers saw; processor time of the service and of the whole machine in `elapsed` s."""
        self.milliseconds += called.milliseconds
        self.seconds += called.seconds
        self.elapsed += elapsed
        self.cpu["service"] += service
        self.cpu["callers"] += called.cpu_seconds
        self.cpu["others"] += max(0.0, machine - service - called.cpu_seconds)

    def quantile_ms(self, share: float) -> float:
        """A quantile of the time of a call."""
        return float(np.quantile(self.milliseconds, share))

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.milliseconds) / self.seconds

    @property
    def cores(self) -> dict[str, float]:
        """Processor time by who used it, as a number of cores."""
        return {name: round(used / self.elapsed, 2) for name, used in self.cpu.items()}

    @property
    def cpu_ms(self) -> float:
        """Processor time of the service for one call, milliseconds."""
        return 1e3 * self.cpu["service"] / len(self.milliseconds)


def figures(product: Mapping[int, Measured], echo: Mapping[int, Measured]) -> dict[str, Any]:
    """Ratios by number of callers, and the milliseconds, rates and cores that they are made of."""

    def by_callers(measured: Mapping[int, Measured], share: float) -> dict[str, float]:
        return {str(callers): one.quantile_ms(share) for callers, one in measured.items()}

    return {
        "p50_to_echo": {str(n): one.quantile_ms(0.5) / echo[n].quantile_ms(0.5) for n, one in product.items()},
        "p99_to_echo": {str(n): one.quantile_ms(0.99) / echo[n].quantile_ms(0.99) for n, one in product.items()},
        "cpu_to_echo": {str(n): one.cpu_ms / echo[n].cpu_ms for n, one in product.items()},
        "rate_to_echo": {str(n): one.rate / echo[n].rate for n, one in product.items()},
        "p50_ms": by_callers(product, 0.5),
        "p99_ms": by_callers(product, 0.99),
        "calls_per_second": {str(n): one.rate for n, one in product.items()},
        "echo_p50_ms": by_callers(echo, 0.5),
        "echo_p99_ms": by_callers(echo, 0.99),
        "echo_calls_per_second": {str(n): one.rate for n, one in echo.items()},
        "calls": {str(n): len(one.milliseconds) for n, one in product.items()},
        "cores": {f"{n} callers": one.cores for n, one in product.items()}
        | {f"{n} callers of the echo": one.cores for n, one in echo.items()},
    }


def call(job: Job, service: Running, measured: Measured) -> None:
    """Let callers run a job against a service. Raises RuntimeError when one call was refused."""
    began, machine, own = time.perf_counter(), machine_cpu_seconds(), service.cpu_seconds()
    command = [sys.executable, "-m", "benchmarks.speed.http_callers"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(asdict(job)), text=True, capture_output=True, check=True)
    found = Called(**json.loads(done.stdout))
    if found.refused:
        raise RuntimeError(f"{found.refused} of {len(found.milliseconds)} calls were refused: {found.first_refusal}")
    elapsed = time.perf_counter() - began
    measured.add(found, service.cpu_seconds() - own, machine_cpu_seconds() - machine, elapsed)


def batch(body: bytes, boxes: int, service: Running, var: Path) -> dict[str, float]:
    """Send one batch; boxes a second. Raises RuntimeError when not every box was answered and stored."""
    before, own, machine = assessments_stored(var), service.cpu_seconds(), machine_cpu_seconds()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=3_600)
    began = time.perf_counter()
    connection.request("POST", _BATCH, body, {"Content-Type": "application/jsonl"})
    answer = connection.getresponse()
    lines = answer.read().splitlines()
    seconds = time.perf_counter() - began
    connection.close()
    own, machine = service.cpu_seconds() - own, machine_cpu_seconds() - machine
    stored = assessments_stored(var) - before
    answered = sum("assessment" in json.loads(line) for line in lines)
    if (answered, stored) != (boxes, boxes):
        reported = lines[0][:500].decode(errors="replace") if lines else ""
        raise RuntimeError(
            f"Of {boxes} boxes {answered} were answered and {stored} stored ({answer.status}): {reported}"
        )
    return {
        "batch_boxes_per_second": boxes / seconds,
        "batch_boxes_per_cpu_second": boxes / own,
        "batch_cores_of_the_service": round(own / seconds, 2),
        "batch_cores_of_others": round((machine - own) / seconds, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=100_000, help="boxes on record")
    parser.add_argument("--batch", type=int, default=10_000, help="boxes of the batch; 12,000 at most")
    parser.add_argument("--callers", default="1,4,16")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each service in each round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--same-minute", type=int, default=10, help="of 100 boxes")
    parser.add_argument("--late", type=int, default=10, help="of 100 boxes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    callers = [int(number) for number in queried.callers.split(",")]
    port = kept_port(queried.boxes, queried.seed)
    boxes = boxes_of(port.next_boxes)
    with TemporaryDirectory(dir=KEPT_PORTS) as folder:
        var, bare = Path(folder).resolve() / "var", Path(folder).resolve() / "echo"
        port.copied_to(var)
        bodies = var / "bodies.jsonl"
        bodies.write_text(single_bodies(boxes, datetime.now(UTC)), encoding="utf-8")
        product: dict[int, Measured] = {number: Measured() for number in callers}
        echo: dict[int, Measured] = {number: Measured() for number in callers}
        serve, echoing = (free_port(), free_port())
        with (
            running(
                [sys.executable, "-m", "cli", "serve"], product_environment(var, serve), serve, _READY, var / "log"
            ) as service,
            running(
                [sys.executable, "-m", "benchmarks.speed.http_echo", str(bare), str(echoing)],
                product_environment(bare), echoing, _READY, var / "echo.log",
            ) as echoed,
        ):  # fmt: skip
            services = ((service, product), (echoed, echo))
            mix = {"same_minute": queried.same_minute, "late": queried.late}
            found = batch(batch_body(boxes[: queried.batch], datetime.now(UTC)), queried.batch, service, var)
            for reported in found.items():
                print_line(queried.json, "{} {:,.2f}".format(*reported))
            for one, _ in services:
                call(Job(one.port, _SINGLE, str(bodies), 1, _WARM_SECONDS, "WARM", **mix), one, Measured())
            for number in callers:
                for turn in range(queried.rounds):
                    for one, measured in services if turn % 2 else reversed(services):
                        job = Job(
                            one.port, _SINGLE, str(bodies), number, queried.seconds, f"ROUND-{number}-{turn}", **mix
                        )
                        call(job, one, measured[number])
                print_line(queried.json, summary_line(number, product[number], echo[number]))
            found["peak_memory_mb"] = service.peak_memory_mb
    run = {name: value for name, value in vars(queried).items() if name != "json"}
    as_json({**figures(product, echo), **found, "run": {**run, "data": "simulated port"}})


def summary_line(callers: int, product: Measured, echo: Measured) -> str:
    """One line for people."""
    p50, rate = product.quantile_ms(0.5) / echo.quantile_ms(0.5), product.rate / echo.rate
    return (
        f"{callers} caller(s): p50 {p50:.1f} x the echo ({product.quantile_ms(0.5):.1f} ms, "
        f"p99 {product.quantile_ms(0.99):.1f} ms), rate {rate:.2f} x ({product.rate:.0f} a second), "
        f"processor time {product.cpu_ms / echo.cpu_ms:.1f} x ({product.cpu_ms:.1f} ms); "
        f"cores {product.cores}, of the echo {echo.cores}"
    )


if __name__ == "__main__":
    main()
