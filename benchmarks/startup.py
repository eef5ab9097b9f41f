"""Start of the service: seconds until it answers, and memory, by the number of boxes on record.

    python -m benchmarks.startup [--boxes N,N] [--seed N] [--json]

`python -m cli serve` is started twice over a copy of a simulated port, a fresh process each time: first over a store
that holds no snapshot, as after a migration, then over what the first one left when it was interrupted.
`seconds_to_ready` is that of the second start, from the start of the process until `/readyz` answers 200.
`peak_memory_mb` is the sum of the peaks (VmHWM) of the process and its children until then, and
`peak_memory_mb_with_answer` until a first box has been assessed by the model. `first_start` holds the same of the
first start, `to_first_start` the ratio of the seconds. Beside them, in the same run, a BentoML service that does
nothing (`benchmarks.speed.http_echo`), and `to_bare_bentoml`, the ratio to its seconds. On a machine that does other
work too, read `cpu_seconds_to_ready`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.http import document
from benchmarks.reporting.output import as_json, print_line
from benchmarks.speed.kept_ports import KEPT_PORTS, Port, boxes_of, kept_port
from benchmarks.speed.latency_cases import moved
from benchmarks.speed.processes import Running, free_port, product_environment, running

_READY: Final = "/readyz"


def started(var: Path, body: bytes) -> dict[str, float]:
    """One start of the product over a var folder, and a first box."""
    port = free_port()
    command = [sys.executable, "-m", "cli", "serve"]
    with running(command, product_environment(var, port), port, _READY, var / "log") as service:
        figures = _at_ready(service)
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("POST", "/v1/assessments", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if answer.get("degraded", True):
            raise RuntimeError(f"The first box was not assessed by the model: {str(answer)[:500]}")
        figures["first_answer_ms"] = round(1e3 * (time.perf_counter() - began), 1)
        figures["peak_memory_mb_with_answer"] = service.peak_memory_mb
    return figures


def bare_bentoml(folder: Path) -> dict[str, float]:
    """One start of a BentoML service that does nothing."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.speed.http_echo", str(folder), str(port)]
    with running(command, product_environment(folder), port, _READY, folder / "log") as service:
        return _at_ready(service)


def _at_ready(service: Running) -> dict[str, float]:
    return {
        "seconds_to_ready": round(service.seconds, 2),
        "cpu_seconds_to_ready": round(service.cpu_seconds(), 2),
        "peak_memory_mb": service.peak_memory_mb,
    }


def measured(port: Port) -> tuple[dict[str, float], dict[str, float]]:
    """The first and the second start over a copy of a port."""
    number = 0
    figures = []
    boxes = boxes_of(port.next_boxes.head(10))
    with TemporaryDirectory(dir=KEPT_PORTS) as folder:
        var = Path(folder).resolve()
        port.copied_to(var)
        for number in range(2):
            body = document(moved(boxes[number], datetime.now(UTC), declaration_id=f"START-{number}"))
            figures.append(started(var, json.dumps(body, ensure_ascii=False).encode()))
    return figures[0], figures[1]


def figures_of(
    first: Mapping[int, Mapping[str, float]], second: Mapping[int, Mapping[str, float]], bare: Mapping[str, float]
) -> dict[str, Any]:
    """Figures by number of boxes, and the ratios."""
    seconds = {boxes: one["seconds_to_ready"] for boxes, one in second.items()}
    return {
        "to_first_start": {str(n): seconds[n] / one["seconds_to_ready"] for n, one in first.items()},
        "to_bare_bentoml": {str(n): value / bare["seconds_to_ready"] for n, value in seconds.items()},
        **{name: {str(n): one[name] for n, one in second.items()} for name in next(iter(second.values()))},
        "first_start": {str(n): dict(one) for n, one in first.items()},
        "bare_bentoml": dict(bare),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", default="60000,300000,1000000", help="boxes on record, sizes separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    first: dict[int, dict[str, float]] = {}
    second: dict[int, dict[str, float]] = {}
    ports = [kept_port(int(size), queried.seed) for size in queried.boxes.split(",")]
    with TemporaryDirectory(dir=KEPT_PORTS) as folder:
        bare = bare_bentoml(Path(folder).resolve())
    print_line(queried.json, f"bare BentoML: {_line(bare)}")
    for port in ports:
        first[port.boxes], second[port.boxes] = measured(port)
        print_line(queried.json, f"{port.boxes:,} boxes, no snapshot: {_line(first[port.boxes])}")
        print_line(queried.json, f"{port.boxes:,} boxes, next start: {_line(second[port.boxes])}")
    run = {"boxes": queried.boxes, "seed": queried.seed, "data": "simulated port"}
    as_json({**figures_of(first, second, bare), "run": run})


def _line(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in figures.items())


if __name__ == "__main__":
    main()
