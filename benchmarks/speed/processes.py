"""Processes that a benchmark starts and measures: until they answer, their peak memory, their share of the cores."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_POLL_S: Final = 0.02
_PATIENCE_S: Final = 1_800.0
_STOP_S: Final = 120.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def product_environment(var: Path, port: int | None = None) -> dict[str, str]:
    """The environment of the product's own process: a var folder, a salt, and for all else the defaults of
    the product and of Python, which keeps compiled code for the next start."""
    left_out = ("HAZLANE_", "OMP_", "PYTHONDONTWRITEBYTECODE")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    own = {"HAZLANE_VAR": str(var.resolve()), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return plain | own | {"HAZLANE_SELECTION_SALT": "benchmark"} | ({"HAZLANE_PORT": str(port)} if port else {})


@dataclass
class Running:
    """A process that answers HTTP. `seconds` from its start to its first answer at the path that was polled."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float = 0.0
    _peaks_kb: dict[int, int] = field(default_factory=dict)

    def watch(self) -> None:
        """Note the peak memory of the process and of its children that are there now."""
        for pid in _family(self.process.pid):
            self._peaks_kb[pid] = max(self._peaks_kb.get(pid, 0), _peak_kb(pid))

    @property
    def peak_memory_mb(self) -> float:
        """Sum of the peaks (VmHWM) of the process and of every child that was seen, MB."""
        self.watch()
        return round(sum(self._peaks_kb.values()) / 1024, 1)

    def cpu_seconds(self) -> float:
        """Processor time of the process and its children so far."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid))


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], port: int, path: str, log: Path
) -> Iterator[Running]:
    """Start a service, wait until GET `path` answers 200, and end it afterwards by an interrupt, as an officer would.

    Raises RuntimeError with the end of its log when it ends before, or does not answer in half an hour.
    """
    if sys.platform != "linux":
        raise RuntimeError("Memory and processor time of other processes are read from /proc: run this on Linux.")
    began = time.perf_counter()
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        service = Running(process, port)
        try:
            while not _answers(port, path):
                service.watch()
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE_S:
                    raise RuntimeError(f"{' '.join(command)} did not answer:\n{log.read_text()[-2000:]}")
                time.sleep(_POLL_S)
            service.seconds = time.perf_counter() - began
            service.watch()
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def machine_cpu_seconds() -> float:
    """Processor time that all processes of this machine have used so far; waiting for disks is not counted."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, softirq))) / _TICKS


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _family(pid: int) -> list[int]:
    """A process and all its descendants that are there now."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Of the process itself, and of its children that have ended.
    return sum(map(int, fields[11:15])) / _TICKS
