"""A watched folder returns each complete file once."""

from __future__ import annotations

import os
from pathlib import Path

from data.watch import Folder


def test_a_file_is_ready_when_it_stopped_changing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "a.csv").write_text("begun")
    assert folder.poll() == []
    (tmp_path / "a.csv").write_text("begun and grown")
    assert folder.poll() == []
    assert folder.poll() == [tmp_path / "a.csv"]
    assert folder.poll() == []


def test_a_file_that_changed_later_is_ready_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = tmp_path / "a.csv"
    path.write_text("one")
    folder.poll()
    assert folder.poll() == [path]
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    assert folder.poll() == []
    assert folder.poll() == [path]


def test_incomplete_files_are_skipped(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name in (".hidden.csv", "a.csv.part", "b.tmp", "~$list.xlsx"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    folder.poll()
    assert folder.poll() == []


def test_removed_file(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "a.csv").write_text("x")
    folder.poll()
    (tmp_path / "a.csv").unlink()
    assert folder.poll() == []
