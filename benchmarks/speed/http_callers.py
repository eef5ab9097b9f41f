"""Callers of a service: each sends a box, waits for the answer and sends the next, over a connection of its own.

A process of its own, so that it does not share an interpreter with what it measures; sockets and bytes only, so that
it costs little beside the service. `python -m benchmarks.speed.http_callers` reads a job (JSON) on standard input and
prints the times (JSON) on standard output.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

ID: Final = "@DECLARATION@"
AT: Final = "@DECLARED@"
"""What stands in a body for the number of the declaration and for its instant: both are new in each call."""
_HEAD: Final = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)
_LEAST_LATE: Final = timedelta(minutes=1)
_MOST_LATE: Final = timedelta(days=7)


@dataclass(frozen=True)
class Job:
    """What callers do for some seconds. Of each 100 boxes, `same_minute` are declared at the beginning of the running
    minute, `late` a minute to a week ago, the others now. `first` numbers the first declaration."""

    port: int
    path: str
    bodies: str
    callers: int
    seconds: float
    name: str
    same_minute: int = 10
    late: int = 10


@dataclass(frozen=True)
class Called:
    """What came of it: milliseconds of each call, how many were not answered with success, what the callers cost."""

    milliseconds: list[float]
    refused: int
    first_refusal: str
    seconds: float
    cpu_seconds: float


def declared_at(number: int, now: datetime, same_minute: int, late: int) -> datetime:
    """The instant of the numbered box: kinds are spread evenly, how late a box is by golden-ratio steps in log time."""
    # 37 has no common factor with 100: kinds alternate instead of coming in runs.
    place = number * 37 % 100
    if place < same_minute:
        return now.replace(second=0, microsecond=0)
    if place < same_minute + late:
        share = number * 0.6180339887498949 % 1
        return now - _LEAST_LATE * math.exp(share * math.log(_MOST_LATE / _LEAST_LATE))
    return now


def called(job: Job) -> Called:
    """Run the job."""
    return asyncio.run(_called(job))


async def _called(job: Job) -> Called:
    bodies = Path(job.bodies).read_text(encoding="utf-8").splitlines()
    numbers = iter(range(10**9))
    milliseconds: list[float] = []
    refusals: list[str] = []
    began, cpu = time.perf_counter(), time.process_time()
    callers = (_caller(job, bodies, numbers, milliseconds, refusals, began + job.seconds) for _ in range(job.callers))
    await asyncio.gather(*callers)
    seconds = time.perf_counter() - began
    return Called(milliseconds, len(refusals), refusals[0] if refusals else "", seconds, time.process_time() - cpu)


async def _caller(
    job: Job, bodies: list[str], numbers: Iterator[int], milliseconds: list[float], refusals: list[str], until: float
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", job.port, limit=2**22)
    while time.perf_counter() < until:
        number = next(numbers)
        instant = declared_at(number, datetime.now(UTC), job.same_minute, job.late)
        text = bodies[number % len(bodies)].replace(ID, f"{job.name}-{number}").replace(AT, instant.isoformat())
        body = text.encode()
        head = _HEAD.format(path=job.path, length=len(body))
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        status, answer = await _answer(reader)
        milliseconds.append((time.perf_counter() - begun) * 1e3)
        if status >= 300:
            refusals.append(f"{status} {answer[:500].decode(errors='replace')}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one HTTP/1.1 answer, of known length or in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" not in head:
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return status, await reader.readexactly(length)
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return status, body


if __name__ == "__main__":
    print(json.dumps(asdict(called(Job(**json.load(sys.stdin))))))
