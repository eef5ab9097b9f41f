"""Protects the one command of the policy's figures: it runs the chosen parts only."""

from __future__ import annotations

import json

from click.testing import CliRunner

from benchmarks.policy import PARTS, main


def test_a_part_is_run_and_printed_as_one_object() -> None:
    reported = CliRunner().invoke(main, ["--parts", "plan", "--json"])
    assert reported.exit_code == 0, reported.output
    figures = json.loads(reported.output)
    assert list(figures) == ["plan"]
    assert figures["plan"]["same_to_the_byte"] is True


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    reported = CliRunner().invoke(main, ["--parts", "plan,luck"])
    assert reported.exit_code == 2
    assert "luck" in reported.output
    assert all(part in reported.output for part in PARTS)
