"""Fixtures: one real service for all tests of this folder, in its own process, with its own store and loopback port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.store import Store

ROOT = Path(__file__).parents[2]
START = "from data.settings import settings; from serving.run import serve; serve(settings())"


@dataclass(frozen=True)
class Service:
    """A running service, a client of it, and the store it writes to."""

    url: str
    client: httpx.Client
    store: Store


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def free_port() -> int:
    """A loopback port on which nothing listens."""
    return _free_port()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    var = tmp_path_factory.mktemp("var")
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HAZLANE_")},
        "HAZLANE_VAR": str(var),
        "HAZLANE_PORT": str(port),
        "HAZLANE_SELECTION_SALT": "a salt of the tests",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
    }
    with (
        (var / "log").open("w+") as log,
        subprocess.Popen(
            [sys.executable, "-c", START], env=environment, cwd=var, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            if not url:
                pytest.fail(f"the service did not start:\n{(var / 'log').read_text()}")
            store = Store.open(f"sqlite:///{var / 'hazlane.db'}")
            with httpx.Client(base_url=url, timeout=60) as client:
                yield Service(url, client, store)
            store.close()
        finally:
            process.terminate()


_numbers = count(1)


@pytest.fixture
def new_box() -> Callable[..., dict[str, Any]]:
    """A function that makes box documents, each with a new declaration."""
    return box


def box(**changes: Any) -> dict[str, Any]:
    number = next(_numbers)
    document = {
        "declaration_id": f"DLC2026-{number:06d}",
        "box_no": f"MSKU{number:07d}",
        "declared_at": "2026-03-01T08:30:00Z",
        "flow": "export",
        "load_port": "CNDLC",
        "discharge_port": "NLRTM",
        "terminal": "DCT",
        "loading_at": "2026-03-04T16:00:00Z",
        "vgm_kg": 20450,
        "weighed_kg": 22900,
        "shipper_id": "91210200MA0AAAA00X",
        "shipper_name": "大连海润化工有限公司",
        "packer_name": "Dalian Bonded Zone Packing Station",
        "line_items": [
            {"un_no": "2880", "hazard_class": "5.1", "packing_group": "II", "shipping_name": "CALCIUM HYPOCHLORITE",
             "net_mass_kg": 17000, "gross_mass_kg": 18250, "package_count": 80, "marine_pollutant": True},
            {"description": "Ceramic tiles", "net_mass_kg": 500, "gross_mass_kg": 550},
        ],
    }  # fmt: skip
    return {**document, **changes}
