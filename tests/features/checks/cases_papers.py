"""Cases of the checks on papers: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.features.checks.boxes import ETHANOL, PAINT, Cases, Lawful

CASES: Cases = [
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
]  # fmt: skip

LAWFUL: Lawful = {}
