"""A declared shipping name agrees with its own UN number, in all usual spellings, and with no other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import names
from data.reference.dangerous_goods import entries
from data.reference.name_ranges import contradicts
from data.reference.shipping_names import agrees, is_generic, lacks_state, specific_entries

UN_NUMBERS = sorted({entry.un_no for entry in entries()})

OWN = [
    ("1230", "METHANOL"),
    ("1230", "methyl alcohol"),
    ("1230", "METHANOL 甲醇"),
    ("1230", "甲 醇"),
    ("1830", "ACID, SULFURIC"),
    ("1830", '"SULPHURIC ACID"'),
    ("1830", "UN1830 SULPHURIC ACID 98% CLASS 8, PG II"),
    ("1830", "SULPHURIC ACID, with more than 51 % acid"),
    ("1830", "硫酸 98%"),
    ("1993", "FLAMMABLE LIQUID NOS (XYLENE, ACETONE)"),
    ("1993", "FLAMMABLE LIQUID, N.O.S., ACETONE"),
    ("1993", "FLAMMABLE LIQUIDS, N.O.S."),
    ("1993", "FLAMABLE LIQUID, N.O.S."),
    ("1993", "易燃液体，未另列明的（二甲苯）"),
    ("1993", "易燃液體，未另作規定的"),
    ("1992", "FLAMMABLE LIQUID, TOXIC, N.O.S. (METHANOL)"),
    ("1361", "CHARCOAL"),
    ("1361", "木炭"),
    ("1362", "ACTIVATED CARBON"),
    ("1362", "活性炭"),
    ("1203", "GASOLINE"),
    ("1203", "petrol"),
    ("1202", "DIESEL FUEL"),
    ("3480", "LITHIUM-ION BATTERY"),
    ("3480", "锂离子电池"),
    ("3481", "LITHIUM ION BATTERIES PACKED WITH EQUIPMENT"),
    ("3481", "包含在设备中的锂离子电池"),
    ("3090", "LITHIUM METAL BATTERIES"),
    ("1090", "ACET0NE"),
    ("1090", "WASTE ACETONE"),
    ("1090", "废丙酮"),
    ("1090", "ＡＣＥＴＯＮＥ，３，ＩＩ"),
    ("1090", "ACETONE SOLUTION"),
    ("1263", "PAINTS"),
    ("1263", "PAINT RELATED MATERIAL"),
    ("1263", "油漆"),
    ("1170", "ETHYL ALCOHOL"),
    ("1170", "酒精"),
    ("1789", "HYDROCHLORICACID"),
    ("1789", "HYDRO CHLORIC ACID"),
    ("1789", "盐酸"),
    ("1748", "CALCIUM HYPOCHLORITE, DRY"),
    ("1748", "次氯酸钙，干的"),
    ("2880", "水合次氯酸钙"),
    ("1950", "AEROSOL"),
    ("1279", "1,2-DICHLOROPROPANE"),
    ("1279", "l,2-DICHLOROPROPANE"),
    ("1193", "METHYL ETHYL KETONE"),
    ("1307", "二甲苯"),
    ("1017", "氯气"),
    ("3082", "ENVIRONMENTALLY HAZARDOUS SUBSTANCE, LIQUID, N.O.S. (ZINC COMPOUND)"),
    ("3109", "ORGANIC PEROXIDE TYPE F, LIQUID, METHYL ETHYL KETONE PEROXIDE"),
    ("2312", "PHENOL, MOLTEN"),
    ("1725", "ALUMINUM BROMIDE, ANHYDROUS"),
    ("1830", "硫酸 51.1%"),
    ("2796", "SULPHURIC ACID 51%"),
    ("2014", "过氧化氢水溶液 20-60%"),
    ("2984", "HYDROGEN PEROXIDE, AQUEOUS SOLUTION 19.9%"),
    ("3293", "HYDRAZINE HYDRATE 55%"),
    ("1748", "CALCIUM HYPOCHLORITE, DRY, 65% MIN"),
    ("1123", "N-BUTYL ACETATE"),
    ("1307", "间二甲苯"),
    ("1805", "磷酸85%"),
    ("2672", "氨水 25%"),
    ("3105", "有机过氧化物D型，液态"),
    ("2218", "ACRYLIC ACID, STABILIZED, TEMPERATURE CONTROLLED"),
    ("1090", "EMPTY, UNCLEANED IBC, LAST CONTAINED: UN 1090 ACETONE"),
    ("1090", "空桶未清洗 丙酮"),
    ("1017", "CHLORINE, SALVAGE PRESSURE RECEPTACLE"),
    ("2448", "HOT SULPHUR"),
    ("1090", "ACETONE UN1090 3 II"),
    ("1090", "丙酮，优等品，桶装"),
]

OTHERS = [
    ("1230", "ETHANOL"),
    ("1230", "METHANAL"),
    ("1170", "甲醇"),
    ("1170", "ETHANOLAMINE"),
    ("1173", "METHYL ACETATE"),
    ("1190", "乙酸甲酯"),
    ("1231", "乙酸乙酯"),
    ("1993", "FLAMMABLE LIQUID, TOXIC, N.O.S."),
    ("1992", "FLAMMABLE LIQUID, N.O.S."),
    ("2929", "FLAMMABLE LIQUID, TOXIC, N.O.S."),
    ("1993", "易燃液体，毒性，未另作规定的"),
    ("1993", "FLAMMABLE LIQUID, CORRSIVE, N.O.S."),
    ("1361", "CARBON, ACTIVATED"),
    ("1362", "CHARCOAL"),
    ("1362", "木炭"),
    ("1748", "CALCIUM HYPOCHLORITE, HYDRATED"),
    ("1748", "CALCIUM HYPOCHLORITE (HYDRATED)"),
    ("1748", "水合次氯酸钙"),
    ("2880", "次氯酸钙，干的"),
    ("3480", "LITHIUM METAL BATTERIES"),
    ("3090", "LITHIUM ION BATTERIES"),
    ("3480", "LITHIUM ION BATTERIES PACKED WITH EQUIPMENT"),
    ("3481", "LITHIUM ION BATTERIES"),
    ("3481", "LITHIUM METAL BATTERIES CONTAINED IN EQUIPMENT"),
    ("1671", "PHENOL, MOLTEN"),
    ("1830", "SULPHURIC ACID, FUMING"),
    ("1830", "SULPHURIC ACID with not more than 51% acid"),
    ("1830", "硫酸钠"),
    ("1824", "SODIUM HYDROXIDE, SOLID"),
    ("1823", "POTASSIUM HYDROXIDE, SOLID"),
    ("1325", "FLAMMABLE SOLID, INORGANIC, N.O.S."),
    ("1005", "AMMONIA SOLUTION"),
    ("1090", "ACETONE OILS"),
    ("1090", "PLASTIC TOYS"),
    ("1090", "丙酮 METHANOL"),
    ("1428", "SODIUM BICARBONATE"),
    ("1279", "1,3-DICHLOROPROPANE"),
    ("1591", "p-DICHLOROBENZENE"),
    ("1066", "NITROGEN, REFRIGERATED LIQUID"),
    ("3469", "PAINT, CORROSIVE, FLAMMABLE"),
    ("1350", "SULPHUR DIOXIDE"),
    ("2031", "CITRIC ACID"),
    ("1830", "硫酸 51%"),
    ("2796", "SULPHURIC ACID 96-98%"),
    ("2014", "过氧化氢水溶液 ≥ 60.1%"),
    ("2984", "HYDROGEN PEROXIDE, AQUEOUS SOLUTION 20%"),
    ("3293", "HYDRAZINE HYDRATE 60%"),
    ("2208", "CALCIUM HYPOCHLORITE MIXTURE, DRY, 65% MIN"),
    ("1123", "ISOBUTYL ACETATE"),
    ("1213", "乙酸正丁酯"),
    ("3105", "有机过氧化物C型，液态"),
    ("3101", "ORGANIC PEROXIDE TYPE B, LIQUID, TEMPERATURE CONTROLLED"),
    ("2910", "RADIOACTIVE MATERIAL, EXCEPTED PACKAGE - EMPTY PACKAGING"),
    ("1344", "TRINITROPHENOL"),
    ("1374", "FISH MEAL, STABILIZED"),
]


@pytest.mark.parametrize(("un_no", "declared"), OWN)
def test_own_names_are_accepted(un_no: str, declared: str) -> None:
    assert agrees(un_no, declared) is True


@pytest.mark.parametrize(("un_no", "declared"), OTHERS)
def test_names_of_other_goods_are_rejected(un_no: str, declared: str) -> None:
    """Also names that differ by one letter, one word or one limit."""
    assert agrees(un_no, declared) is False


def test_no_result_without_number_or_name() -> None:
    assert [agrees("9999", "ACETONE"), agrees("1090", " "), agrees("1090", "12-3")] == [None, None, None]


def test_every_name_of_the_list_is_accepted() -> None:
    """All names of the list agree with their UN number, in both languages."""
    listed = {(entry.un_no, name) for entry in entries() for name in (entry.name_en, entry.name_zh)}
    assert [pair for pair in sorted(listed) if not agrees(*pair)] == []


@pytest.mark.parametrize(
    ("text", "un_nos"),
    [
        ("ACETONE", ("1090",)),
        ("丙酮", ("1090",)),
        ("sulfuric acid", ("1830", "2796")),
        ("FLAMMABLE LIQUID, N.O.S.", ()),
        ("ZINEB", ()),
        ("", ()),
    ],
)
def test_a_specific_entry_is_found_by_its_exact_name(text: str, un_nos: tuple[str, ...]) -> None:
    assert specific_entries(text) == un_nos


def test_generic_and_specific_entries() -> None:
    assert [is_generic(un_no) for un_no in ("1993", "3109", "1090", "9999")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("un_no", "declared", "lacking"),
    [
        ("1093", "丙烯腈", True),
        ("1671", "PHENOL", True),
        ("2949", "SODIUM HYDROSULPHIDE", True),
        ("1344", "TRINITROPHENOL", False),
        ("1198", "FORMALDEHYDE SOLUTION", False),
        ("1671", "SOLID", False),
        ("9999", "PHENOL", False),
    ],
)
def test_missing_words_of_state(un_no: str, declared: str, lacking: bool) -> None:
    assert lacks_state(un_no, declared) is lacking


@pytest.mark.parametrize(
    ("un_no", "group", "text", "contradicting"),
    [
        ("2031", "I", "NITRIC ACID 70%", True),
        ("2031", "II", "NITRIC ACID 70%", False),
        ("2790", "III", "acetic acid 50%", True),
        ("2790", "II", "acetic acid 50%", False),
        ("1830", None, "SULPHURIC ACID 98% WATER 2%", False),
        ("1830", None, "硫酸，水分 2%", False),
        ("1830", None, "SULPHURIC ACID", False),
        ("1090", None, "ACETONE 1%", False),
        ("9999", None, "1%", False),
    ],
)
def test_contradicting_concentrations(un_no: str, group: str | None, text: str, contradicting: bool) -> None:
    assert contradicts(un_no, text, group) is contradicting


def test_benchmark_on_part_of_the_list() -> None:
    """99 % of own names accepted and of others' rejected, every ninth UN number."""
    listed = dict(list(names.names().items())[::9])
    for pairs in (list(names.own(7, listed)), list(names.others(7, listed))):
        right = sum(agrees(pair.un_no, pair.declared) is pair.own for pair in pairs)
        assert right / len(pairs) >= 0.99


def test_long_text_is_fast() -> None:
    """Only the beginning of a very long text is read."""
    assert agrees("1993", "n.o.s. un a (x" * 50_000) is False


@settings(deadline=None)
@given(st.sampled_from(UN_NUMBERS), st.text())
def test_any_name_is_accepted_as_input(un_no: str, declared: str) -> None:
    assert agrees(un_no, declared) in (True, False, None)
    specific_entries(declared)


@settings(deadline=None)
@given(st.sampled_from(UN_NUMBERS), st.lists(st.sampled_from(sorted({piece for entry in entries()[::40]
       for piece in re.split(r"(\W)", entry.name_en + entry.name_zh)})), max_size=9))  # fmt: skip
def test_any_mixture_of_names_is_accepted_as_input(un_no: str, pieces: list[str]) -> None:
    assert agrees(un_no, "".join(pieces)) in (True, False, None)
