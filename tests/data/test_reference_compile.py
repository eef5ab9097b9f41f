"""The compiled reference tables agree with their sources, and every repair has evidence."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.errors import InvalidInput, NotFound
from data.reference import compile as compiling
from data.reference import crosscheck, documentation, names, readers
from data.reference.dangerous_goods import FOLDER
from tests.shared import SHARED, needs_shared

SOURCES = SHARED / "reference"
needs_sources = needs_shared("reference")

READ_BY_HAND = (
    "alkylsulphonic arylsulphonic backs benzenesulphonyl bhusa bisulphates butylbenzenes butylcyclohexyl "
    "butylimidazole cut diallyl dibromochloropropanes diethylaminopropylamine discarded disilane dispersing dispersion "
    "electrolyte flavour fumigated gelatin genetically hay hexadiene hydrogendifluorides magnetized methylacetylene "
    "methylallyl methylpentadiene microorganisms modified moulding organisms orthotitanate packagings "
    "phenylphosphorus phosphides preparation propylbenzene salt straw suppressant tetrapropyl "
    "trifluoromethyltetrazole uncleaned vapour volume"
)


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@needs_sources
def test_a_recompile_changes_nothing(tmp_path: Path) -> None:
    """Compiling the sources gives the committed tables, byte for byte."""
    compiling.compile_all(SOURCES, tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    goods = ["conflicts.csv", "dangerous_goods.csv", "forbidden.csv", "packages.csv", "repairs.csv"]
    assert written == [*goods, "tariff.csv"]
    for name in written:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@needs_sources
def test_no_broken_words_beside_us_names() -> None:
    """No word is broken or joined, compared with the US name of the same UN number."""
    us = readers.names_by_un_no(readers.cfr(SOURCES))
    known = names.words(name for of_number in us.values() for name in of_number)
    for row in table("dangerous_goods.csv"):
        assert names.repair(row["name_en"], us.get(row["un_no"], ()), known) == row["name_en"]


@needs_sources
def test_words_are_known_or_reviewed() -> None:
    """All words are in the US table or were reviewed, so there are no misread letters."""
    known = names.words(row["shipping_name"] for row in readers.cfr(SOURCES))
    ours = {word for row in table("dangerous_goods.csv") for word in re.findall(r"[a-z]+", row["name_en"].lower())}
    parts = {part for word in known for part in re.findall(r"[a-z]+", word)}
    assert {word for word in ours - parts if len(word) > 2} == set(READ_BY_HAND.split())


@needs_sources
def test_correct_facts_agree_with_the_us_table_unless_listed() -> None:
    """Classes that conflicts.csv does not list agree with the US table."""
    listed = {(row["un_no"], row["packing_group"]) for row in table("conflicts.csv") if row["column"] == "hazard_class"}
    us: dict[tuple[str, str], set[str]] = {}
    for row in readers.cfr(SOURCES):
        us.setdefault((row["un_no"], row["packing_group"]), set()).add(row["hazard_class"])
    for row in table("dangerous_goods.csv"):
        key = (row["un_no"], row["packing_group"])
        assert key in listed or row["hazard_class"] in us.get(key, {row["hazard_class"]}), key


def test_the_page_is_written_from_the_tables() -> None:
    """docs/reference.md is the generated page."""
    assert compiling.PAGE.read_text(encoding="utf-8") == documentation.page(FOLDER)


def test_every_conflict_is_decided_with_a_reason() -> None:
    """A disagreement has different values, a choice and a reason."""
    for row in table("conflicts.csv"):
        assert row["chosen"], row
        assert row["why"], row
        assert row["gb"] != (row["cfr"] or row["imdg"]), row


def test_corrected_facts_are_conflicts() -> None:
    """Every correction of a fact of the master list is listed in conflicts.csv."""
    changed = {
        (row["un_no"], row["column"])
        for row in table("conflicts.csv")
        if row["column"] in ("packing_group", "subsidiary_hazards") and row["chosen"] != row["gb"]
    }
    assert changed == {
        ("1041", "subsidiary_hazards"),
        ("1214", "subsidiary_hazards"),
        ("2016", "subsidiary_hazards"),
        ("2591", "packing_group"),
    }


def test_repairs_have_evidence_and_are_applied() -> None:
    """Every repair has evidence, and its `after` is in the list."""
    columns: dict[tuple[str, str], list[str]] = {}
    for row in table("dangerous_goods.csv"):
        for column, value in row.items():
            columns.setdefault((row["un_no"], column), []).append(value)
    for repair in table("repairs.csv"):
        assert repair["evidence"], repair
        now = columns[repair["un_no"], repair["column"]]
        assert any(repair["after"].lower() in value.lower() for value in now), repair


@pytest.mark.parametrize(
    ("scanned", "us_names", "repaired"),
    [
        ("SUBST ANCES, EXPLOSIVE, N. O. S", ["Substances, explosive, n.o.s."], "SUBSTANCES, EXPLOSIVE, N.O.S."),
        ("ALK YLPHENOLS, SOLID", ["Alkylphenols, solid, n.o.s."], "ALKYLPHENOLS, SOLID"),
        ("HYDRATEDMIXTURE", ["Calcium hypochlorite, hydrated mixture"], "HYDRATED MIXTURE"),
        ("DICHLORODIFLUORO-METHANE", ["Dichlorodifluoromethane"], "DICHLORODIFLUOROMETHANE"),
        ("WATE-RREACTIVE", ["Water-reactive solid"], "WATER-REACTIVE"),
        ("in a form liable to selfheating", ["in a form liable to self-heating"], "in a form liable to self-heating"),
        ("AZE0TROPIC MIXTURE", ["azeotropic mixture"], "AZEOTROPIC MIXTURE"),
        ("TRINITROBENZENESULPHONICACID", ["Trinitrobenzenesulfonic acid"], "TRINITROBENZENESULPHONIC ACID"),
        ("METHYLACETYLENE", ["Methyl acetylene"], "METHYLACETYLENE"),
        ("NITRO UREA", ["Nitro urea"], "NITRO UREA"),
        ("HAY, STRAW or BHUSA", [], "HAY, STRAW or BHUSA"),
    ],
)
def test_repair_of_names(scanned: str, us_names: list[str], repaired: str) -> None:
    """Words are joined and split by evidence; names without evidence, and other styles, are not changed."""
    assert names.repair(scanned, us_names, names.words(us_names)) == repaired


def test_repair_is_idempotent() -> None:
    """Repairing a repaired name changes nothing."""
    for row in table("dangerous_goods.csv"):
        assert names.typography(row["name_en"]) == row["name_en"]


def us_row(**values: str) -> Mapping[str, str]:
    empty = dict.fromkeys(("packing_group", "hazard_class", "subsidiary", "special_provisions", "symbols"), "")
    return empty | values


def goods_row(**values: str) -> Mapping[str, str]:
    empty = {"packing_group": "", "subsidiary_hazards": "", "portable_tank": "", "ems": "?"}
    return empty | {"technical_name_required": "no"} | values


def test_a_planted_conflict_is_found() -> None:
    """The cross-check reports a different class, but not if one of several US entries agrees."""
    goods = [goods_row(un_no="1203", hazard_class="3", packing_group="II")]
    agreeing = us_row(un_no="1203", hazard_class="3", packing_group="II")
    other = us_row(un_no="1203", hazard_class="8", packing_group="II")
    assert crosscheck.conflicts(goods, [], [agreeing, other]) == []
    (found,) = crosscheck.conflicts(goods, [], [other])
    assert (found["column"], found["gb"], found["cfr"], found["chosen"]) == ("hazard_class", "3", "8", "3")


def test_an_unusual_emergency_schedule_is_found() -> None:
    """An emergency schedule that differs from those of goods with the same hazards is reported."""
    goods = [goods_row(un_no=f"{1100 + n}", hazard_class="3", ems="F-E S-D") for n in range(19)]
    goods.append(goods_row(un_no="1999", hazard_class="3", ems="F-A S-D"))
    found = [row for row in crosscheck.conflicts(goods, [], []) if row["column"] == "ems"]
    assert [(row["un_no"], row["imdg"], row["chosen"]) for row in found] == [("1999", "F-A S-D", "F-A S-D")]


def test_missing_sources_are_named(tmp_path: Path) -> None:
    """A wrong folder is an error with a remedy."""
    with pytest.raises(NotFound, match="cfr_172_101"):
        compiling.compile_all(tmp_path, tmp_path)
    assert compiling.main([str(tmp_path)]) == 1
    assert compiling.main([]) == 2


@needs_sources
def test_unused_correction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections that fit no row of a replaced source are an error."""
    stale = {"un_no": "1203", "column": "name_en", "before": "PETROLL", "after": "PETROL", "evidence": "planted"}
    monkeypatch.setattr(readers, "_corrections", lambda columns: {"1203": [stale]})
    with pytest.raises(InvalidInput, match="PETROLL"):
        readers.master(SOURCES)
