"""Starting and ending the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.serving.conftest import ROOT, START, Service


def start(var: Path, port: int | str, salt: str = "a salt of the tests") -> subprocess.Popen[str]:
    environment = {**os.environ, "HAZLANE_VAR": str(var), "HAZLANE_PORT": str(port), "PYTHONPATH": str(ROOT)}
    environment["HAZLANE_SELECTION_SALT"] = salt
    return subprocess.Popen(
        [sys.executable, "-u", "-c", START], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_taken_port_is_told_with_its_remedy(service: Service, tmp_path: Path) -> None:
    with start(tmp_path, service.url.rsplit(":", 1)[1]) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "HAZLANE_PORT" in errors


def test_a_new_port_is_told_how_to_begin(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        reported = httpx.get(f"{url}/worklist", timeout=60).text
        process.terminate()
        process.communicate(timeout=30)
    assert "hazlane assess FILE" in reported


def test_without_a_secret_salt_it_starts_warns_and_claims_no_guarantee(free_port: int, tmp_path: Path) -> None:
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


def test_an_interrupt_ends_it_quietly(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"http://127.0.0.1:{free_port}"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
