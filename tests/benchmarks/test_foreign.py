"""Protects the comparison on foreign ports: means, paired intervals, and the ports in which the script is ahead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.foreign import _seeds, compared, main


def _port(product: float, script: float) -> dict[str, dict[str, float]]:
    return {
        who: {"boxes": 10.0, "left_out": 0.0, "open@0.05": share}
        for who, share in (("product", product), ("script", script))
    }


def test_differences_are_paired_by_port() -> None:
    """The interval is that of the differences: t = 12.706 for two ports, deviation .1 / sqrt(2)."""
    figures = compared({1: _port(0.8, 0.6), 2: _port(0.7, 0.6)})
    assert figures["mean"] == {"product": {"open@0.05": 0.75}, "script": {"open@0.05": 0.6}}
    assert figures["difference"]["open@0.05"]["mean"] == pytest.approx(0.15)
    assert figures["difference"]["open@0.05"]["half_width"] == pytest.approx(0.6353, abs=1e-4)
    assert (figures["behind"], figures["least"]) == ([], pytest.approx(0.1))


def test_a_port_more_than_two_points_behind_is_named() -> None:
    figures = compared({1: _port(0.8, 0.6), 7: _port(0.5, 0.53), 8: _port(0.5, 0.515)})
    assert figures["behind"] == [7]
    assert list(figures["ports"]) == ["1", "7", "8"]


def test_seeds_are_ranges_or_lists() -> None:
    assert _seeds("1-3,101") == [1, 2, 3, 101]


def test_without_the_generator_it_is_skipped(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--json", "--folder", str(tmp_path)])
    assert done.exit_code == 0
    assert "skipped" in json.loads(done.output)
