"""Protects the output shared by commands: text printed without markup, instants within the supported years."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import pytest

from cli.assess import checked
from cli.output import INSTANT, print_table, progress
from data.errors import InvalidInput


@pytest.mark.parametrize("name", ["[A]", "[red]x", "[/]", "[/bold]", "a[b"])
def test_brackets_in_a_table_are_printed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    print_table(name, (name,), [(name,)])
    assert capsys.readouterr().out.count(name) == 3
    with progress() as bars:
        bars.add_task(f"reading {name}.csv")


@pytest.mark.parametrize("written", ["2026-01-01T08:00", "2026-01-01T08:00Z", "2026-01-01T08:00:00"])
def test_an_instant_may_end_in_minutes(written: str) -> None:
    assert INSTANT.convert(written, None, None) == datetime(2026, 1, 1, 8)


@pytest.mark.parametrize("written", ["0001-01-01", "1969-12-31T23:59", "2201-01-01", "9999-12-31"])
def test_an_instant_outside_the_supported_years_is_wrong_usage(written: str) -> None:
    with pytest.raises(click.UsageError, match="outside the years 1970 to 2200") as refused:
        INSTANT.convert(written, None, None)
    assert refused.value.exit_code == 2


def test_out_is_no_input_file_and_a_refusal_makes_no_folder(tmp_path: Path) -> None:
    (tmp_path / "in.csv").touch()
    checked(tmp_path / "new" / "out.csv", tmp_path / "in.csv", None)
    assert not (tmp_path / "new").exists()
    for out, reported in (
        ("other/../in.csv", "an input file"),
        ("in.csv/out.csv", "below a file"),
        ("out.txt", "unknown file extension"),
    ):
        with pytest.raises(InvalidInput, match=reported) as refused:
            checked(tmp_path / out, tmp_path / "in.csv")
        assert refused.value.remedy
