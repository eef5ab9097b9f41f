"""Cases of the checks on papers: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.features.checks.boxes import AEROSOLS, CARTRIDGES, ETHANOL, GAS, PAINT, TOYS, Cases, Lawful

FUMIGATED = TOYS | {"un_no": "3359", "hazard_class": "9", "shipping_name": "FUMIGATED CARGO TRANSPORT UNIT"}
NO_PAPERS = {"packing_certificate_no": None, "certificate_on": None, "certificate_box_no": None}
SHORT = {"discharge_port": "KRINC", "declared_at": datetime(2026, 3, 4, tzinfo=UTC)}
FUMIGATION = {"fumigant": "PHOSPHINE", "fumigated_on": date(2026, 2, 26)}

CASES: Cases = [
    ("certificate_missing", PAINT, {"packing_certificate_no": None}, {"packing_certificate_no": None, "flow": "import"}),
    ("certificate_missing", PAINT, {"packing_certificate_no": None}, {"packing_certificate_no": "ZX1"}),
    ("certificate_missing", ETHANOL, {"packing_certificate_no": None, "box_type": "22G1"}, {"packing_certificate_no": None, "box_type": "22T6"}),
    ("certificate_missing", ETHANOL, {"packing_certificate_no": None, "box_type": "22U1"}, {"packing_certificate_no": None, "box_type": "22K2"}),
    ("certificate_missing", ETHANOL, {"packing_certificate_no": None, "box_type": "20GP"}, {"packing_certificate_no": None, "box_type": "20TK"}),
    ("certificate_missing", ETHANOL, {"packing_certificate_no": None, "packaging_code": "VY"}, {"packing_certificate_no": None, "packaging_code": "TK"}),
    ("certificate_missing", (ETHANOL | {"packaging_code": "TK"}, PAINT), {"packing_certificate_no": None}, {"packing_certificate_no": None, "packaging_code": "TG"}),
    ("certificate_missing", (FUMIGATED, PAINT), {"packing_certificate_no": None, **FUMIGATION}, {"packing_certificate_no": None, **FUMIGATION, **FUMIGATED}),
    ("certificate_of_another_box:severe", PAINT, {"certificate_box_no": "MSKU7654321"}, {"certificate_box_no": "MSKU 123456-5"}),
    ("certificate_of_another_box", PAINT, {"certificate_box_no": "MSKU7654321/TCLU4265727"}, {"certificate_box_no": "MSKU7654321/MSKU1234565"}),
    ("certificate_of_another_box", PAINT, {"certificate_box_no": "MSKU123455"}, {"certificate_box_no": "MSKU123456"}),
    ("certificate_of_another_box:fault", PAINT, {"certificate_box_no": "MSKU1234566"}, {"certificate_box_no": "MSKU1234565"}),
    ("certificate_dates", PAINT, {"certificate_on": date(2026, 2, 26)}, {"certificate_on": date(2026, 2, 27)}),
    ("certificate_dates", PAINT, {"packed_on": date(2026, 3, 6), "certificate_on": None}, {"packed_on": date(2026, 3, 5), "certificate_on": None}),
    ("certificate_dates", PAINT, {"packed_on": date(2026, 3, 5), "certificate_on": None, "loading_at": datetime(2026, 3, 4, 15, 59, tzinfo=UTC)}, {"packed_on": date(2026, 3, 5), "certificate_on": None, "loading_at": datetime(2026, 3, 4, 16, tzinfo=UTC)}),
    ("certificate_dates", PAINT, {"packed_on": date(2026, 3, 6), "certificate_on": None}, {"packed_on": date(2026, 3, 5), "certificate_on": None, "load_port": "NZAKL", "loading_at": datetime(2026, 3, 4, 10, tzinfo=UTC)}),
    ("emergency_phone", PAINT, {"emergency_phone": None}, {"emergency_phone": "0411-88888886"}),
    ("emergency_phone", PAINT, {"emergency_phone": "0000000000"}, {"emergency_phone": "+86 411 8888 6666"}),
    ("emergency_phone", PAINT, {"emergency_phone": "112"}, {"emergency_phone": "4001234"}),
    ("emergency_phone", PAINT, {"emergency_phone": None}, {"emergency_phone": None, **FUMIGATED, **FUMIGATION}),
    ("credit_code", PAINT, {"shipper_id": "91210200MA0AAAA0XM"}, {"shipper_id": "91210200MA0AAAA0XL"}),
    ("credit_code", PAINT, {"packer_id": "91210200MA0AAAA0X1"}, {"packer_id": "F1234"}),
    ("credit_code", PAINT, {"declarant_id": "91210200MAOAAAA0XL"}, {"declarant_id": "11010519491231002X"}),
    ("credit_code", PAINT, {"forwarder_id": "9121020011010511X1"}, {"forwarder_id": "210200100012345"}),
    ("credit_code", PAINT, {"consignee_id": "91210200MA0AAAA0X1"}, {"consignee_id": "HEGG560427MVZRRL04"}),
    ("vessel_number", PAINT, {"vessel_imo": "9354352"}, {"vessel_imo": "9354351"}),
    ("ports", PAINT, {"discharge_port": "QQRTM"}, {"discharge_port": "NLRTM"}),
    ("ports", PAINT, {"discharge_port": "CNDLC"}, {"discharge_port": "CNTAO"}),
    ("filed_late", PAINT, {"declared_at": datetime(2026, 3, 3, 16, 1, tzinfo=UTC)}, {"declared_at": datetime(2026, 3, 3, 16, tzinfo=UTC)}),
    ("filed_late", PAINT, {"declared_at": datetime(2026, 3, 4, tzinfo=UTC)}, {"declared_at": datetime(2026, 3, 4, tzinfo=UTC), "amendment_no": 1}),
    ("filed_late:fault", PAINT, {"declared_at": datetime(2026, 3, 4, 16, 1, tzinfo=UTC)}, {"declared_at": datetime(2026, 3, 4, 15, 59, tzinfo=UTC)}),
    ("number_on_paper", PAINT, {"manifest_un_no": "1993"}, {"manifest_un_no": "1263"}),
    ("number_on_paper", PAINT, {"booking_un_no": "3082"}, {"booking_un_no": "1263"}),
    ("number_on_paper", PAINT, {"manifest_un_no": "1263 1993"}, {"booking_un_no": "1263 1993"}),
    ("number_on_paper", (PAINT, ETHANOL), {"certificate_un_no": "1263 1993"}, {"certificate_un_no": "1170 1263"}),
    ("class_on_paper", PAINT, {"manifest_hazard_class": "9"}, {"manifest_hazard_class": "3"}),
    ("class_on_paper", PAINT, {"manifest_hazard_class": "第9类"}, {"manifest_hazard_class": "第3类"}),
    ("class_on_paper", PAINT, {"manifest_hazard_class": "Class 8"}, {"manifest_hazard_class": "Class 3"}),
    ("class_on_paper", PAINT, {"booking_hazard_class": "8 9"}, {"booking_hazard_class": "3 8"}),
    ("class_on_paper", GAS, {"certificate_hazard_class": "2.2"}, {"certificate_hazard_class": "2"}),
    ("class_on_paper", AEROSOLS | {"subsidiary_hazards": "6.1"}, {"manifest_hazard_class": "6.1"}, {"manifest_hazard_class": "2.1 (6.1)"}),
    ("class_on_paper", AEROSOLS | {"subsidiary_hazards": "6.1"}, {"manifest_hazard_class": "2.1、8"}, {"manifest_hazard_class": "2.1、6.1"}),
    ("class_on_paper", CARTRIDGES, {"manifest_hazard_class": "1.4G"}, {"manifest_hazard_class": "1.4"}),
    ("group_on_paper", PAINT, {"certificate_packing_group": "III"}, {"certificate_packing_group": "II"}),
    ("mass_on_paper", PAINT, {"manifest_gross_mass_kg": 17880.0}, {"manifest_gross_mass_kg": 17890.0}),
    ("mass_on_paper", PAINT, {"booking_gross_mass_kg": 16400.0}, {"booking_gross_mass_kg": 16430.0}),
    ("mass_on_paper", PAINT, {"manifest_gross_mass_kg": 54750.0}, {"booking_gross_mass_kg": 54750.0}),
    ("mass_on_paper", PAINT, {"certificate_gross_mass_kg": 18700.0}, {"certificate_gross_mass_kg": 18300.0}),
    ("mass_on_paper", (PAINT, TOYS), {"manifest_gross_mass_kg": 6000.0}, {"manifest_gross_mass_kg": 9125.0}),
    ("count_on_paper", PAINT, {"manifest_package_count": 81}, {"manifest_package_count": 80}),
    ("count_on_paper", PAINT, {"certificate_package_count": 79}, {"certificate_package_count": None}),
    ("count_on_paper", PAINT, {"booking_package_count": 79}, {"booking_package_count": 240}),
    ("count_on_paper", (PAINT, TOYS), {"certificate_package_count": 81}, {"certificate_package_count": 80}),
]  # fmt: skip

LAWFUL: Lawful = {
    "gas in a tank container": ([GAS | {"packaging_code": "TK"}], {**NO_PAPERS, "box_type": "22T6"}),
    "a fumigated box of toys": ([FUMIGATED | FUMIGATION], {**NO_PAPERS, "emergency_phone": None}),
    "filed the day of a sailing to Incheon": ([PAINT], SHORT),
    "filed the day of a sailing to Yantai": ([PAINT], SHORT | {"discharge_port": "CNYNT"}),
    "discharged from Qingdao the day after": ([PAINT], SHORT | {"flow": "import", "load_port": "CNTAO", "discharge_port": "CNDLC"}),
    "packed after midnight, loaded before breakfast": ([PAINT], {"packed_on": date(2026, 3, 5), "certificate_on": date(2026, 3, 5)}),
    "no telephone": ([PAINT], {"emergency_phone": None}),
    "a person declares": ([PAINT], {"declarant_id": "11010519491231002X"}),
    "booked with two boxes more": ([PAINT], {"booking_gross_mass_kg": 54750.0, "booking_package_count": 240, "booking_un_no": "1263 1993", "booking_hazard_class": "3 8"}),
}  # fmt: skip
