"""Opening a store: migrations give the schema of the code; errors state the reason."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from data.errors import InvalidInput, NotReady
from data.sources.problems import Problem
from data.store import Store, schema
from data.store.engine import engine_of
from data.store.migrate import HEAD, configuration, scripts
from tests.data.examples import AT, declaration


def test_migrations_lead_to_the_schema_of_the_code(store: Store, store_url: str) -> None:
    """Fails for a column without a migration, on both databases."""
    engine = engine_of(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_head_is_the_last_migration() -> None:
    assert scripts().get_current_head() == HEAD


def test_a_store_of_a_newer_version_is_refused(store: Store, store_url: str) -> None:
    engine = engine_of(store_url)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NotReady, match="newer"):
        Store.open(store_url)


def test_many_may_open_a_new_store_at_once(store_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(Store.open, [store_url] * 4))
    assert {sum(store.last_event_nos().values()) for store in stores} == {0}
    for store in stores:
        store.close()


def test_a_moved_folder_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'here' / 'store.db'}")
    store.add_declarations([declaration()], "a.csv", AT)
    store.close()
    shutil.move(tmp_path / "here", tmp_path / "there")
    monkeypatch.chdir(tmp_path / "there")
    moved = Store.open("sqlite:///store.db")
    assert moved.last_event_nos()["declarations"] == 1
    moved.close()


@pytest.mark.parametrize("url", ["", "no url", "mysql://host/name", "oracle://host/name"])
def test_url_of_another_database_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Store.open(url)
    assert refused.value.remedy


def test_a_database_that_cannot_be_reached_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="HAZLANE_DATABASE_URL"):
        Store.open(f"postgresql://nobody@/none?host={tmp_path}")


def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("declaration_id,box_no,declared_at\n" * 100)
    with pytest.raises(NotReady, match="not a database"):
        Store.open(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(NotReady) as refused:
        Store.open(f"postgresql://nobody:geheim@/none?host={tmp_path}")
    assert "geheim" not in str(refused.value)


def test_migration_keeps_old_data(store_url: str) -> None:
    """Rejected rows of version 0001 are moved to quarantine; facts and assessments are not changed."""
    engine = engine_of(store_url)
    kept = {"source": "a.csv", "row_no": 3, "raw": "B,货物", "problems": [Problem("quote").as_dict()]}
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = sa.Table("rejected_rows", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.insert(old), [{**kept, "problems": kept["problems"], "ingested_at": AT}])
        names = ("event_no", "declaration_id", "box_no", "declared_at", "amendment_no", "line_no", "source")
        values = (1, "D", "B", AT, 0, 1, "a.csv")
        table = sa.Table("declarations", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.insert(table), [dict(zip(names, values, strict=True)) | {"ingested_at": AT}])
    engine.dispose()
    store = Store.open(store_url)
    assert store.declaration("D", "B")["line_no"].tolist() == [1]
    [entry] = store.quarantined()
    assert {"source": "a.csv", "row_no": 3, "ingested_at": AT}.items() <= entry.items()
    assert store.quarantine_entry(entry["quarantine_id"])["raw"] == "B,货物".encode()
    store.close()


def test_migration_to_plain_names(store_url: str) -> None:
    """Old names in a store of version 0006 are replaced on both databases; other fields are not changed."""
    guarantee = {"state": "broken", "promised_rate": 0.05, "most_rate": 0.2, "fewest_rate": 0.1, "confidence": 0.95}
    old = {"risk": 3.0, "lane_without_lot": "green", "lot_chance": 0.01, "lot_drawn": False, "guarantee": guarantee}
    numbers = range(1, 2_504)
    engine = engine_of(store_url)
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        tables = sa.MetaData()
        named = {"declaration_id": "D", "box_no": "B", "amendment_no": 0, "assessed_at": AT, "lane": "green"}
        known = {"risk": 3.0, "model_version": "m", "degraded": False, "body": old}
        rows = [{"assessment_no": one, "assessment_id": str(one), **named, **known} for one in numbers]
        connection.execute(sa.insert(sa.Table("assessments", tables, autoload_with=connection)), rows)
        body = {
            "plan_id": "P", "costed": True, "claims": [["D", "B", "tip"]], "lot": {"expected": 1}, "suits_no_shift": 0,
            "burden": {}, "left_closed_as_useless": 0, "limits": [{"limit": "x", "openings_given_up": 1.5}],
            "claims_not_in_plan": [{"declaration_id": "D", "box_no": "C", "cause": "not_due"}],
        }  # fmt: skip
        plan = {"plan_id": "P", "planned_at": AT, "until_at": AT, "model_version": "m", "policy_version": "p"}
        connection.execute(sa.insert(sa.Table("plans", tables, autoload_with=connection)), [{**plan, "body": body}])
    engine.dispose()
    Store.open(store_url).close()
    engine = engine_of(store_url)
    with engine.connect() as connection:
        bodies = connection.scalars(sa.select(schema.assessments.c.body)).all()
        [planned] = connection.scalars(sa.select(schema.plans.c.body)).all()
    engine.dispose()
    assert len(bodies) == len(numbers)
    met = {"state": "violated", "target_rate": 0.05, "upper_rate": 0.2, "lower_rate": 0.1, "confidence": 0.95}
    new = {"risk": 3.0, "lane_without_sample": "green", "sample_probability": 0.01, "sample_drawn": False}
    assert all(body == {**new, "guarantee": met} for body in bodies)
    assert planned == {
        "plan_id": "P", "cuts_per_cost": True, "mandatory": [["D", "B", "tip"]], "random_sample": {"expected": 1},
        "fits_no_shift": 0, "inspection_burden": {}, "not_opened_as_useless": 0,
        "limits": [{"limit": "x", "openings_lost": 1.5}],
        "mandatory_not_in_plan": [{"declaration_id": "D", "box_no": "C", "cause": "not_eligible"}],
    }  # fmt: skip
