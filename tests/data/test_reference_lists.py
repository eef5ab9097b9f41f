"""The watch list finds trade names and ignores harmless phrases; segregation follows table, codes and exceptions."""

from __future__ import annotations

import csv
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference import segregation
from data.reference.dangerous_goods import FOLDER, entries, is_known
from data.reference.packages import is_package_code, package_name
from data.reference.segregation import Goods, between
from data.reference.watchlist import cargoes_of_concern, concern_un_nos

HYPOCHLORITE = {"1748", "2208", "2880", "3485", "3486", "3487"}


def watch_rows() -> list[dict[str, str]]:
    with (FOLDER / "watchlist.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_number_is_in_the_list() -> None:
    """All UN numbers of the watch list are in the list of dangerous goods."""
    assert all(is_known(un_no) for row in watch_rows() for un_no in row["un_nos"].split())
    assert all(is_known(un_no) for un_no in cargoes_of_concern())


def test_terms_find_their_goods() -> None:
    """Each term alone gives its UN numbers, also in capitals."""
    for row in watch_rows():
        expected = set(row["un_nos"].split())
        if row["kind"] == "tariff":
            assert expected <= set(concern_un_nos(row["key"] + "00", ""))
        else:
            assert set(concern_un_nos("", row["key"].removesuffix("$").upper())) == expected, row


@pytest.mark.parametrize(
    ("description", "un_nos"),
    [
        ("竹炭", {"1361"}),
        ("机制木炭 烧烤用", {"1361"}),
        ("BAMBOO CHARCOAL", {"1361"}),
        ("bamboo-charcoal briquettes", {"1361"}),
        ("Hookah coal cubes", {"1361"}),
        ("漂白粉", HYPOCHLORITE),
        ("BLEACHING POWDER 35%", HYPOCHLORITE),
        ("power banks 10000mAh", {"3480", "3481"}),
        ("Lithium-ion Batteries", {"3480", "3481"}),
        ("锂电池", {"3480", "3481"}),
        ("钠离子电池", {"3551", "3552"}),
        ("CORN GERM MEAL", {"1386", "2217"}),
        ("玉米胚芽粕", {"1386", "2217"}),
        ("fishmeal in bags", {"1374", "2216"}),
        ("sulfuric acid", {"1830", "1831", "2796"}),
        ("硫酸", {"1830", "1831", "2796"}),
        ("烟花", {"0333", "0334", "0335", "0336", "0337"}),
    ],
)
def test_trade_names(description: str, un_nos: set[str]) -> None:
    """Trade names, plurals, hyphens, spellings and Chinese names are found."""
    assert set(concern_un_nos("", description)) == un_nos


@pytest.mark.parametrize(
    "description",
    [
        "charcoal grey jacket",
        "竹炭纤维袜子",
        "garments 100% cotton",
        "棉花糖",
        "硫酸钡",
        "盐酸二甲双胍",
        "聚苯乙烯泡沫",
        "paint brushes",
        "matching pens",
        "unpainted toys",
        "adhesive tape",
        "ceramic tiles",
        "",
    ],
)
def test_harmless_phrases(description: str) -> None:
    """Phrases that contain a term but name harmless goods give nothing."""
    assert concern_un_nos("", description) == ()


def test_tariff_codes_match_by_prefix() -> None:
    """Ports declare 6 to 10 digits, sometimes only the heading."""
    assert concern_un_nos("4402100000", "") == ("1361",)
    assert concern_un_nos("440210", "") == ("1361",)
    assert concern_un_nos("4402", "") == ("1361",)
    assert concern_un_nos("9401", "") == concern_un_nos("", "") == ()


def test_code_and_words_are_combined() -> None:
    """UN numbers by tariff code and by words are given together, each once, in order."""
    assert concern_un_nos("850760", "charcoal and lithium battery") == ("1361", "3480", "3481")


@given(st.text(), st.from_regex(r"(\d{4,10})?", fullmatch=True))
def test_any_text_is_accepted(description: str, hs_code: str) -> None:
    """Any text gives a sorted tuple of UN numbers of the list."""
    found = concern_un_nos(hs_code, description)
    assert list(found) == sorted(set(found))
    assert all(map(is_known, found))


def test_search_is_fast() -> None:
    """A search takes microseconds; the limit allows for a busy machine."""
    texts = ["STAINLESS STEEL KITCHEN WARE AND HOUSEHOLD PLASTIC ARTICLES", "竹制品 家具 户外用品 五金配件"]
    concern_un_nos("", "炭")
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(200):
            for text in texts:
                concern_un_nos("392410", text)
        durations.append((time.perf_counter() - started) / 400)
    assert min(durations) < 60e-6


def test_cargoes_of_concern() -> None:
    """The UN numbers of charcoal, calcium hypochlorite, batteries and others are listed; petrol is not."""
    assert {"1361", "1362", "3480", "3481", "3551", "2880", "1386", "2217", "1374", "2216"} <= cargoes_of_concern()
    assert cargoes_of_concern() >= HYPOCHLORITE
    assert "1203" not in cargoes_of_concern()


def test_package_codes() -> None:
    """Codes in force are known, withdrawn and invented ones are not."""
    assert is_package_code("1A")
    assert package_name("4G", "en") == "Box, fibreboard"
    assert package_name("4G", "zh") == "纤维板箱"
    assert not is_package_code("SX")
    assert not is_package_code("ZZZ")
    assert package_name("ZZZ", "en") == ""


def test_terms_differ_not_only_by_spaces() -> None:
    """ "power bank" finds "powerbank" too; a second spelling in the list would hide the first."""
    for kind in ("en", "zh"):
        letters = ["".join(row["key"].split()) for row in watch_rows() if row["kind"] == kind]
        assert len(letters) == len(set(letters))


def segregation_rows() -> list[dict[str, str]]:
    with (FOLDER / "segregation.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_segregation_codes_are_complete() -> None:
    """Every segregation code has a row or is explained in the module docstring."""
    codes = {code for entry in entries() for code in entry.segregation_codes or ()}
    rows = {row["subject"] for row in segregation_rows()}
    assert codes - rows == set(re.findall(r"SG\d+", (segregation.__doc__ or ""))) & codes
    assert not rows & set(re.findall(r"SG\d+", segregation.__doc__ or ""))


def test_segregation_targets_exist() -> None:
    groups = {group for entry in entries() for group in entry.segregation_groups or ()}
    classes = {entry.hazard_class for entry in entries()} | {entry.hazard_class[:3] for entry in entries()}
    classes |= {"2.1", "2.2", "2.3", "aerosol"}
    for row in segregation_rows():
        if row["kind"] == "group":
            assert row["target"] in groups, row
        elif row["kind"] == "un":
            assert is_known(row["target"]), row
        elif row["kind"] in ("class", "as"):
            assert row["target"] in classes, row
        assert row["degree"] in (("",) if row["kind"] in ("but", "as") else ("1", "2", "3", "4")), row


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Goods("1385", "4.2"), Goods("1849", "8"), (0, "")),
        (Goods("2318", "4.2"), Goods("2949", "8"), (0, "")),
        (Goods("0081", "1.1D"), Goods("1942", "5.1"), (0, "")),
        (Goods("0083", "1.1D"), Goods("1942", "5.1"), (4, "")),
        (Goods("3373", "6.2"), Goods("1263", "3"), (0, "")),
        (Goods("3291", "6.2"), Goods("1263", "3"), (3, "")),
        (Goods("2910", "7"), Goods("1263", "3"), (0, "")),
        (Goods("2915", "7"), Goods("1263", "3"), (2, "")),
        (Goods("3507", "6.1", "7 8"), Goods("2915", "7"), (0, "")),
        (Goods("3507", "6.1", "7 8"), Goods("1486", "5.1"), (2, "SG77")),
        (Goods("1950", "2.1"), Goods("0027", "1.1D"), (2, "SG69")),
        (Goods("1950", "2.1"), Goods("0336", "1.4G"), (0, "")),
        (Goods("1950", "2.1", "", True), Goods("0027", "1.1D"), (4, "")),
        (Goods("3314", "9"), Goods("0027", "1.1D"), (2, "SG14")),
        (Goods("3314", "9"), Goods("0012", "1.4S"), (0, "")),
        (Goods("1755", "8"), Goods("1486", "5.1"), (1, "SG10")),
        (Goods("3102", "5.2", "1"), Goods("3103", "5.2"), (4, "SG1")),
        (Goods("3102", "5.2"), Goods("3103", "5.2"), (0, "")),
        (Goods("3232", "4.1", "1"), Goods("1263", "3"), (4, "SG1")),
        (Goods("3232", "4.1"), Goods("1263", "3"), (0, "")),
        (Goods("1131", "3", "6.1"), Goods("0336", "1.4G"), (4, "SG63")),
        (Goods("1505", "5.1"), Goods("1444", "5.1"), (0, "")),
        (Goods("1505", "5.1"), Goods("1439", "5.1"), (2, "SG39")),
    ],
)
def test_degrees_and_codes(first: Goods, second: Goods, expected: tuple[int, str]) -> None:
    """Exceptions, and codes that precede the table."""
    assert between(first, second) == between(second, first) == expected


def test_degree_is_symmetric() -> None:
    goods = [Goods(e.un_no, e.hazard_class, " ".join(e.subsidiary_hazards or ())) for e in entries()[::29]]
    assert all(between(first, second)[0] == between(second, first)[0] for first in goods for second in goods)
