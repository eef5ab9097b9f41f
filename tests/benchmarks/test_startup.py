"""Protects what is measured of processes: until they answer, their memory, their end; and the ratios of a start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.speed.processes import free_port, product_environment, running
from benchmarks.startup import figures_of

SERVER = """
import signal, subprocess, sys
from http.server import HTTPServer, BaseHTTPRequestHandler
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
    def log_message(self, *_):
        pass
# A shell's background job starts with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
large = "b = bytearray(60_000_000); import sys; sys.stdin.read()"
child = subprocess.Popen([sys.executable, "-c", large], stdin=subprocess.PIPE)
try:
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
except KeyboardInterrupt:
    print("interrupted", flush=True)
child.communicate()
"""


def test_a_process_is_measured_with_its_children_and_interrupted(tmp_path: Path) -> None:
    port = free_port()
    with running([sys.executable, "-c", SERVER, str(port)], os.environ, port, "/readyz", tmp_path / "log") as service:
        assert service.seconds > 0
        assert service.cpu_seconds() > 0
        while service.peak_memory_mb < 60:
            assert service.process.poll() is None
    assert service.process.returncode == 0
    assert (tmp_path / "log").read_text() == "interrupted\n"


def test_a_process_that_ends_before_it_answers_is_an_error_with_its_output(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no such port"),
        running([sys.executable, "-c", "exit('no such port')"], os.environ, free_port(), "/", tmp_path / "log"),
    ):
        pass


def test_the_product_gets_no_settings_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAZLANE_DATABASE_URL", "sqlite:///elsewhere.db")
    environment = product_environment(tmp_path, 8000)
    assert "HAZLANE_DATABASE_URL" not in environment
    assert (environment["HAZLANE_VAR"], environment["HAZLANE_PORT"]) == (str(tmp_path.resolve()), "8000")


def test_a_start_is_compared_with_the_first_one_and_with_bentoml() -> None:
    first = {60_000: {"seconds_to_ready": 20.0, "peak_memory_mb": 1300.0}}
    second = {60_000: {"seconds_to_ready": 4.0, "peak_memory_mb": 400.0}}
    found = figures_of(first, second, {"seconds_to_ready": 2.0})
    assert (found["to_first_start"], found["to_bare_bentoml"]) == ({"60000": 0.2}, {"60000": 2.0})
    assert (found["peak_memory_mb"], found["first_start"]) == ({"60000": 400.0}, {"60000": first[60_000]})
