"""Cases of the checks on quantity: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from tests.features.checks.boxes import ACID, BATTERIES, CHARCOAL, OXIDIZER, PAINT, PESTICIDE, TOYS, Cases, Lawful

CASES: Cases = [
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
]  # fmt: skip

LAWFUL: Lawful = {}
