"""Tables of the simulated port: valid rows, lawful goods, reproducible by seed, with the truth in a file of its own."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stdnum import imo, iso6346
from stdnum.cn import uscc

from data.errors import InvalidInput
from data.frames import DTYPES
from data.records import BOX_COLUMNS, DECLARATION_COLUMNS, INSPECTION_COLUMNS
from data.reference.dangerous_goods import by_un_no
from data.simulator import RECORDED_WITHIN_DAYS, SimulatedPort, latest_start, simulate
from data.sources.rows import validate_declaration, validate_inspection
from data.vocabulary import Family, Finding, Outcome, SelectedBy, Step
from tests.worlds import world

BOXES, DAYS, SEED = 40_000, 730, 2026


def _hash(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.csv"))
    }


@pytest.mark.parametrize("seed", range(5))
def test_all_inspections_are_recorded_before_the_port_is_over_for_sixty_days(seed: int) -> None:
    port = simulate(3_000, 60, seed, start=date(2025, 1, 1), random_share=0.5, corrected_share=0.5)
    last = max(port.inspections["recorded_at"].max(), port.declarations["declared_at"].max())
    assert last < pd.Timestamp(date(2025, 1, 1) + timedelta(days=60 + RECORDED_WITHIN_DAYS), tz="UTC")
    assert latest_start(60, date(2025, 4, 30)) + timedelta(days=60 + RECORDED_WITHIN_DAYS) == date(2025, 4, 30)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """The same seed gives the same bytes; another seed gives others."""
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate(800, 120, seed).write(tmp_path / name)
    assert _hash(tmp_path / "a") == _hash(tmp_path / "b")
    assert set(_hash(tmp_path / "a")) == {"declarations.csv", "inspections.csv", "oracle/oracle.csv"}
    assert not set(_hash(tmp_path / "a").values()) & set(_hash(tmp_path / "c").values())


@pytest.mark.parametrize(("boxes", "days"), [(1, 60), (300, 90), (40_000, 730)])
def test_any_size_has_the_same_schema(boxes: int, days: int) -> None:
    """Columns and dtypes of every table do not depend on the size of the port."""
    made = world(boxes, days, SEED)
    for table, columns in ((made.declarations, DECLARATION_COLUMNS), (made.inspections, INSPECTION_COLUMNS)):
        assert list(table.columns) == [column.name for column in columns]
        assert [str(kind) for kind in table.dtypes] == [DTYPES[column.kind] for column in columns]
    assert len(made.oracle) == boxes == made.declarations["declaration_id"].nunique()


def test_every_row_passes_validation(tmp_path: Path) -> None:
    """Every written row passes validation without a problem."""
    paths = world(4_000, 365, 7).write(tmp_path)
    for path, validate in ((paths[0], validate_declaration), (paths[1], validate_inspection)):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                values, problems = validate(row)
                assert values is not None, problems
                assert not problems


def test_parquet_equals_csv(tmp_path: Path) -> None:
    """The Parquet file has the same columns and values, with types."""
    small = world(300, 90, SEED)
    small.write(tmp_path, "parquet")
    read = pd.read_parquet(tmp_path / "declarations.parquet")
    assert list(read.columns) == list(small.declarations.columns)
    assert read["line_no"].tolist() == small.declarations["line_no"].tolist()
    assert read["declared_at"].tolist() == small.declarations["declared_at"].tolist()


def _without_faults(world: SimulatedPort) -> pd.DataFrame:
    return world.declarations[~world.declarations["declaration_id"].isin(set(world.hidden.planted))]


def test_numbers_have_check_digits() -> None:
    """Numbers of boxes, vessels and Chinese firms have valid check digits, and an id has one name."""
    declarations = _without_faults(world(4_000, 365, 7))
    assert all(iso6346.is_valid(number) for number in declarations["box_no"].unique())
    assert all(imo.is_valid(number) for number in declarations["vessel_imo"].unique())
    chinese = [number for number in declarations["shipper_id"].dropna().unique() if not number.startswith("F")]
    assert len(chinese) > 50
    assert all(uscc.is_valid(number) for number in chinese)
    for role in ("shipper", "packer", "forwarder", "consignee"):
        assert declarations.groupby(f"{role}_id")[f"{role}_name"].nunique().max() == 1


def test_declared_goods_are_lawful() -> None:
    """Class, packing group, subsidiary hazards and name agree with the list of dangerous goods."""
    lines = _without_faults(world(BOXES, DAYS, SEED)).dropna(subset=["un_no"])
    columns = ["un_no", "packing_group", "hazard_class", "subsidiary_hazards", "shipping_name", "technical_name"]
    declared = lines[columns].fillna("").drop_duplicates()
    assert declared["un_no"].nunique() > 55
    for row in declared.itertuples(index=False):
        entry = next(entry for entry in by_un_no(str(row.un_no)) if entry.packing_group == row.packing_group)
        assert row.hazard_class == entry.hazard_class
        assert row.subsidiary_hazards == " ".join(entry.subsidiary_hazards or ())
        assert str(row.shipping_name) in entry.name_en.upper()
        assert bool(row.technical_name) == entry.technical_name_required
    general = world(BOXES, DAYS, SEED).declarations["un_no"].isna().mean()
    assert 0.2 < general < 0.4


def test_versions_of_a_declaration() -> None:
    """A second version is filed later, and box columns agree within a version."""
    declarations = world(4_000, 365, 7).declarations
    key = ["declaration_id", "box_no", "amendment_no"]
    names = [column.name for column in BOX_COLUMNS if column.name not in key]
    assert (declarations.groupby(key)[names].nunique(dropna=False) == 1).to_numpy().all()
    versions = declarations.drop_duplicates(key).sort_values(["declaration_id", "amendment_no"])
    later = versions.groupby("declaration_id")["declared_at"].diff().dropna()
    assert len(later) > 50
    assert (later > pd.Timedelta(0)).all()
    assert (declarations["declared_at"] < declarations["loading_at"]).all()
    assert declarations["declared_at"].is_monotonic_increasing


def _final(made: SimulatedPort) -> pd.DataFrame:
    return made.inspections.drop_duplicates("inspection_id", keep="last")


@pytest.mark.parametrize("step", list(Step))
def test_selection_probabilities_are_true(step: Step) -> None:
    """Boxes selected at random, or by the rule, weighted by one over the logged probability, add up to all boxes."""
    final = _final(world(BOXES, DAYS, SEED))
    for reason in (SelectedBy.RANDOM, SelectedBy.RULE):
        probability = final.loc[(final["step"] == step) & (final["selected_by"] == reason), "selection_probability"]
        weight = 1 / probability.to_numpy()
        deviation = np.sqrt((weight**2 * (1 - probability.to_numpy())).sum())
        assert weight.sum() == pytest.approx(BOXES, abs=4 * deviation)
        assert deviation < 0.1 * BOXES


def test_past_selection_is_mixed() -> None:
    """6 to 10 % are opened, about as many papers checked; tips are few, mostly right and without probability."""
    made = world(BOXES, DAYS, SEED)
    final = _final(made)
    openings = final[final["step"] == Step.BOX]
    assert 0.06 < len(openings) / BOXES < 0.1
    assert 0.07 < (final["step"] == Step.PAPERS).mean() * len(final) / BOXES < 0.13
    tips = openings[openings["selected_by"] == SelectedBy.TIP]
    assert tips["selection_probability"].isna().all()
    assert 0 < len(tips) < 0.15 * len(openings)
    opening = {reason: group["findings"].fillna("").str.contains("declared|sec|pack|segr|struct").mean()
               for reason, group in openings.groupby("selected_by")}  # fmt: skip
    assert opening["tip"] > opening["rule"] > opening["random"]


def test_delays_and_corrections() -> None:
    """Outcomes are recorded 1 to 20 days later; a later row with the same id corrects a pending or wrong one."""
    inspections = world(BOXES, DAYS, SEED).inspections
    rows = inspections.groupby("inspection_id").size()
    first = inspections.drop_duplicates("inspection_id")
    single = first[first["inspection_id"].isin(rows.index[rows == 1])]
    delay = (single["recorded_at"] - single["inspected_at"]).dt.total_seconds() / 86_400
    assert delay.between(0.99, 20.01).all()
    pending = first["outcome"] == Outcome.PENDING
    assert 0.02 < pending.mean() < 0.04
    twice = first["inspection_id"].isin(rows.index[rows == 2])
    assert rows.max() == 2
    assert 0.01 < (twice & ~pending).mean() < 0.03
    assert not (_final(world(BOXES, DAYS, SEED))["outcome"] == Outcome.PENDING).any()
    assert inspections["recorded_at"].is_monotonic_increasing


def test_final_outcomes_are_the_truth() -> None:
    """An opening records the truth of every family, a paper check that of the papers family only."""
    made = world(BOXES, DAYS, SEED)
    final = _final(made)
    truth = made.oracle.set_index("declaration_id").loc[final["declaration_id"]]
    seen = [{Finding(code).family for code in str(codes).split(";")} if isinstance(codes, str) else set()
            for codes in final["findings"]]  # fmt: skip
    opened = (final["step"] == Step.BOX).to_numpy()
    for family in Family:
        found = np.array([family in families for families in seen])
        expected = truth[f"truth_{family.value}"].to_numpy() == 1
        assert (found[opened] == expected[opened]).all()
        assert (found[~opened] == (expected[~opened] if family is Family.PAPERS else False)).all()


def test_options_and_progress() -> None:
    """Parameters are set by name, stages are reported, and a wrong name or size is refused with a remedy."""
    stages: list[str] = []
    honest = simulate(2_000, 120, 1, date(2025, 3, 1), stages.append, fraudulent_share=0.0, late_share=0.0,
                      careless_rate=1e-9, careless_route_rate=1e-9)  # fmt: skip
    assert honest.oracle["truth_declaration"].sum() == 0
    assert stages == ["parties", "traffic", "declarations", "inspections"]
    assert honest.declarations["declared_at"].min() >= pd.Timestamp("2025-03-01", tz="UTC")
    for wrong in ({"boxes": 0}, {"days": 10}, {"misdeclared": 0.1}):
        with pytest.raises(InvalidInput) as refused:
            simulate(**wrong)
        assert refused.value.remedy
