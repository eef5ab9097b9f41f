"""Background work of a service: follow what other processes store, and save snapshots of the history."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from features.history.following import Following
from models.assessor import Assessor

log = logging.getLogger("hazlane.serving")

_EVERY_SECONDS: Final = 1.0
# After a failure the pause doubles, up to this.
_LONGEST_PAUSE_SECONDS: Final = 300.0
_POLL_SECONDS: Final = 0.1
_ROOT: Final = Path(__file__).parents[1]


class Upkeep:
    """A background thread of the service. `lock` protects the assessor, which requests change too."""

    def __init__(self, assessor: Assessor, lock: threading.Lock) -> None:
        self._assessor = assessor
        self._lock = lock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._assessor.following.beside = True
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, wait for its end, and save a snapshot, so that the next start is fast."""
        self._stopped.set()
        self._thread.join()
        try:
            with self._lock:
                self._assessor.following.keep_snapshot()
        except Exception:
            log.exception("could not save a snapshot; the next start follows the events since the last one")

    def _run(self) -> None:
        pause = _EVERY_SECONDS
        while not self._stopped.wait(pause):
            try:
                self.once()
                pause = _EVERY_SECONDS
            except Exception:
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                log.exception("could not bring the history up to date with the store; next try in %.0f s", pause)

    def once(self) -> None:
        """Follow the store; rebuild the history, while requests are served, when older history was imported."""
        with self._lock:
            self._assessor.follow()
            following = self._assessor.following
            behind, long, old = following.is_behind, following.is_long, following.wants_snapshot
        if not behind and not old:
            return
        log.info("rebuilding the history" if behind else "saving a snapshot of the history")
        if long and not self._saved_a_snapshot():
            return
        if behind:
            fresh = Following(self._assessor.store)
            fresh.beside = True
            with self._lock:
                fresh.follow(self._assessor.store)
                self._assessor.following = fresh
        else:
            following.snapshot_was_kept()

    def _saved_a_snapshot(self) -> bool:
        """Save a snapshot in a separate process, since this takes minutes of a core and doubles the memory. False if
        the service was stopped meanwhile. Raises RuntimeError if the process failed."""
        # The URL is passed in the environment, since all users of the machine can read the arguments.
        environment = {**os.environ, "HAZLANE_DATABASE_URL": self._assessor.store.url, "PYTHONPATH": str(_ROOT)}
        with subprocess.Popen([sys.executable, "-m", "features.history.following"], env=environment) as process:
            while process.poll() is None:
                if self._stopped.wait(_POLL_SECONDS):
                    process.terminate()
                    return False
        if process.returncode:
            raise RuntimeError(f"The process that saves the snapshot ended with code {process.returncode}.")
        return True
