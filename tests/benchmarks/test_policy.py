"""Protects the one command of the policy's figures: it runs the parts that it is asked for, and no others."""

from __future__ import annotations

import json

from click.testing import CliRunner

from benchmarks.policy import PARTS, main


def test_a_part_is_run_and_printed_as_one_object() -> None:
    told = CliRunner().invoke(main, ["--parts", "plan", "--json"])
    assert told.exit_code == 0, told.output
    figures = json.loads(told.output)
    assert list(figures) == ["plan"]
    assert figures["plan"]["same_to_the_byte"] is True


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    told = CliRunner().invoke(main, ["--parts", "plan,luck"])
    assert told.exit_code == 2
    assert "luck" in told.output
    assert all(part in told.output for part in PARTS)
