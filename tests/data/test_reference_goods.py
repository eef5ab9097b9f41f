"""The list of dangerous goods is complete, marks unknown values, and loads fast."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from data.reference import dangerous_goods
from data.reference.dangerous_goods import Entry, Known, by_un_no, entries, is_known
from data.reference.forbidden import is_forbidden_name
from data.reference.sources import sources
from data.texts import both

BROKEN_WORDS = re.compile(
    r"\b(SUBST ANCE|ALK [AY]L|ST AB|POT ASS|PACK AG|ANH Y|ISOCY AN|INORG AN|SURF ACE|W ATER|DEH YDE)"
)


def one(un_no: str) -> Entry:
    (entry,) = by_un_no(un_no)
    return entry


def test_the_list_is_complete() -> None:
    """Every UN number of the master list has its entries."""
    assert len(entries()) == 2_861
    assert len({entry.un_no for entry in entries()}) == 2_347


def test_entries_are_ordered_and_numbered() -> None:
    """Un numbers are four digits, variants count from 0 without gaps: other modules index by both."""
    keys = [(entry.un_no, entry.variant) for entry in entries()]
    assert keys == sorted(set(keys))
    assert all(re.fullmatch(r"\d{4}", un_no) for un_no, _ in keys)
    for un_no, count in Counter(un_no for un_no, _ in keys).items():
        assert [entry.variant for entry in by_un_no(un_no)] == list(range(count))


@pytest.mark.parametrize(
    ("un_no", "hazard_class", "subsidiary", "groups"),
    [
        ("1203", "3", (), ("II",)),
        ("1263", "3", (), ("I", "II", "III")),
        ("1361", "4.2", (), ("II", "III")),
        ("1748", "5.1", (), ("II", "III")),
        ("2880", "5.1", (), ("II", "III")),
        ("1214", "3", ("8",), ("II",)),
        ("1041", "2.1", (), ("",)),
        ("2016", "6.1", (), ("",)),
        ("2591", "2.2", (), ("",)),
        ("3480", "9", (), ("",)),
        ("3556", "9", (), ("",)),
        ("0336", "1.4G", (), ("",)),
    ],
)
def test_well_known_goods(un_no: str, hazard_class: str, subsidiary: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """Well-known values, among them corrected scanning errors."""
    found = by_un_no(un_no)
    assert {entry.hazard_class for entry in found} == {hazard_class}
    assert {entry.subsidiary_hazards for entry in found} == {subsidiary}
    assert tuple(entry.packing_group for entry in found) == groups


def test_an_unknown_number_has_no_entries() -> None:
    """Unassigned numbers, and texts that are not four digits, have no entries."""
    for un_no in ("9999", "", "UN1203", "203"):
        assert by_un_no(un_no) == ()
        assert not is_known(un_no)
    assert is_known("1203")


def test_unknown_is_not_no() -> None:
    """Lithium batteries are not covered by the IMDG transcription, so their values are unknown, not "no"."""
    batteries, petrol, hypochlorite = one("3480"), one("1203"), by_un_no("2880")[0]
    assert batteries.marine_pollutant is Known.UNKNOWN
    assert batteries.segregation_codes is None
    assert batteries.stowage_category is None
    assert batteries.ems == "F-A S-I"
    assert petrol.marine_pollutant is Known.NO
    assert petrol.segregation_codes == ()
    assert hypochlorite.marine_pollutant is Known.YES
    assert hypochlorite.segregation_groups == ("SGG8",)


def test_open_values_are_unknown() -> None:
    """Samples of explosives have no class; articles have the hazards of their contents."""
    assert one("0190").hazard_class == ""
    assert one("0190").subsidiary_hazards is None
    assert one("3537").subsidiary_hazards is None
    assert [entry.un_no for entry in entries() if not entry.hazard_class] == ["0190"]


def test_no_gas_or_explosive_has_a_packing_group() -> None:
    """Classes 1, 2 and 7 have no packing groups."""
    assert not [entry for entry in entries() if entry.hazard_class[:1] in "127" and entry.packing_group]


def test_class_is_not_its_own_subsidiary_hazard() -> None:
    """A class among its own subsidiary hazards would be a scanning error."""
    assert not [entry.un_no for entry in entries() if entry.hazard_class in (entry.subsidiary_hazards or ())]


def test_codes_have_their_form() -> None:
    """Codes have the form used on papers, because checks compare them as texts."""
    forms = {
        "hazard_class": r"|1\.[1-6][A-S]|[2-9](\.[1-6])?",
        "packing_group": r"|I|II|III",
        "limited_quantity": r"0|SP\d+|\d+ (mL|L|g|kg)( or \d+ (g|kg))?",
        "excepted_quantity": r"E[0-5]|SP\d+",
        "ems": r"F-[A-J] S-[A-Z]",
        "stowage_category": r"[A-E]|0[1-5]",
        "special_provisions": r"\d{2,3}",
        "packing_instructions": r"(P|LP|IBC)\d{2,3}(\([abc]\))?",
        "packing_provisions": r"(PP|B|L)\d{1,3}",
        "portable_tank": r"T\d{1,2}|BK[123]",
        "tank_provisions": r"TP\d{1,2}",
        "stowage_codes": r"(SW|H)\d{1,2}",
        "segregation_codes": r"SG\d{1,2}",
        "segregation_groups": r"SGG\d{1,2}a?",
        "subsidiary_hazards": r"\d(\.\d)?",
    }
    for column, form in forms.items():
        for entry in entries():
            value = getattr(entry, column)
            for code in () if value is None else value if isinstance(value, tuple) else (value,):
                assert re.fullmatch(form, code), (entry.un_no, column, code)


def test_names_are_complete() -> None:
    """Names have no broken words and no full-width signs in English, and none is missing."""
    for entry in entries():
        assert entry.name_en.isascii() or set(entry.name_en) - set(map(chr, range(128))) <= set("°³⁻"), entry
        assert not BROKEN_WORDS.search(entry.name_en), entry
        assert "N. O" not in entry.name_en
        assert re.search(r"[\u4e00-\u9fff]", entry.name_zh), entry


def test_technical_name_required() -> None:
    """Generic entries need one, named substances do not."""
    assert one("1950").technical_name_required is False
    assert all(entry.technical_name_required for entry in by_un_no("1993"))
    assert all(entry.technical_name_required for entry in by_un_no("3077"))
    assert one("2814").technical_name_required is True


def test_loading_is_fast() -> None:
    """Loading takes far less than a second; the limit allows for a busy machine."""
    dangerous_goods.entries.cache_clear()
    durations = []
    for _ in range(3):
        dangerous_goods.entries.cache_clear()
        started = time.perf_counter()
        entries()
        durations.append(time.perf_counter() - started)
    assert min(durations) < 0.15


def test_forbidden_names() -> None:
    """Forbidden goods are found whatever the case; goods with a UN number are not among them."""
    assert is_forbidden_name("AMMONIUM  chlorate")
    assert not is_forbidden_name("Paint")
    assert not is_forbidden_name("Acetylene, solvent free")


def test_known_has_words() -> None:
    """Yes, no and unknown are shown in both languages."""
    for member in Known:
        assert member.word("en") == both(f"known.{member.value}")["en"]
        assert member.word("zh")


def test_columns_have_sources() -> None:
    """Every column has a source and an edition."""
    named = {(source.file, source.column) for source in sources()}
    for file in {source.file for source in sources()}:
        with (dangerous_goods.FOLDER / file).open(encoding="utf-8") as lines:
            columns = lines.readline().strip().split(",")
        assert {(file, column) for column in columns} == {pair for pair in named if pair[0] == file}
    assert all(source.source for source in sources())
    compiled = {"repairs.csv", "conflicts.csv", "corrections.csv", "sources.csv", "package_names.csv"}
    assert {path.name for path in dangerous_goods.FOLDER.glob("*.csv")} - compiled == {pair[0] for pair in named}
