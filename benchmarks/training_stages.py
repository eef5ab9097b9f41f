"""Training by stage: seconds, processor time and peak memory, beside LightGBM alone and the figures of before.

    python -m benchmarks.training_stages [--boxes N,N] [--threads N] [--seed N] [--json]

`hazlane train` runs on the store of a simulated port, with evaluation on its last quarter and training, in a fresh
process for each size. `stages` has, by number of boxes and stage, the seconds and the processor time within the stage
but not within a stage that it calls, the seconds with those, the calls, and the most memory (RSS) the process took
meanwhile. `total_to_boosting` is all processor time over that of `lightgbm.train` in the same run. `before` holds the
figures of the code before issue 13, and `to_before` the ratios to them. On a machine that does other work too, read
the processor time.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.reporting.output import as_json, print_line
from benchmarks.speed.kept_ports import KEPT_PORTS, kept_port

STAGES: Final = (
    ("reading", "data.store.store:Store.boxes_between"),
    ("reading", "data.store.store:Store.inspections"),
    ("reading columns", "features.history.recorded_boxes:recorded_boxes"),
    ("filling", "data.record.declarations:filled"),
    ("columns", "features.columns:columns_of_frame"),
    ("checking", "features.checks.stage:check"),
    ("keys", "features.boxes:_keys"),
    ("log", "features.history.state:log_of"),
    ("labels", "training.fitting.labels:labels_known"),
    ("replay", "training.dataset:Dataset.prepare"),
    ("features", "features.definitions.catalogue:matrix"),
    ("selection weights", "training.fitting.sample_weights:sample_weights"),
    ("boosting", "lightgbm:train"),
    ("calibration", "training.fitting.calibration:calibrated"),
    ("evaluation", "training.evaluation.evaluate:evaluate"),
    ("evaluation", "training.evaluation.evaluate:summary"),
    ("plots", "training.evaluation.plots:write_plots"),
    ("registering", "models.scoring.registry:Registry.register"),
)
"""What is timed: the stage, and the function or method that is it. This table is all that is known of the product,
beside `trained`."""
BEFORE: Final = Path(__file__).with_name("training_stages_before.json")
REST: Final = "rest"
TOTAL: Final = "total"
_OURS: Final = ("data", "features", "models", "training", "lightgbm")
_SAMPLE_S: Final = 0.01


def trained(var: Path, seed: int, threads: int) -> None:
    """What `hazlane train` does over the store of a var folder."""
    from data.settings import Settings
    from training.train import stored_dataset, train

    settings = Settings(var=var, seed=seed, threads=threads)
    train(settings, stored_dataset(settings))


@dataclass
class Stage:
    """What a stage took: its own seconds and processor time, seconds with the stages it calls, calls, peak memory."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    seconds_with_inner: float = 0.0
    calls: int = 0
    peak_memory_mb: float = 0.0


@dataclass
class Stages:
    """A clock that is always within one stage: the innermost that is running."""

    now: Callable[[], tuple[float, float]] = lambda: (time.perf_counter(), time.process_time())
    taken: dict[str, Stage] = field(default_factory=dict)
    _running: list[str] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Count what runs inside for a stage."""
        began = self._switch()
        outermost = name not in self._running
        self._running.append(name)
        stage = self.taken.setdefault(name, Stage())
        stage.calls += 1
        try:
            yield
        finally:
            ended = self._switch()
            self._running.pop()
            if outermost:
                stage.seconds_with_inner += ended[0] - began[0]

    def _switch(self) -> tuple[float, float]:
        """Give the time since the last switch to the stage that was running."""
        now = self.now()
        if self._running:
            stage = self.taken[self._running[-1]]
            stage.seconds += now[0] - self._since[0]
            stage.cpu_seconds += now[1] - self._since[1]
        self._since = now
        return now

    def saw_memory(self, megabytes: float) -> None:
        """Note the memory that the process takes now."""
        if running := self._running[-1:]:
            stage = self.taken[running[0]]
            stage.peak_memory_mb = max(stage.peak_memory_mb, megabytes)


def timed(stages: Stages) -> None:
    """Have every function of `STAGES` counted, wherever one of our modules holds it.

    Raises LookupError when one is not there: the table must follow the product.
    """
    for name, place in STAGES:
        module, _, path = place.partition(":")
        *owners, attribute = path.split(".")
        try:
            owner = functools.reduce(getattr, owners, import_module(module))
            original = getattr(owner, attribute)
        except (ImportError, AttributeError) as error:
            raise LookupError(f"The stage {name!r} is not at {place}: correct STAGES in {__file__}.") from error
        counted = _counted(stages, name, original)
        setattr(owner, attribute, counted)
        for other in [found for key, found in sys.modules.items() if key.split(".")[0] in _OURS]:
            for known in [key for key, value in vars(other).items() if value is original]:
                setattr(other, known, counted)


def _counted(stages: Stages, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def counted(*arguments: Any, **named: Any) -> Any:
        # Another thread has a clock of its own, which is not kept here.
        if threading.current_thread() is not threading.main_thread():
            return original(*arguments, **named)
        with stages.within(name):
            return original(*arguments, **named)

    return counted


def measured(var: Path, seed: int, threads: int) -> dict[str, dict[str, float]]:
    """One training in this process, which should be a fresh one: figures by stage, and in total."""
    import training.train  # noqa: F401  (every module that holds a stage must be there before it is replaced)

    stages, done = Stages(), threading.Event()
    timed(stages)

    def look() -> None:
        while not done.wait(_SAMPLE_S):
            stages.saw_memory(_memory_mb("VmRSS"))

    sampler = threading.Thread(target=look, daemon=True)
    sampler.start()
    with stages.within(REST):
        trained(var, seed, threads)
    done.set()
    sampler.join()
    return figures(stages.taken, _memory_mb("VmHWM"))


def figures(taken: Mapping[str, Stage], peak_memory_mb: float) -> dict[str, dict[str, float]]:
    """Figures by stage, in the order of the table, and in total."""
    order = [*dict.fromkeys(name for name, _ in STAGES), REST]
    reported = {
        name: {key: round(value, 2) for key, value in vars(taken[name]).items()} for name in order if name in taken
    }
    reported[TOTAL] = {
        "seconds": round(sum(stage.seconds for stage in taken.values()), 2),
        "cpu_seconds": round(sum(stage.cpu_seconds for stage in taken.values()), 2),
        "seconds_with_inner": round(taken[REST].seconds_with_inner, 2),
        "calls": 1,
        "peak_memory_mb": round(peak_memory_mb, 2),
    }
    return reported


def to_before(now: Mapping[str, Mapping[str, float]], before: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Ratios of the totals to those before."""
    return {name: now[TOTAL][name] / before[TOTAL][name] for name in ("seconds", "cpu_seconds", "peak_memory_mb")}


def _memory_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(f"{name}:"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", default="45000,200000", help="boxes on record, sizes separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=1, help="more wait for each other on a busy machine, busily")
    queried = parser.parse_args()
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(queried.threads))
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    stages: dict[str, dict[str, dict[str, float]]] = {}
    for size in queried.boxes.split(","):
        port = kept_port(int(size), queried.seed, model=False)
        with (
            TemporaryDirectory(dir=KEPT_PORTS) as var,
            multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
        ):
            port.copied_to(Path(var))
            stages[size] = pool.apply(measured, (Path(var), queried.seed, queried.threads))
        for name, row in stages[size].items():
            print_line(queried.json, f"{int(size):>9,} {name:18}" + ", ".join(f"{key} {row[key]:,}" for key in row))
    as_json(
        {
            "total_to_boosting": {
                size: one[TOTAL]["cpu_seconds"] / one["boosting"]["cpu_seconds"] for size, one in stages.items()
            },
            "to_before": {
                size: to_before(one, before["stages"][size]) for size, one in stages.items() if size in before["stages"]
            },
            "stages": stages,
            "before": before,
            "run": {"boxes": queried.boxes, "seed": queried.seed, "threads": queried.threads, "data": "simulated port"},
        }
    )


if __name__ == "__main__":
    main()
