"""Protects the counterfactual: lawful corrections only, with the same result as a declaration filed corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.settings import Settings
from data.store import Store
from data.vocabulary import Correction, Family
from features.boxes import boxes_of_rows
from features.checks.stage import check
from features.history.entities import INDEX
from models.assessor import Assessor
from models.explanation.corrections import COLUMNS, changes, with_corrections
from models.explanation.counterfactual import MAX_CORRECTIONS, MIN_FALL, counterfactual_of
from models.policy.lanes import Policy
from models.scoring.risk_model import RiskModel
from models.scoring.rules import RulesBaseline
from tests.models.test_assessor import _NOW, _finding, _row
from tests.worlds import dataset
from training.fitting.train_at import train_at

POLICY = Policy(0.1, 0.02, 0.2, "salt")
BAD: dict[str, Any] = {
    "flow": "export", "booking_description": "toys", "manifest_description": "garden furniture",
    "manifest_un_no": "1993", "manifest_gross_mass_kg": "4000", "certificate_un_no": "1203",
    "certificate_box_no": "TGHU7654320", "packed_on": "2026-04-28", "certificate_on": "2026-04-20",
}  # fmt: skip
# The columns of BAD after each correction is filed by the declarant, with numbers of the declarant.
FILED: dict[Correction, dict[str, Any]] = {
    Correction.CERTIFICATE_SUPPLIED: {"packing_certificate_no": "DLZX2026-0417"},
    Correction.CERTIFICATE_CORRECTED: {
        "certificate_box_no": "MSKU1234565", "certificate_on": date(2026, 4, 28), "certificate_un_no": "1263",
    },
    Correction.PHONE_SUPPLIED: {"emergency_phone": "0411-83621111"},
    Correction.BOOKING_AGREES: {"booking_description": "PAINT"},
    Correction.MANIFEST_AGREES: {
        "manifest_description": "PAINT", "manifest_un_no": "1263", "manifest_gross_mass_kg": 1000.0,
    },
    Correction.VOYAGE_STATED: {"voyage_no": "036E"},
}  # fmt: skip


@pytest.fixture(params=["rules", "model"])
def assessor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Assessor]:
    model: RulesBaseline | RiskModel = RulesBaseline()
    if request.param == "model":
        port = dataset(12_000, 730)
        model = train_at(port, port.end, seed=1, threads=1)
    opened = Assessor(Store.open(Settings(var=tmp_path).store_url), model, POLICY)
    opened.assess([_row("D0", "2026-04-01T08:00:00Z", packing_certificate_no="C1")], _NOW)
    opened.record([_finding("D0", "2026-04-05T08:00:00Z")], _NOW)
    yield opened
    opened.store.close()


def _sent_again(assessor: Assessor, var: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Assessment of a box declared in this form from the start and sent again after another box."""
    other = Assessor(Store.open(Settings(var=var).store_url), assessor.model, POLICY)
    try:
        other.assess([_row("D0", "2026-04-01T08:00:00Z", packing_certificate_no="C1")], _NOW)
        other.record([_finding("D0", "2026-04-05T08:00:00Z")], _NOW)
        other.assess([row], _NOW)
        other.assess([_row("D6", "2026-05-20T08:00:00Z")], _NOW)
        return other.assess([row], _NOW)[0]
    finally:
        other.store.close()


def test_result_equals_that_of_a_declaration_filed_corrected(assessor: Assessor, tmp_path: Path) -> None:
    """The box itself, and another one after it, are already part of the history."""
    row = _row("D5", **BAD)
    assessor.assess([row], _NOW)
    assessor.assess([_row("D6", "2026-05-20T08:00:00Z")], _NOW)
    found = counterfactual_of(assessor, "D5", "MSKU1234565", _NOW)
    assert found is not None
    assert set(found.correctable) == set(Correction)
    assert found.reported
    for number, one in enumerate(found.reported):
        filed = {name: value for c in one.corrections for name, value in FILED[c].items()}
        body = _sent_again(assessor, tmp_path / str(number), {**row, **filed})
        probability = {Family(name): share for name, share in body["probability"].items()}
        assert one.after.probability == pytest.approx(probability, rel=1e-12)
        assert one.after.risk == pytest.approx(body["risk"], rel=1e-12)
        assert one.after.lane == body["lane"]
    body = _sent_again(assessor, tmp_path / "before", row)
    assert (found.before.risk, found.before.lane) == (body["risk"], body["lane"])


def test_fewest_corrections_come_first_and_each_more_lowers_the_risk(assessor: Assessor) -> None:
    assessor.assess([_row("D5", **BAD)], _NOW)
    found = counterfactual_of(assessor, "D5", "MSKU1234565", _NOW)
    assert found is not None
    counts = [len(one.corrections) for one in found.reported]
    assert counts == sorted(set(counts))
    assert counts[-1] <= MAX_CORRECTIONS
    risks = [found.before.risk, *(one.after.risk for one in found.reported)]
    assert all(after <= before - MIN_FALL for before, after in pairwise(risks))


def test_it_stores_nothing_and_is_in_no_answer(assessor: Assessor) -> None:
    (body,) = assessor.assess([_row("D5", **BAD)], _NOW)
    counts = assessor.store.counts()
    counterfactual_of(assessor, "D5", "MSKU1234565", _NOW)
    assert assessor.store.counts() == counts
    assert not {"counterfactual", "corrections"} & set(body)
    assert assessor.assess([_row("D5", **BAD)], _NOW)[0]["risk"] == pytest.approx(body["risk"])


def test_a_box_in_order_has_nothing_to_correct(assessor: Assessor) -> None:
    lawful = {"packing_certificate_no": "C7", "emergency_phone": "0411-83621111", "voyage_no": "036E", "flow": "export"}
    assessor.assess([_row("D7", **lawful)], _NOW)
    found = counterfactual_of(assessor, "D7", "MSKU1234565", _NOW)
    assert found is not None
    assert (found.correctable, found.reported) == ((), ())
    assert counterfactual_of(assessor, "nobody", "MSKU1234565", _NOW) is None


def same(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    return one.tolist() == other.tolist() or bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


@pytest.mark.parametrize("start", range(0, 4_000, 500))
def test_corrections_change_only_allowed_columns(start: int) -> None:
    """Goods, masses, parties and times stay the same; of the history keys only the telephone's may change."""
    corrected_boxes = 0
    for place in range(start, start + 40):
        box = dataset().boxes.take(np.array([place]))
        open_to = changes(box)
        corrected_boxes += bool(open_to)
        assert set().union(*open_to.values()) <= COLUMNS
        fixed = with_corrections(box, [tuple(open_to)])
        assert all(same(box.line[name], fixed.line[name]) for name in box.line)
        assert {name for name in box.box if not same(box.box[name], fixed.box[name])} <= COLUMNS
        others, corrected = (np.delete(one.keys, INDEX["emergency_phone"], 1) for one in (box, fixed))
        assert (others == corrected).all()
        assert fixed.checks.severe[0] <= box.checks.severe[0]
        assert fixed.checks.faults[0] <= box.checks.faults[0]
        assert not set(changes(fixed)) & set(open_to)
    assert corrected_boxes


@pytest.mark.parametrize(
    ("manifest", "description", "technical", "is_open"),
    [
        ("SOAP", "涂料", None, False), ("涂料", "涂料", None, False), (None, "PAINT", None, False),
        ("EPOXY RESIN", "PAINT", "epoxy resin", False), ("GARDEN FURNITURE", "PAINT", None, True),
        ("玩具", "涂料", None, True),
    ],
)  # fmt: skip
def test_descriptions_are_compared_only_in_the_same_script(
    manifest: str | None, description: str, technical: str | None, is_open: bool
) -> None:
    reported = {"shipping_name": None, "description": description, "technical_name": technical}
    box = check(boxes_of_rows([{**_row("D8"), **reported, "manifest_description": manifest}]))
    assert (Correction.MANIFEST_AGREES in changes(box)) is is_open


def test_goods_parties_masses_and_times_cannot_be_corrected() -> None:
    never = {
        "un_no",
        "hazard_class",
        "packing_group",
        "gross_mass_kg",
        "net_mass_kg",
        "vgm_kg",
        "weighed_kg",
        "tare_kg",
    }
    never |= {"declared_at", "loading_at", "shipper_id", "packer_id", "shipper_name", "packer_name", "hs_code"}
    assert not COLUMNS & never


@pytest.mark.parametrize(
    "tank", [{"box_type": "22T6"}, {"un_no": "3359", "hazard_class": "9", "packing_group": None}], ids=["tank", "unit"]
)
def test_no_certificate_is_supplied_where_none_is_issued(tank: dict[str, Any]) -> None:
    assert Correction.CERTIFICATE_SUPPLIED in changes(check(boxes_of_rows([_row("D8", flow="export")])))
    assert Correction.CERTIFICATE_SUPPLIED not in changes(check(boxes_of_rows([{**_row("D8", flow="export"), **tank}])))


def test_supplied_numbers_belong_to_no_party() -> None:
    box = check(boxes_of_rows([_row("D9", **BAD)]))
    fixed = with_corrections(box, [(), (Correction.PHONE_SUPPLIED,)])
    assert len(fixed) == 2
    assert fixed.keys[1, INDEX["emergency_phone"]] not in dataset().log.events.keys[:, INDEX["emergency_phone"]]
