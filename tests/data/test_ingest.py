"""Ingest: whatever the files hold, the good is stored once, the bad is kept with its reasons, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.ingest import ingest
from data.store import Store
from tests.data.examples import AT

SAMPLES = Path(__file__).parent / "samples"
DECLARATIONS = (
    "declaration_id,box_no,declared_at,shipper_name,un_no,colour\n"
    "A,BOX1,2026-03-01,大连化工,1203,red\n"
    "B,BOX2,2026-03-01,大连化工,9999,red\n"
    "C,BOX3,2026-03-01,大连化工,1263,red\n"
)
INSPECTIONS = (
    "inspection_id,declaration_id,box_no,recorded_at,step,outcome,findings\n"
    "I1,A,BOX1,2026-03-05,box,violation,securing\n"
    "I2,unknown,BOX9,2026-03-05,box,compliant,\n"
    "I3,A,BOX1,2026-03-05,box,violation,\n"
)


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
    assert (summary.accepted, summary.duplicate, summary.rejected) == (4, 0, 2)
    inspections, declarations = summary.files
    assert (inspections.table, inspections.accepted) == ("inspections", 2)
    assert (declarations.table, declarations.accepted) == ("declarations", 2)
    assert declarations.unknown_columns == ("colour",)
    assert "declarations.csv, row 3: un_no: UN number 9999" in declarations.reasons[0]
    assert json.dumps(summary.as_dict())
    assert store.counts() == {"declarations": 2, "inspections": 2, "rejected_rows": 2, "assessments": 0}


def test_inspections_of_unknown_boxes_are_kept(folder: Path, store: Store) -> None:
    ingest([folder / "inspections.csv"], store, AT)
    assert store.inspections()["declaration_id"].tolist() == ["A", "unknown"]


def test_rejected_rows_are_stored_with_raw_text_and_reasons(folder: Path, store: Store) -> None:
    ingest([folder / "declarations.csv"], store, AT)
    [kept] = store.rejected()
    assert (kept["source"], kept["row_no"], kept["ingested_at"]) == ("declarations.csv", 3, AT)
    assert kept["raw"] == "B,BOX2,2026-03-01,大连化工,9999,red"
    [problem] = kept["problems"]
    assert problem["column"] == "un_no"
    assert set(problem["message"]) == set(problem["remedy"]) == {"en", "zh"}


def test_a_file_twice_adds_nothing(folder: Path, store: Store) -> None:
    paths = [folder / "declarations.csv", folder / "inspections.csv"]
    ingest(paths, store, AT)
    again = ingest(paths, store, AT)
    assert (again.accepted, again.duplicate) == (0, 4)
    assert store.last_event_no() == (2, 2)


def test_a_changed_row_is_rejected_and_kept(folder: Path, store: Store) -> None:
    path = folder / "declarations.csv"
    ingest([path], store, AT)
    path.write_text(DECLARATIONS.replace("1263", "1170").replace("9999", "1824"), encoding="utf-8")
    summary = ingest([path], store, AT)
    assert (summary.accepted, summary.duplicate, summary.rejected) == (1, 1, 1)
    assert (
        "declarations.csv, row 4: un_no: This row is already recorded with another un_no: 1263"
        in summary.files[0].reasons[0]
    )
    assert store.rejected()[0]["raw"].startswith("C,BOX3")


def test_a_file_that_is_no_table_does_not_stop_the_others(folder: Path, store: Store) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "other.csv").write_text("a,b\n1,2\n")
    cut = (SAMPLES / "iftdgn_d95b_bare.edi").read_bytes()
    (folder / "cut.edi").write_bytes(cut[: len(cut) // 2])
    names = ("empty.csv", "other.csv", "cut.edi", "none.csv", "", "declarations.csv")
    summary = ingest([folder / name for name in names], store, AT)
    assert [bool(file.error) for file in summary.files] == [True, True, True, True, True, False]
    assert "segment" in str(summary.failed[2].error)
    assert summary.accepted == 2


def test_a_message_is_stored_as_its_rows(store: Store) -> None:
    summary = ingest([SAMPLES / "iftdgn_d24a_two_consignments.edi"], store, AT)
    assert (summary.accepted, summary.rejected) == (4, 0)
    assert store.declaration("DL-26-0301/BL-002", "TCLU7654326")["un_no"].dropna().tolist() == ["1760"]


def test_a_filing_of_the_far_future_is_rejected(folder: Path, store: Store) -> None:
    path = folder / "declarations.csv"
    path.write_text(DECLARATIONS.replace("A,BOX1,2026", "A,BOX1,2062"), encoding="utf-8")
    summary = ingest([path], store, AT)
    assert summary.accepted == 1
    assert "declared_at" in summary.files[0].reasons[0]


def test_progress_is_told(folder: Path, store: Store) -> None:
    told: list[tuple[str, int]] = []
    ingest([folder / "declarations.csv"], store, AT, lambda name, rows: told.append((name, rows)))
    assert told == [("declarations.csv", 3)]
