"""Each check speaks at its smallest offence, and is silent on the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.records import BOX_COLUMNS
from data.vocabulary import Severity
from features.checks.catalogue import CATALOGUE
from tests.features.checks import boxes
from tests.features.checks.boxes import (
    ACID,
    AEROSOLS,
    ALKALI,
    BATTERIES,
    CARTRIDGES,
    CHARCOAL,
    ETHANOL,
    FISH_MEAL,
    GAS,
    HYPOCHLORITE,
    ISOTOPE,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    PESTICIDE,
    RICE,
    SEED_CAKE,
    TOXIC,
    TOYS,
    VEHICLES,
    Row,
    codes,
    found_in,
)  # fmt: skip

_BOX = {column.name for column in BOX_COLUMNS}
IN_2025 = {"declared_at": datetime(2025, 12, 20, tzinfo=UTC), "loading_at": datetime(2025, 12, 31, 23, 59, tzinfo=UTC)}
IN_2026 = {"declared_at": datetime(2025, 12, 20, tzinfo=UTC), "loading_at": datetime(2026, 1, 1, tzinfo=UTC)}
_REEFER = {"box_type": "45R1"}
_LAWFUL = {
    "paint": [PAINT], "ethanol": [ETHANOL], "acid": [ACID], "alkali": [ALKALI], "toxic": [TOXIC],
    "pesticide": [PESTICIDE], "oxidizer": [OXIDIZER], "charcoal": [CHARCOAL], "hypochlorite": [HYPOCHLORITE],
    "batteries": [BATTERIES], "vehicles": [VEHICLES], "seed cake": [SEED_CAKE], "fish meal": [FISH_MEAL],
    "cartridges": [CARTRIDGES], "isotope": [ISOTOPE], "aerosols": [AEROSOLS], "toys": [TOYS], "rice": [RICE],
    "gas": [GAS], "paint and ethanol": [PAINT, ETHANOL], "paint and toys": [PAINT, TOYS], "rice and toys": [RICE, TOYS],
}  # fmt: skip

# check, goods, the offence, the nearest lawful case; of a pair of goods, changes are those of the second.
CASES: list[tuple[str, Row | tuple[Row, Row], dict[str, Any], dict[str, Any]]] = [
    ("unknown_number", PAINT, {"un_no": "9999"}, {"un_no": "1263"}),
    ("unknown_number", TOYS, {"un_no": "0001"}, {"un_no": None}),
    ("not_yet_a_number", VEHICLES, IN_2025, IN_2026),
    ("not_yet_a_number", BATTERIES, {"un_no": "3551", **IN_2025}, {"un_no": "3480", **IN_2025}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "锂离子电池电动汽车"}, {"un_no": "3171", "shipping_name": "BATTERY-POWERED VEHICLE", "description": "铅酸电池电动叉车"}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "lithium ion battery car"}, {"un_no": "3171", "description": "lithium ion battery car", **IN_2025}),
    ("no_longer_this_number", VEHICLES, {"un_no": "3171", "description": "钠离子电池车"}, {"un_no": "3558", "description": "钠离子电池车"}),
    ("class_differs", PAINT, {"hazard_class": "8"}, {"hazard_class": "3"}),
    ("class_differs", TOXIC, {"hazard_class": "6.2"}, {"hazard_class": "6.1"}),
    ("class_differs", CHARCOAL, {"hazard_class": "4.1"}, {"hazard_class": "4.2"}),
    ("class_differs", GAS, {"hazard_class": "2.2"}, {"hazard_class": "2.1"}),
    ("class_differs", AEROSOLS, {"hazard_class": "3"}, {"hazard_class": "2.2"}),
    ("class_differs", CARTRIDGES, {"hazard_class": "1.2S"}, {"hazard_class": "1.4S"}),
    ("compatibility_differs", CARTRIDGES, {"hazard_class": "1.4G"}, {"hazard_class": "1.4S"}),
    ("subsidiary_missing", PAINT, {"un_no": "1230", "shipping_name": "METHANOL", "subsidiary_hazards": None}, {"un_no": "1230", "shipping_name": "METHANOL", "subsidiary_hazards": "6.1"}),
    ("subsidiary_missing", ACID, {"un_no": "2014", "hazard_class": "5.1", "subsidiary_hazards": None}, {"un_no": "2014", "hazard_class": "5.1", "subsidiary_hazards": "8"}),
    ("subsidiary_not_listed", PAINT, {"subsidiary_hazards": "6.1"}, {"subsidiary_hazards": None}),
    ("group_not_allowed", CHARCOAL, {"packing_group": "I"}, {"packing_group": "II"}),
    ("group_not_allowed", ACID, {"packing_group": "III"}, {"packing_group": "II"}),
    ("group_not_allowed", ACID, {"packing_group": None}, {"packing_group": "II"}),
    ("group_not_allowed", GAS, {"packing_group": "II"}, {"packing_group": None}),
    ("group_not_allowed", CARTRIDGES, {"packing_group": "II"}, {"packing_group": None}),
    ("group_not_allowed", PEROXIDE, {"packing_group": "II", **_REEFER}, {"packing_group": None, **_REEFER}),
    ("group_not_allowed", ISOTOPE, {"packing_group": "III"}, {"packing_group": None}),
    ("group_not_allowed", PAINT, {"un_no": "2814", "hazard_class": "6.2", "packing_group": "II"}, {"un_no": "2814", "hazard_class": "6.2", "packing_group": None}),
    ("name_differs", PAINT, {"shipping_name": "SULPHURIC ACID"}, {"shipping_name": "Paints"}),
    ("name_differs", ETHANOL, {"shipping_name": "METHANOL"}, {"shipping_name": "ETHYL ALCOHOL"}),
    ("name_differs", ACID, {"shipping_name": "盐酸"}, {"shipping_name": "硫酸"}),
    ("name_differs", BATTERIES, {"shipping_name": "LITHIUM METAL BATTERIES"}, {"shipping_name": "lithium-ion batteries"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": "carbofuran"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"technical_name": None, "shipping_name": "PESTICIDE, SOLID, TOXIC, N.O.S. (carbofuran)"}),
    ("technical_name_missing", PESTICIDE, {"technical_name": None}, {"un_no": "1710", "technical_name": None}),
    ("generic_name", PAINT, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "ACETONE"}, {"un_no": "1993", "shipping_name": "FLAMMABLE LIQUID, N.O.S.", "technical_name": "contains acetone and resin", "description": "混合溶剂"}),
    ("forbidden_goods", TOYS, {"description": "1,1-Dinitroethane (dry)"}, {"description": "nitroethane resin toys"}),
    ("flash_point_missing", PAINT, {"flash_point_c": None}, {"flash_point_c": 22.9}),
    ("flash_point_missing", ACID, {"subsidiary_hazards": "3"}, {"subsidiary_hazards": None}),
    ("flash_point_too_high", PAINT, {"flash_point_c": 60.1, "packing_group": "III"}, {"flash_point_c": 60.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1202", "flash_point_c": 100.1, "packing_group": "III"}, {"un_no": "1202", "flash_point_c": 100.0, "packing_group": "III"}),
    ("flash_point_too_high", PAINT, {"un_no": "1993", "flash_point_c": 90.0}, {"un_no": "3256", "flash_point_c": 90.0}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 60.0}, {"flash_point_c": 60.1}),
    ("flash_point_not_declared", ACID, {"flash_point_c": 40.0}, {"flash_point_c": 40.0, "subsidiary_hazards": "3"}),
    ("flash_point_not_declared", TOYS, {"flash_point_c": 45.0}, {"flash_point_c": 95.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 22.9}, {"packing_group": "III", "flash_point_c": 23.0}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "II", "flash_point_c": 23.0}, {"packing_group": "II", "flash_point_c": 22.9}),
    ("group_against_flash_point", ETHANOL, {"packing_group": "III", "flash_point_c": 20.0}, {"un_no": "1263", "packing_group": "III", "flash_point_c": 20.0}),
    ("temperature_missing", PEROXIDE, {"control_temp_c": None, **_REEFER}, _REEFER),
    ("temperature_missing", PEROXIDE, {"emergency_temp_c": None, **_REEFER}, _REEFER),
    ("temperature_missing", PEROXIDE, {"un_no": "3231", "hazard_class": "4.1", "control_temp_c": None, **_REEFER}, {"un_no": "3221", "hazard_class": "4.1", "control_temp_c": None, **_REEFER}),
    ("temperature_missing", PEROXIDE, {"un_no": "3533", "hazard_class": "4.1", "emergency_temp_c": None}, {"un_no": "3531", "hazard_class": "4.1", "emergency_temp_c": None}),
    ("temperatures_crossed", PEROXIDE, {"control_temp_c": -10.0, **_REEFER}, {"control_temp_c": -10.1, **_REEFER}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": True}),
    ("marine_pollutant_denied", HYPOCHLORITE, {"marine_pollutant": False}, {"marine_pollutant": None}),
    ("schedule_differs", PAINT, {"ems": "F-A S-A"}, {"ems": "F-E,S-E"}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": None}, {"net_explosive_kg": 0.1}),
    ("explosive_mass", CARTRIDGES, {"net_explosive_kg": 17000.1}, {"net_explosive_kg": 17000.0}),
    ("radioactive_data", ISOTOPE, {"radionuclide": None}, {"radionuclide": "Co-60"}),
    ("radioactive_data", ISOTOPE, {"activity_bq": None}, {"activity_bq": 1e6}),
    ("radioactive_data", ISOTOPE, {"radioactive_category": None}, {"un_no": "2910", "radioactive_category": None}),
    ("radioactive_data", ISOTOPE, {"transport_index": 1.1}, {"transport_index": 1.1, "radioactive_category": "III-YELLOW"}),
    ("radioactive_data", ISOTOPE, {"transport_index": None}, {"transport_index": None, "radioactive_category": "I-WHITE"}),
    ("limited_quantity", PAINT, {"limited_quantity": True, "inner_volume_l": 5.01}, {"limited_quantity": True, "inner_volume_l": 5.0}),
    ("limited_quantity", OXIDIZER, {"limited_quantity": True, "inner_mass_kg": 5.1}, {"limited_quantity": True, "inner_mass_kg": 5.0}),
    ("limited_quantity", CHARCOAL, {"limited_quantity": True}, {"limited_quantity": False}),
    ("limited_quantity", ACID, {"limited_quantity": True, "inner_volume_l": 1.1}, {"limited_quantity": True, "inner_volume_l": 1.0}),
    ("limited_package", PAINT, {"limited_quantity": True, "package_count": 608}, {"limited_quantity": True, "package_count": 609}),
    ("limited_package", PAINT, {"limited_quantity": True, "package_count": 1, "gross_mass_kg": 30.1, "net_mass_kg": 29.0}, {"limited_quantity": True, "package_count": 1, "gross_mass_kg": 30.0, "net_mass_kg": 29.0}),
    ("excepted_quantity", PAINT, {"excepted_quantity": True, "inner_volume_l": 0.031}, {"excepted_quantity": True, "inner_volume_l": 0.030, "net_mass_kg": 40.0}),
    ("excepted_quantity", BATTERIES, {"excepted_quantity": True}, {"excepted_quantity": False}),
    ("excepted_quantity", PAINT, {"excepted_quantity": True, "net_mass_kg": 40.1}, {"excepted_quantity": True, "net_mass_kg": 40.0}),
    ("net_above_gross", PAINT, {"net_mass_kg": 18250.1}, {"net_mass_kg": 18250.0}),
    ("cargo_against_vgm", PAINT, {"vgm_kg": 19400.0}, {"vgm_kg": 19500.0}),
    ("cargo_against_vgm", PAINT, {"vgm_kg": 21550.0}, {"vgm_kg": 21500.0}),
    ("vgm_against_weighbridge", PAINT, {"weighed_kg": 22000.0}, {"weighed_kg": 21400.0}),
    ("vgm_against_weighbridge", TOYS, {"weighed_kg": 19000.0}, {"weighed_kg": 19600.0}),
    ("overloaded", TOYS, {"weighed_kg": 36000.1}, {"weighed_kg": 36000.0}),
    ("overloaded", TOYS, {"weighed_kg": 10160.1, "vgm_kg": None, "box_type": "12G1"}, {"weighed_kg": 10160.0, "vgm_kg": None, "box_type": "12G1"}),
    ("package_code", PAINT, {"packaging_code": "9Z"}, {"packaging_code": "1A"}),
    ("package_code", PAINT, {"packaging_code": "0A2"}, {"packaging_code": "1A2"}),
    ("mark_malformed", PAINT, {"un_mark": "1A2 Y 150"}, {"un_mark": "1A2/Y1.4/150/25/CN/310001"}),
    ("mark_malformed", PAINT, {"un_mark": "1A2/W1.4/150/25/CN"}, {"un_mark": "4G/Y25/S/24/CN/210021 PI:001"}),
    ("mark_malformed", PAINT, {"un_mark": "1A2/Y1.4"}, {"un_mark": "UN 1A2/X1.4/250/26/CN/310001"}),
    ("mark_too_weak", PAINT, {"un_mark": "1A2/Z1.4/150/25/CN/310001"}, {"un_mark": "1A2/Y1.4/150/25/CN/310001"}),
    ("mark_too_weak", PAINT, {"un_mark": "1A2/Y1.4/150/25/CN/310001", "packing_group": "I"}, {"un_mark": "1A2/X1.4/150/25/CN/310001", "packing_group": "I"}),
    ("mark_too_weak", PAINT, {"un_mark": "1A2/Z1.4/150/25/CN/310001"}, {"un_mark": "1A2/Z1.4/150/25/CN/310001", "packing_group": "III", "flash_point_c": 30.0}),
    ("mark_of_another_packaging", PAINT, {"un_mark": "4G/Y25/S/24/CN/210021"}, {"un_mark": "1A2/Y25/S/24/CN/210021"}),
    ("tank_not_permitted", BATTERIES, {"packaging_code": "TK"}, {"packaging_code": "4G"}),
    ("tank_not_permitted", PESTICIDE, {"un_no": "1950", "hazard_class": "2.1", "packing_group": None, "packaging_code": "TK"}, {"packaging_code": "TK"}),
    ("tank_not_permitted", BATTERIES, {"packaging_code": "31H1"}, {"packaging_code": "4H2"}),
    ("tank_not_permitted", PAINT, {"packing_group": "I", "packaging_code": "31A"}, {"packing_group": "II", "packaging_code": "31A"}),
    ("packages_missing", PAINT, {"package_count": 0}, {"package_count": 1}),
    ("box_number", PAINT, {"box_no": "MSKU1234566"}, {"box_no": "MSKU1234565"}),
    ("box_number", TOYS, {"box_no": "MSKU123456"}, {"box_no": "MSKU1234565"}),
    ("box_type", PAINT, {"box_type": "99Z9"}, {"box_type": "L5G1"}),
    ("not_cooled", PEROXIDE, {"box_type": "22G1"}, {"box_type": "22R1"}),
    ("segregation", (PAINT, OXIDIZER), {}, {"limited_quantity": True}),
    ("segregation", (ACID, ALKALI), {}, {"limited_quantity": True}),
    ("segregation", (PAINT, CHARCOAL), {}, {"un_no": "1263", "hazard_class": "3"}),
    ("segregation", (GAS, PAINT), {}, {"un_no": "1978", "hazard_class": "2.1"}),
    ("segregation", (HYPOCHLORITE, ACID), {}, {"excepted_quantity": True}),
    ("segregation", (PAINT, CARTRIDGES), {}, {"un_no": "1170", "hazard_class": "3"}),
    ("segregation", (OXIDIZER, ACID), {}, {"un_no": "1710", "hazard_class": "9"}),
    ("explosives_together", (CARTRIDGES, CARTRIDGES), {"un_no": "0129", "hazard_class": "1.1A"}, {"un_no": "0014", "hazard_class": "1.4S"}),
    ("explosives_together", (CARTRIDGES | {"un_no": "0027", "hazard_class": "1.1D"}, CARTRIDGES), {"un_no": "0030", "hazard_class": "1.1B"}, {"un_no": "0241", "hazard_class": "1.1D"}),
    ("fumigated", RICE, {"fumigant": "METHYL BROMIDE"}, {"fumigant": None}),
    ("fumigated", TOYS, {"description": "木制家具，已熏蒸"}, {"description": "木制家具"}),
    ("fumigated", TOYS, {"un_no": "3359", "hazard_class": "9", "fumigated_on": None}, {"un_no": "3359", "hazard_class": "9", "fumigated_on": date(2026, 2, 26), "fumigant": "PH3"}),
    ("food_beside_toxic", (TOXIC, RICE), {}, {"description": "毛绒玩具", "hs_code": "950300"}),
    ("food_beside_toxic", (ACID, RICE), {}, {"description": "塑料管", "hs_code": "391721"}),
    ("food_beside_toxic", (PESTICIDE, RICE), {"hs_code": None, "description": "animal feed"}, {"hs_code": None, "description": "plastic pipes"}),
    ("certificate_missing", PAINT, {"packing_certificate_no": None}, {"packing_certificate_no": None, "flow": "import"}),
    ("certificate_missing", PAINT, {"packing_certificate_no": None}, {"packing_certificate_no": "ZX1"}),
    ("certificate_of_another_box", PAINT, {"certificate_box_no": "MSKU7654321"}, {"certificate_box_no": "MSKU 123456-5"}),
    ("certificate_dates", PAINT, {"certificate_on": date(2026, 2, 26)}, {"certificate_on": date(2026, 2, 27)}),
    ("certificate_dates", PAINT, {"packed_on": date(2026, 3, 6), "certificate_on": None}, {"packed_on": date(2026, 3, 4), "certificate_on": None}),
    ("emergency_phone", PAINT, {"emergency_phone": None}, {"emergency_phone": "0411-88888886"}),
    ("emergency_phone", PAINT, {"emergency_phone": "0000000000"}, {"emergency_phone": "+86 411 8888 6666"}),
    ("emergency_phone", PAINT, {"emergency_phone": "112"}, {"emergency_phone": "4001234"}),
    ("credit_code", PAINT, {"shipper_id": "91210200MA0AAAA0XM"}, {"shipper_id": "91210200MA0AAAA0XL"}),
    ("credit_code", PAINT, {"packer_id": "91210200MA0AAAA0X1"}, {"packer_id": "F1234"}),
    ("vessel_number", PAINT, {"vessel_imo": "9354352"}, {"vessel_imo": "9354351"}),
    ("ports", PAINT, {"discharge_port": "QQRTM"}, {"discharge_port": "NLRTM"}),
    ("ports", PAINT, {"discharge_port": "CNDLC"}, {"discharge_port": "CNTAO"}),
    ("filed_late", PAINT, {"declared_at": datetime(2026, 3, 3, 16, 1, tzinfo=UTC)}, {"declared_at": datetime(2026, 3, 3, 16, tzinfo=UTC)}),
    ("filed_late", PAINT, {"declared_at": datetime(2026, 3, 4, tzinfo=UTC)}, {"declared_at": datetime(2026, 3, 4, tzinfo=UTC), "amendment_no": 1}),
    ("number_on_paper", PAINT, {"manifest_un_no": "1993"}, {"manifest_un_no": "1263"}),
    ("number_on_paper", PAINT, {"booking_un_no": "3082"}, {"booking_un_no": "1263"}),
    ("number_on_paper", (PAINT, ETHANOL), {"certificate_un_no": "1263 1993"}, {"certificate_un_no": "1170 1263"}),
    ("class_on_paper", PAINT, {"manifest_hazard_class": "9"}, {"manifest_hazard_class": "3"}),
    ("group_on_paper", PAINT, {"certificate_packing_group": "III"}, {"certificate_packing_group": "II"}),
    ("mass_on_paper", PAINT, {"manifest_gross_mass_kg": 17880.0}, {"manifest_gross_mass_kg": 17890.0}),
    ("mass_on_paper", PAINT, {"booking_gross_mass_kg": 16400.0}, {"booking_gross_mass_kg": 16430.0}),
    ("mass_on_paper", PAINT, {"certificate_gross_mass_kg": 18700.0}, {"certificate_gross_mass_kg": 18300.0}),
    ("count_on_paper", PAINT, {"manifest_package_count": 81}, {"manifest_package_count": 80}),
    ("count_on_paper", PAINT, {"certificate_package_count": 79}, {"certificate_package_count": None}),
    ("charcoal_dates", CHARCOAL, {"produced_on": date(2026, 2, 14)}, {"produced_on": date(2026, 2, 13)}),
    ("charcoal_dates", CHARCOAL, {"produced_on": None}, {"produced_on": None, **IN_2025, "packed_on": date(2025, 12, 20), "certificate_on": None}),
    ("charcoal_dates", CHARCOAL, {"packed_on": None}, {"un_no": "1362", "shipping_name": "CARBON, ACTIVATED", "packed_on": None}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": 40.1}, {"packing_temp_c": 40.0}),
    ("charcoal_temperature", CHARCOAL, {"packing_temp_c": None}, {"packing_temp_c": 8.0}),
    ("charcoal_exempted", CHARCOAL, {"un_no": None, "hazard_class": None, "description": "竹炭 BAMBOO CHARCOAL"}, {"un_no": None, "hazard_class": None, "description": "竹炭 BAMBOO CHARCOAL", **IN_2025}),
    ("charcoal_exempted", TOYS, {"description": "BBQ charcoal", "hs_code": "440290"}, {"description": "charcoal grey plush toys"}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "1748"}, {"un_no": "2880"}),
    ("hypochlorite_number", HYPOCHLORITE, {"moisture_percent": 5.4}, {"moisture_percent": 5.5}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "1479"}, {"un_no": "1479", "shipping_name": "OXIDIZING SOLID, N.O.S.", "description": "oxidizing solid"}),
    ("hypochlorite_number", HYPOCHLORITE, {"un_no": "3485", "moisture_percent": 6.0}, {"un_no": "3487", "moisture_percent": 6.0}),
    ("test_summary", BATTERIES, {"test_summary_no": None}, {"test_summary_no": "TS1"}),
    ("seed_cake", SEED_CAKE, {"oil_percent": 1.6}, {"oil_percent": 1.5}),
    ("seed_cake", SEED_CAKE, {"moisture_percent": 11.1}, {"moisture_percent": 11.0}),
    ("seed_cake", SEED_CAKE, {"oil_percent": None}, {"oil_percent": 0.5}),
    ("seed_cake", SEED_CAKE, {"un_no": "1386"}, {"un_no": "1386", "oil_percent": 1.6}),
    ("fish_meal", FISH_MEAL, {"antioxidant": False}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"antioxidant": None}, {"antioxidant": True}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 12.1}, {"moisture_percent": 12.0}),
    ("fish_meal", FISH_MEAL, {"moisture_percent": 5.0}, {"moisture_percent": 5.1}),
    ("fish_meal", FISH_MEAL, {"oil_percent": 15.1}, {"oil_percent": 15.0}),
    ("fish_meal", FISH_MEAL, {"packing_temp_c": 35.1}, {"packing_temp_c": 35.0}),
    ("tariff_differs", PAINT, {"hs_code": "440210"}, {"hs_code": "320890"}),
    ("undeclared_goods", TOYS, {"description": "漂白粉"}, {"description": "毛绒玩具"}),
    ("undeclared_goods", TOYS, {"description": "LITHIUM BATTERIES"}, {"description": "battery-free wooden toys"}),
    ("undeclared_goods", TOYS, {"description": "双氧水 50%"}, {"description": "矿泉水"}),
]  # fmt: skip


def _raised(goods: Row | tuple[Row, Row], changes: dict[str, Any]) -> set[str]:
    lines = list(goods) if isinstance(goods, tuple) else [goods]
    box = {name: value for name, value in changes.items() if name in _BOX}
    lines[-1] = lines[-1] | {name: value for name, value in changes.items() if name not in _BOX}
    return codes(found_in(*lines, **box))


@pytest.mark.parametrize("name", _LAWFUL)
def test_a_lawful_box_is_not_accused(name: str) -> None:
    told = found_in(*_LAWFUL[name])
    assert [one.message("en") for one in told if one.severity is not Severity.ADVISORY] == []
    assert [one.message("en") for one in told] == []


def test_temperature_controlled_goods_in_a_reefer_are_not_accused() -> None:
    assert codes(found_in(PEROXIDE, **_REEFER)) == set()


@pytest.mark.parametrize(("code", "goods", "offence", "lawful"), CASES)
def test_each_check_speaks_at_its_smallest_offence_only(
    code: str, goods: Row | tuple[Row, Row], offence: dict[str, Any], lawful: dict[str, Any]
) -> None:
    assert code in _raised(goods, offence)
    assert code not in _raised(goods, lawful)


def test_there_are_cases_for_every_check() -> None:
    assert {check.code for check in CATALOGUE} == {case[0] for case in CASES}
    assert 2 * len(CASES) + len(_LAWFUL) >= 200


def test_nothing_is_said_of_a_box_that_says_nothing() -> None:
    bare = {"declaration_id": "D1", "box_no": "MSKU1234565", "declared_at": boxes.BOX["declared_at"], "line_no": 1}
    [found] = boxes.verify(boxes.boxes_of_rows([bare]))
    assert found == []
