"""Starting and ending the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.serving.conftest import ROOT, START, Service


def start(var: Path, port: int | str) -> subprocess.Popen[str]:
    environment = {**os.environ, "HAZLANE_VAR": str(var), "HAZLANE_PORT": str(port), "PYTHONPATH": str(ROOT)}
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
        told = httpx.get(f"{url}/worklist", timeout=60).text
        process.terminate()
        process.communicate(timeout=30)
    assert "hazlane assess FILE" in told


def test_an_interrupt_ends_it_quietly(free_port: int, tmp_path: Path) -> None:
    with start(tmp_path, free_port) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == f"http://127.0.0.1:{free_port}"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
