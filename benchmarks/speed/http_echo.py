"""A bare BentoML service that answers a JSON body with itself, started as `serving.run` starts the product's.

    python -m benchmarks.speed.http_echo FOLDER PORT

One process, one worker, no access log; FOLDER takes what BentoML writes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import uvicorn


def application() -> Any:
    """The ASGI application; the environment must be set before."""
    import bentoml

    @bentoml.service(name="echo", workers=1, traffic={"timeout": 600}, logging={"access": {"enabled": False}})
    class Echo:
        @bentoml.api(route="/v1/assessments")  # type: ignore[untyped-decorator]
        async def echo(self, box: dict[str, Any], /) -> dict[str, Any]:
            """The same box."""
            return box

    service: Any = Echo
    return service.to_asgi()


def main() -> None:
    """Serve until interrupted."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    (folder / "metrics").mkdir(parents=True, exist_ok=True)
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    os.environ["BENTOML_HOME"] = str(folder / "bentoml")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "metrics")
    config = uvicorn.Config(application(), "127.0.0.1", port, log_config=None, access_log=False, lifespan="on")
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
