"""Start the service in one process, without an access log, and print its address when it is ready."""

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
    """Serve until interrupted; call `ready` with the address once the service is ready.

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
        f"The service did not start on {settings.host}:{settings.port}; the cause is logged above.",
        "If the port is taken, set HAZLANE_PORT to another one.",
    )


def server(settings: Settings, ready: Callable[[str], None] = print) -> uvicorn.Server:
    """A server, not started yet: `run()` blocks until `should_exit` is set to True."""
    settings.var.mkdir(parents=True, exist_ok=True)
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    os.environ["BENTOML_HOME"] = str((settings.var / "bentoml").resolve())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_empty(settings.var / "metrics" / str(settings.port)))
    import uvicorn

    from serving import service

    hazlane: Any = service.Hazlane
    hazlane.inner.settings = settings

    class AnnouncingServer(uvicorn.Server):
        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(f"http://{settings.host}:{settings.port}")

    config = uvicorn.Config(
        hazlane.to_asgi(), settings.host, settings.port, log_config=None, access_log=False, lifespan="on"
    )
    return AnnouncingServer(config)


def _empty(folder: Path) -> Path:
    """Empty a folder, or make it: Prometheus would add the counters of an earlier run to those of this one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.resolve()
