"""`hazlane ingest` and `quarantine`: explain, watched folder, database, entries shown and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cli.watch import watch_folder
from data.settings import settings
from data.store import Store
from tests.cli.test_commands import _run
from tests.data.edifact.messages import interchange, message

CHINESE = "申报单号,箱号,申报时间（北京时间）,联合国编号,毛重（吨）,闲话\nD1,MSKU1234565,2026/3/1 8:30,1263,1.5,x\n"


def test_explain_stores_nothing_and_its_mapping_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CHINESE.replace("箱号", "方盒"), encoding="gb18030")
    missing = _run(tmp_path, "ingest", "--explain", str(tmp_path / "a.csv"))
    assert missing.returncode == 1
    assert "box_no" in missing.stderr
    assert '"方盒" = ""' in missing.stdout
    (tmp_path / "m.toml").write_text('[columns]\n"方盒" = "box_no"\n', encoding="utf-8")
    mapping = ("--mapping", str(tmp_path / "m.toml"))
    reported = _run(tmp_path, "ingest", "--explain", str(tmp_path / "a.csv"), *mapping, "--json")
    [file] = json.loads(reported.stdout)["files"]
    assert (file["encoding"], file["contains"], file["refused"]) == ("gb18030", "declarations", 0)
    assert '"闲话" = ""' in file["mapping"]
    assert not (tmp_path / "var").exists()
    done = _run(tmp_path, "ingest", str(tmp_path / "a.csv"), "--mapping", str(tmp_path / "m.toml"), "--json")
    assert json.loads(done.stdout)["accepted"] == 1, done.stderr


def test_quarantine_is_listed_shown_and_retried(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CHINESE.replace("1263", "99999"), encoding="gb18030")
    (tmp_path / "b.csv").write_text("方盒,毛重\nMSKU1234565,1\n", encoding="utf-8")
    _run(tmp_path, "ingest", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    listed = json.loads(_run(tmp_path, "quarantine", "list", "--json").stdout)
    assert listed["waiting"] == 2
    assert [entry["source"] for entry in listed["entries"]] == ["b.csv", "a.csv"]
    shown = _run(tmp_path, "quarantine", "show", "1")
    assert "99999" in shown.stdout
    assert "闲话" not in shown.stderr
    assert _run(tmp_path, "quarantine", "show", "1", "--raw", str(tmp_path / "raw")).returncode == 0
    assert b"D1,MSKU1234565" in (tmp_path / "raw").read_bytes()
    still = _run(tmp_path, "quarantine", "retry", "--all", "--json")
    assert (still.returncode, [entry["settled"] for entry in json.loads(still.stdout)["entries"]]) == (
        1,
        [False, False],
    )
    (tmp_path / "m.toml").write_text(
        '[columns]\n"方盒" = "box_no"\n[fixed]\ndocument = "weighbridge"\nstated_at = "2026-03-01"\n', encoding="utf-8"
    )
    settled = _run(tmp_path, "quarantine", "retry", "2", "--mapping", str(tmp_path / "m.toml"))
    assert settled.returncode == 0, settled.stdout + settled.stderr
    assert json.loads(_run(tmp_path, "quarantine", "list", "--json").stdout)["waiting"] == 1
    for words in (("show", "99"), ("retry", "99")):
        refused = _run(tmp_path, "quarantine", *words)
        assert refused.returncode == 1
        assert "remedy:" in refused.stderr


def test_a_folder_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is ingested once, also one that was there before the start."""
    monkeypatch.setenv("HAZLANE_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text(CHINESE, encoding="gb18030")
    polls: Iterator[Callable[[], object]] = iter(
        [
            lambda: None,
            lambda: (inbox / "b.edi").write_text(
                interchange(message("VERMAS", "BGM+VGM+V1+9", "EQD+CN+MSKU1234565", "MEA+AAE+VGM+KGM:9000"))
            ),
            lambda: None,
            lambda: None,
        ]
    )

    def wait() -> None:
        try:
            next(polls)()
        except StopIteration:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        watch_folder(inbox, None, True, wait)
    settings.cache_clear()
    store = Store.open(f"sqlite:///{tmp_path / 'var' / 'hazlane.db'}")
    assert len(store.declarations()) == 1
    assert store.statements()["vgm_kg"].tolist() == [9000.0]
    store.close()


def test_rows_of_a_database_are_ingested_once(tmp_path: Path, postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'create table list ("申报单号" text, "箱号" text, "申报时间" timestamptz, un_no int)'
        )
        connection.exec_driver_sql("insert into list values ('D1','MSKU1234565','2026-03-01 08:30+08',1203)")
        connection.exec_driver_sql("insert into list values ('D2','MSKU1234566','2026-03-01 08:30+08',99999)")
    engine.dispose()
    url = postgres_url.replace("postgresql+psycopg", "postgresql")
    for again in (False, True):
        done = _run(tmp_path, "ingest", url, "--query", "select * from list", "--json")
        reported = json.loads(done.stdout)
        assert (reported["accepted"], reported["duplicate"], reported["quarantined"]) == (
            (0, 1, 1) if again else (1, 0, 1)
        ), done.stderr
    for query, word in (("select nonsense", "query failed"), ("drop table list", "query failed")):
        refused = _run(tmp_path, "ingest", url, "--query", query)
        assert refused.returncode == 1
        assert word in refused.stderr
        assert "Traceback" not in refused.stderr
    assert _run(tmp_path, "ingest", url).returncode == 2
    unreachable = _run(tmp_path, "ingest", "postgresql://nobody@127.0.0.1:1/x", "--query", "select 1")
    assert unreachable.returncode == 1
    assert "remedy:" in unreachable.stderr
