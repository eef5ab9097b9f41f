"""Start the service: one process, quiet, and its address printed when it answers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any

from data.errors import NotReady
from data.settings import Settings

if TYPE_CHECKING:
    import uvicorn


def serve(settings: Settings, ready: Callable[[str], None] = print) -> None:
    """Serve until interrupted; calls `ready` with the address once the service answers.

    Raises NotReady when it cannot start: the port is taken, the store or the model cannot be opened.
    """
    running = server(settings, ready)
    try:
        running.run()
    except KeyboardInterrupt:
        return
    except SystemExit as error:
        raise _not_started(settings) from error
    if not running.started:
        raise _not_started(settings)


def _not_started(settings: Settings) -> NotReady:
    return NotReady(
        f"The service did not start on {settings.host}:{settings.port}; the cause stands above.",
        "Is the port taken? Set HAZLANE_PORT to another one.",
    )


def server(settings: Settings, ready: Callable[[str], None] = print) -> uvicorn.Server:
    """A server that has not started yet: `run()` blocks, `should_exit = True` ends it."""
    settings.var.mkdir(parents=True, exist_ok=True)
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    os.environ["BENTOML_HOME"] = str((settings.var / "bentoml").resolve())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_empty(settings.var / "metrics" / str(settings.port)))
    import uvicorn

    from serving import service

    hazlane: Any = service.Hazlane
    hazlane.inner.settings = settings

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(f"http://{settings.host}:{settings.port}")

    config = uvicorn.Config(
        hazlane.to_asgi(), settings.host, settings.port, log_config=None, access_log=False, lifespan="on"
    )
    return Announced(config)


def _empty(folder: Path) -> Path:
    """An empty folder: counters of an earlier run would be added to those of this one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.resolve()
