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
        self._assessor.beside = True
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and wait for its end."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY_SECONDS):
            try:
                self.once()
            except Exception:
                log.exception("could not bring the history up to date with the store")

    def once(self) -> None:
        """Follow the store; rebuild the history, while requests are served, when older history was imported."""
        with self._lock:
            self._assessor.follow()
            behind, old = self._assessor.following.is_behind, self._assessor.following.wants_snapshot
        if not behind and not old:
            return
        log.info("rebuilding the history" if behind else "saving a snapshot of the history")
        if old or self._assessor.following.is_long:
            # A separate process, since this takes minutes of a core and doubles the memory. The URL is passed in the
            # environment, since all users of the machine can read the arguments.
            environment = {**os.environ, "HAZLANE_DATABASE_URL": self._assessor.store.url, "PYTHONPATH": str(_ROOT)}
            subprocess.run([sys.executable, "-m", "features.history.following"], env=environment, check=True)
        if behind:
            fresh = Following(self._assessor.store)
            with self._lock:
                fresh.follow(self._assessor.store)
                self._assessor.following = fresh
        else:
            self._assessor.following.snapshot_was_kept()
