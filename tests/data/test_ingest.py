"""Ingest: valid rows are stored once, invalid ones are kept in quarantine with their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from data.ingest import COUNTED, Summary, ingest, ingest_bytes
from data.retry import retry
from data.sources.reading import Entry, Raw, TableName, validated
from data.store import Store
from tests.data.examples import AT

SAMPLES = Path(__file__).parent / "samples"
DECLARATIONS = (
    "declaration_id,box_no,declared_at,shipper_name,un_no,colour\n"
    "A,BOX1,2026-03-01,大连化工,1203,red\n"
    "B,BOX2,2026-03-01,大连化工,99999,red\n"
    "C,BOX3,2026-03-01,大连化工,1263,red\n"
)
INSPECTIONS = (
    "inspection_id,declaration_id,box_no,recorded_at,step,outcome,findings\n"
    "I1,A,BOX1,2026-03-05,box,violation,securing\n"
    "I2,unknown,BOX9,2026-03-05,box,compliant,\n"
    "I3,A,BOX1,2026-03-05,box,violation,\n"
)


def counts(summary: Summary) -> tuple[int, ...]:
    """Accepted, amended, duplicate, quarantined."""
    return tuple(summary.total(name) for name in COUNTED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "declarations.csv").write_text(DECLARATIONS, encoding="utf-8")
    (tmp_path / "inspections.csv").write_text(INSPECTIONS, encoding="utf-8")
    return tmp_path


def test_both_tables_in_any_order(folder: Path, store: Store) -> None:
    summary = ingest([folder / "inspections.csv", folder / "declarations.csv"], store, AT)
    assert counts(summary) == (4, 0, 0, 2)
    inspections, declarations = summary.sources
    assert (inspections.contains, inspections.accepted) == ("inspections", 2)
    assert (declarations.contains, declarations.accepted) == ("declarations", 2)
    assert declarations.unknown_columns == ("colour",)
    assert "declarations.csv, row 3: un_no: UN number 99999" in declarations.reasons[0]
    assert json.dumps(summary.as_dict())
    assert {name: store.counts()[name] for name in ("declarations", "inspections", "quarantine")} == {
        "declarations": 2,
        "inspections": 2,
        "quarantine": 2,
    }


def test_inspections_of_unknown_boxes_are_kept(folder: Path, store: Store) -> None:
    ingest([folder / "inspections.csv"], store, AT)
    assert store.inspections()["declaration_id"].tolist() == ["A", "unknown"]


def test_refused_rows_are_in_quarantine(folder: Path, store: Store) -> None:
    path = folder / "declarations.csv"
    path.write_text(DECLARATIONS, encoding="gb18030")
    ingest([path], store, AT)
    [kept] = [store.quarantine_entry(number) for number in store.open_quarantine_entries()]
    assert (kept["source"], kept["row_no"], kept["ingested_at"]) == ("declarations.csv", 3, AT)
    assert kept["raw"] == "B,BOX2,2026-03-01,大连化工,99999,red".encode("gb18030")
    [problem] = kept["problems"]
    assert problem["column"] == "un_no"
    assert set(problem["message"]) == set(problem["remedy"]) == {"en", "zh"}


def test_a_file_twice_adds_nothing(folder: Path, store: Store) -> None:
    paths = [folder / "declarations.csv", folder / "inspections.csv"]
    ingest(paths, store, AT)
    again = ingest(paths, store, AT)
    assert counts(again) == (0, 0, 4, 2)
    assert [store.last_event_nos()[name] for name in ("declarations", "inspections")] == [2, 2]
    assert len(store.open_quarantine_entries()) == 2


def test_a_changed_row_is_rejected_and_kept(folder: Path, store: Store) -> None:
    path = folder / "declarations.csv"
    ingest([path], store, AT)
    path.write_text(DECLARATIONS.replace("1263", "1170").replace("99999", "1824"), encoding="utf-8")
    summary = ingest([path], store, AT)
    assert counts(summary) == (1, 0, 1, 1)
    assert (
        "declarations.csv, row 4: un_no: This row is already recorded with another un_no: 1263"
        in summary.sources[0].reasons[0]
    )
    newest = store.quarantined()[0]["quarantine_id"]
    assert store.quarantine_entry(newest)["raw"].startswith(b"C,BOX3")


def test_unreadable_file_does_not_stop_others(folder: Path, store: Store) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "other.csv").write_text("a,b\n1,2\n")
    cut = (SAMPLES / "iftdgn_d95b_bare.edi").read_bytes()
    (folder / "cut.edi").write_bytes(cut[: len(cut) // 2])
    names = ("empty.csv", "other.csv", "cut.edi", "none.csv", "", "declarations.csv")
    summary = ingest([folder / name for name in names], store, AT)
    assert [bool(file.error) for file in summary.sources] == [True, True, True, True, True, False]
    assert "segment" in str(summary.failed[2].error)
    assert summary.total("accepted") == 2


def test_a_message_is_stored_as_its_rows(store: Store) -> None:
    summary = ingest([SAMPLES / "iftdgn_d24a_two_consignments.edi"], store, AT)
    assert counts(summary) == (4, 4, 0, 0)
    assert store.declaration("DL-26-0301/BL-002", "TCLU7654326")["un_no"].dropna().tolist() == ["1760"]


def test_far_future_is_rejected(folder: Path, store: Store) -> None:
    path = folder / "declarations.csv"
    path.write_text(DECLARATIONS.replace("A,BOX1,2026", "A,BOX1,2062"), encoding="utf-8")
    summary = ingest([path], store, AT)
    assert summary.total("accepted") == 1
    assert "declared_at" in summary.sources[0].reasons[0]


def test_progress_is_reported(folder: Path, store: Store) -> None:
    reported: list[tuple[str, int]] = []
    ingest([folder / "declarations.csv"], store, AT, lambda name, rows: reported.append((name, rows)))
    assert reported == [("declarations.csv", 3)]


def test_amendments_and_unreadable_file(folder: Path, store: Store) -> None:
    path = folder / "amended.csv"
    path.write_text("declaration_id,box_no,declared_at,amendment_no\nA,BOX1,2026-03-01,0\nA,BOX1,2026-03-02,1\n")
    (folder / "other.csv").write_text("a,b\n1,2\n")
    summary = ingest([path, folder / "other.csv"], store, AT)
    assert counts(summary) == (2, 1, 0, 0)
    [number] = store.open_quarantine_entries()
    kept = store.quarantine_entry(number)
    assert (kept["source"], kept["row_no"], kept["raw"]) == ("other.csv", 0, b"a,b\n1,2\n")


def test_retry_accepts_a_refused_row(folder: Path, store: Store) -> None:
    """A later version of the reader accepts the row; the test replaces the reader."""
    ingest([folder / "declarations.csv"], store, AT)
    [number] = store.open_quarantine_entries()
    still = retry(store, number, AT)
    assert not still.resolved
    assert "99999" in still.reasons[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.retry.validated", _reads_five_digits)
        done = retry(store, number, AT)
    assert (done.resolved, done.accepted) == (True, 1)
    assert store.open_quarantine_entries() == []
    assert store.declaration("B", "BOX2")["un_no"].tolist() == ["9999"]
    assert retry(store, number, AT).resolved


def _reads_five_digits(source: str, raw: Raw, table: TableName, at: datetime) -> Entry:
    values = dict(raw.values or {})
    return validated(source, replace(raw, values=values | {"un_no": values["un_no"][:4]}), table, at)


def test_retry_of_a_message(store: Store) -> None:
    content = (SAMPLES / "iftdgn_d24a_two_consignments.edi").read_bytes()
    summary = ingest_bytes(content.replace(b"1760", b"99999"), "a.edi", store, AT)
    assert summary.quarantined == 1
    assert summary.accepted > 0
    [number] = store.open_quarantine_entries()
    again = retry(store, number, AT)
    assert not again.resolved
    assert b"99999" in store.quarantine_entry(number)["raw"]


@pytest.mark.parametrize(("un_no", "counted"), [("99", (0, 0, 0, 1)), ("1263", (2, 0, 0, 0))])
def test_disclosed_row_and_notice_together(tmp_path: Path, store: Store, un_no: str, counted: tuple[int, ...]) -> None:
    path = tmp_path / "dis.csv"
    path.write_text(f"申报单号,箱号,申报时间,状态,联合国编号\nD2,MSKU1234565,2026-03-01,主动披露,{un_no}\n", "utf-8")
    assert counts(ingest([path], store, AT)) == counted


def test_contradicting_rows_of_a_message(store: Store) -> None:
    head = "UNH+1+IFTDGN:D:16A:UN'BGM+890+D1+9'DTM+137:202603010830:203'EQD+CN+BOX1'"
    consignments = "".join(f"CNI+1+B1'LOC+9+{port}'GID+1+4'DGS+IMD+3+{un_no}'" for port, un_no in PORTS)
    content = f"{head}{consignments}UNT+13+1'".encode()
    message = ingest_bytes(content, "a.edi", store, AT)
    assert (message.accepted, message.duplicate, message.quarantined) == (0, 0, 1)
    assert "load_port is stated twice" in message.reasons[0]


PORTS = (("CNDLC", "1263"), ("CNSHA", "1595"))
