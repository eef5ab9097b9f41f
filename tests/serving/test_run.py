"""Start and end of the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from data.settings import Settings
from features.history import following
from models.assessor import Assessor
from serving import upkeep as upkeep_module
from serving.upkeep import Upkeep
from tests.data.examples import AT, declaration
from tests.serving.conftest import ROOT, START, Service


def start(var: Path, port: int | str, salt: str = "a salt of the tests") -> subprocess.Popen[str]:
    environment = {**os.environ, "HAZLANE_VAR": str(var), "HAZLANE_PORT": str(port), "PYTHONPATH": str(ROOT)}
    environment["HAZLANE_SELECTION_SALT"] = salt
    return subprocess.Popen(
        [sys.executable, "-u", "-c", START], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_taken_port_is_an_error_with_a_remedy(service: Service, tmp_path: Path) -> None:
    with start(tmp_path, service.url.rsplit(":", 1)[1]) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "HAZLANE_PORT" in errors


def test_an_empty_worklist_names_the_first_command(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        reported = httpx.get(f"{url}/worklist", timeout=60).text
        process.terminate()
        process.communicate(timeout=30)
    assert "hazlane assess FILE" in reported


def test_without_a_salt_it_warns_and_gives_no_guarantee(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port, salt="") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        ready = httpx.get(f"{url}/readyz", timeout=60).json()
        guarantee = httpx.get(f"{url}/v1/worklist", timeout=60).json()["guarantee"]
        pages = [httpx.get(f"{url}/worklist?lang={language}", timeout=60).text for language in ("en", "zh")]
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert [warning for warning in ready["warnings"] if "HAZLANE_SELECTION_SALT" in warning]
    assert ready["warnings"][0] in errors
    assert guarantee["state"] == "not_enough_evidence"
    assert "No release guarantee" in pages[0]
    assert "不作放行保证" in pages[1]


def test_an_interrupt_ends_it_without_error(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"http://127.0.0.1:{free_port}"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_a_shutdown_of_the_server_ends_the_threads_of_the_service(free_port: int, tmp_path: Path) -> None:
    """The upkeep thread runs while the service is ready, and is gone after the server has shut down."""
    code = """
import threading
from data.settings import Settings
from serving.run import server

def stop(address: str) -> None:
    assert "upkeep" in {thread.name for thread in threading.enumerate()}
    running.should_exit = True

running = server(Settings(), stop)
running.run()
print("upkeep" in {thread.name for thread in threading.enumerate()})
"""
    environment = {**os.environ, "HAZLANE_VAR": str(tmp_path), "HAZLANE_PORT": str(free_port), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == "False"


def test_a_service_that_stops_leaves_nothing_to_follow(
    free_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start loads the snapshot, and checks no box again."""
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": "2026-03-01T00:00:00Z"}
        goods = [{"un_no": "1263", "hazard_class": "3", "gross_mass_kg": 100}]
        assert httpx.post(f"{url}/v1/assessments", json={**body, "line_items": goods}, timeout=60).status_code == 201
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    monkeypatch.setattr(following, "check", None)
    assessor = Assessor.open(Settings(var=tmp_path))
    assert assessor.following.watermark.last["declarations"] == 1
    assessor.store.close()


class TestUpkeep:
    """The process that saves snapshots."""

    @pytest.fixture
    def upkeep(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upkeep]:
        """Upkeep of a store with one box, that wants a snapshot."""
        monkeypatch.setattr(following, "SNAPSHOT_EVERY", 1)
        assessor = Assessor.open(Settings(var=tmp_path))
        assessor.store.add_declarations([declaration()], "a.csv", AT)
        assessor.follow()
        assert assessor.following.wants_snapshot
        yield Upkeep(assessor, threading.Lock())
        assessor.store.close()

    def test_it_is_ended_when_the_service_stops(self, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch) -> None:
        started: list[subprocess.Popen[bytes]] = []

        def slow(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
            started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], **options))
            return started[0]

        monkeypatch.setattr(upkeep_module, "subprocess", SimpleNamespace(Popen=slow))
        upkeep.start()
        while not started:
            time.sleep(0.01)
        upkeep.stop()
        assert started[0].returncode == -signal.SIGTERM

    def test_it_is_tried_again_after_a_pause_that_grows(self, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch) -> None:
        pauses: list[float] = []

        def fails(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
            return subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"], **options)

        def wait(seconds: float) -> bool:
            pauses.append(seconds)
            return len([pause for pause in pauses if pause >= 1]) > 3

        monkeypatch.setattr(upkeep_module, "subprocess", SimpleNamespace(Popen=fails))
        monkeypatch.setattr(upkeep, "_stopped", SimpleNamespace(wait=wait, set=lambda: None))
        upkeep.start()
        upkeep.stop()
        assert [pause for pause in pauses if pause >= 1] == [1, 2, 4, 8]
