"""Cases of segregation within a box, and of explosives: offence, and the nearest lawful case."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from typing import Any

from tests.features.checks.boxes import (
    ACID,
    AEROSOLS,
    ALKALI,
    CARTRIDGES,
    CHARCOAL,
    GAS,
    HYPOCHLORITE,
    ISOTOPE,
    OXIDIZER,
    PAINT,
    PEROXIDE,
    TOXIC,
    Cases,
    Lawful,
    Row,
)


def _goods(un_no: str, hazard_class: str, packing_group: str | None = None, **more: Any) -> Row:
    """A line with few columns, to test which goods may be beside it."""
    return {"line_no": 1, "un_no": un_no, "hazard_class": hazard_class, "packing_group": packing_group,
            "package_count": 80, "net_mass_kg": 16000.0, "gross_mass_kg": 17000.0} | more  # fmt: skip


# A box of two lines: found_in halves the masses, so that 4800 kg in 80 packages are 30 kg each.
SMALL: Row = {"net_mass_kg": 4800.0, "gross_mass_kg": 5000.0}
SOLID_ALKALI, SOLID_ACID = _goods("1823", "8", "II"), _goods("2967", "8", "III")
BLASTING, BLACK_POWDER, CORD = _goods("0082", "1.1D"), _goods("0027", "1.1D"), _goods("0065", "1.1D")
FIREWORKS, SIGNALS, DETONATORS = _goods("0336", "1.4G"), _goods("0191", "1.4G"), _goods("0030", "1.1B")
METAL_ORGANIC = _goods("3394", "4.2", "I", subsidiary_hazards="4.3")
PERACETIC = _goods("3109", "5.2", technical_name="PEROXYACETIC ACID, TYPE F, stabilized", subsidiary_hazards="8")
SODIUM_SULPHIDE = _goods("1385", "4.2", "II")
CHROMIC_ACID, NITRIC_ACID = _goods("1755", "8", "II"), _goods("2031", "8", "I", subsidiary_hazards="5.1")

CASES: Cases = [
    ("segregation:severe", (PAINT, OXIDIZER), {}, {"limited_quantity": True}),
    ("segregation:severe", (PAINT, OXIDIZER), {}, {"excepted_quantity": True}),
    ("segregation:severe", (ACID, ALKALI), {}, {"limited_quantity": True}),
    ("segregation:severe", (PAINT, CHARCOAL), {}, {"un_no": "1263", "hazard_class": "3"}),
    ("segregation:severe", (GAS, PAINT), {}, {"un_no": "1978", "hazard_class": "2.1"}),
    ("segregation", (HYPOCHLORITE, ACID), {}, {"excepted_quantity": True}),
    ("segregation:severe", (PAINT, CARTRIDGES), {}, {"un_no": "1170", "hazard_class": "3"}),
    ("segregation:severe", (OXIDIZER, ACID), {}, {"un_no": "1710", "hazard_class": "9"}),
    # Away from: with approval.
    ("segregation:fault", (OXIDIZER, TOXIC), {}, {"un_no": "1263", "hazard_class": "3"}),
    # Acids and alkalis in small packages: a statement is enough (7.2.6.5); 30 kg of solids, 30 L of liquids.
    ("segregation:advisory", (SOLID_ACID | SMALL, SOLID_ALKALI | SMALL), {}, {"net_mass_kg": 4801.0}),
    ("segregation:severe", (SOLID_ACID | SMALL, SOLID_ALKALI | SMALL), {"net_mass_kg": 4801.0}, {}),
    ("segregation:severe", (ACID | {"net_mass_kg": 8800.0}, ALKALI | SMALL), {"net_mass_kg": 17000.0}, {}),
    ("segregation:severe", (SOLID_ACID | SMALL, SOLID_ALKALI | SMALL), {"package_count": None}, {}),
    ("segregation:severe", (_goods("1829", "8", "I") | SMALL, SOLID_ALKALI | SMALL), {}, {"un_no": "1710", "hazard_class": "6.1"}),
    ("segregation:severe", (_goods("1689", "6.1", "I") | SMALL, SOLID_ACID | SMALL), {"un_no": "1830"}, {"un_no": "1823"}),
    # Hypochlorite and sulphide give off gas with an acid, however small the packages.
    ("segregation:fault", (ACID | SMALL, _goods("1791", "8", "III") | SMALL), {}, {"un_no": "1760"}),
    ("segregation:severe", (ACID | SMALL, _goods("2949", "8", "II") | SMALL), {}, {"un_no": "1823"}),
    ("segregation:fault", (ACID, _goods("1908", "8", "III")), {}, {"un_no": "1760"}),
    # The same substance but for its water (7.2.6.3.1).
    ("segregation:fault", (SODIUM_SULPHIDE, _goods("1849", "8", "II")), {"un_no": "1847"}, {}),
    ("segregation:severe", (SODIUM_SULPHIDE, _goods("1849", "8", "II")), {"un_no": "1830"}, {}),
    # Blasting explosives and nitrates (7.2.7.2.1), type C apart.
    ("segregation:severe", (BLASTING | {"un_no": "0083"}, _goods("1942", "5.1", "III")), {}, {"un_no": "0083", "hazard_class": "1.1D"}),
    ("segregation:severe", (BLASTING, OXIDIZER), {"un_no": "1485"}, {}),
    ("segregation:severe", (BLACK_POWDER, OXIDIZER), {}, {"un_no": "0081", "hazard_class": "1.1D"}),
    # Type C contains chlorates, so it is segregated from ammonium nitrate that is an explosive as well (SG28).
    ("segregation:severe", (BLASTING | {"un_no": "0083"}, _goods("0222", "1.1D")), {}, {"un_no": "0082"}),
    # Samples and excepted packages.
    ("segregation:severe", (PAINT, _goods("2814", "6.2")), {}, {"un_no": "3373"}),
    ("segregation:severe", (PAINT, ISOTOPE), {}, {"un_no": "2911"}),
    ("segregation:severe", (ISOTOPE, _goods("2977", "7") | {"un_no": "1710", "hazard_class": "8"}), {}, {"un_no": "3507", "hazard_class": "6.1", "subsidiary_hazards": "7 8"}),
    # Compatible by 7.2.6.3.2.
    ("segregation:severe", (METAL_ORGANIC, _goods("3399", "4.3", "I", subsidiary_hazards="3")), {"un_no": "1428", "subsidiary_hazards": "3"}, {}),
    ("segregation:severe", (METAL_ORGANIC, ACID), {}, {"un_no": "3398", "hazard_class": "4.3"}),
    ("segregation:severe", (_goods("2014", "5.1", "II"), PERACETIC), {"technical_name": "tert-BUTYL PEROXYBENZOATE"}, {}),
    ("segregation:severe", (_goods("1325", "4.1", "II", technical_name="CAMPHENE"), _goods("3106", "5.2")), {}, {"un_no": "1325", "hazard_class": "4.1"}),
    ("segregation:severe", (_goods("3106", "5.2"), _goods("1325", "4.1", "II", technical_name="DIBENZOYL PEROXIDE")), {"technical_name": "CAMPHENE"}, {}),
    # An omitted subsidiary hazard counts as listed; within one class it does not segregate (7.2.6.1).
    ("segregation:severe", (PAINT, _goods("2031", "8", "I")), {}, {"un_no": "1789"}),
    ("segregation:severe", (GAS, ACID), {"un_no": "2920", "subsidiary_hazards": "3"}, {}),
    ("segregation:severe", (PAINT, OXIDIZER), {}, {"un_no": "1992", "hazard_class": "3", "subsidiary_hazards": "6.1"}),
    # A class that a code names is also that of a label (7.2.2.2): aluminium powder apart from 3, also as a subsidiary hazard.
    ("segregation:severe", (_goods("1309", "4.1", "II"), _goods("1098", "6.1", "I", subsidiary_hazards="3")), {}, {"un_no": "1710", "subsidiary_hazards": None}),
    # Segregated as another class: away from oxidizers, not separated; among corrosives opinions differ.
    ("segregation:fault", (CHROMIC_ACID, OXIDIZER), {}, {"un_no": "1789", "hazard_class": "8"}),
    ("segregation:advisory", (CHROMIC_ACID, ACID), {}, {"un_no": "1755"}),
    ("segregation:advisory", (NITRIC_ACID, ACID), {}, {"un_no": "2031"}),
    ("segregation:severe", (PAINT, _goods("3232", "4.1", subsidiary_hazards="1")), {}, {"subsidiary_hazards": None}),
    ("segregation:advisory", (_goods("3103", "5.2"), _goods("3102", "5.2", subsidiary_hazards="1")), {}, {"subsidiary_hazards": None}),
    # Aerosols: as class 9, but separated from class 1 except 1.4; large ones as gases.
    ("segregation:severe", (AEROSOLS, BLACK_POWDER), {}, CARTRIDGES),
    ("segregation:severe", (PAINT, AEROSOLS), {"inner_volume_l": 1.1}, {"inner_volume_l": 1.0}),
    ("segregation:severe", (PAINT, AEROSOLS), {"shipping_name": "WASTE AEROSOLS"}, {}),
    # Codes that spare something, and mercury salts.
    ("segregation:severe", (_goods("1492", "5.1", "III"), _goods("1442", "5.1", "II")), {}, {"un_no": "1444", "packing_group": "III"}),
    ("segregation:severe", (_goods("3215", "5.1", "III"), _goods("1439", "5.1", "II")), {}, {"un_no": "1444", "packing_group": "III"}),
    ("segregation:severe", (_goods("2716", "6.1", "III"), _goods("1624", "6.1", "II")), {}, {"un_no": "1641"}),
    ("segregation:severe", (_goods("3314", "9", "III"), _goods("0431", "1.4G")), {}, {"un_no": "0012", "hazard_class": "1.4S"}),
    ("segregation:severe", (_goods("3314", "9", "III"), BLACK_POWDER), {}, CARTRIDGES),
    ("segregation:fault", (_goods("2189", "2.3", subsidiary_hazards="2.1 8"), _goods("1428", "4.3", "I")), {}, {"un_no": "2985", "hazard_class": "3"}),
    ("segregation:severe", (_goods("0397", "1.1J"), CARTRIDGES), {}, {"un_no": "0449", "hazard_class": "1.1J"}),
    ("segregation:severe", (_goods("1374", "4.2", "II"), BLACK_POWDER), {}, {"un_no": "1374", "hazard_class": "4.2"}),
    # Compatibility groups.
    ("explosives_together", (CARTRIDGES, CARTRIDGES), {"un_no": "0129", "hazard_class": "1.1A"}, {"un_no": "0014", "hazard_class": "1.4S"}),
    ("explosives_together", (BLACK_POWDER, DETONATORS), {}, {"un_no": "0241", "hazard_class": "1.1D"}),
    ("explosives_together", (BLACK_POWDER, DETONATORS), {"hazard_class": "1.1"}, {"un_no": "0241", "hazard_class": "1.1"}),
    ("explosives_together", (_goods("0248", "1.2L"), _goods("0249", "1.3L")), {}, {"un_no": "0248", "hazard_class": "1.2L"}),
    ("explosives_together", (_goods("0248", "1.2L"), CARTRIDGES), {}, {"un_no": "0248", "hazard_class": "1.2L"}),
    ("explosives_together", (_goods("0486", "1.6N"), DETONATORS), {}, CORD),
    ("explosives_together", (_goods("0486", "1.6N"), SIGNALS), {}, CARTRIDGES),
    ("explosives_together", (_goods("0486", "1.6N"), _goods("0005", "1.1F")), {}, {"un_no": "0006", "hazard_class": "1.1E"}),
    ("explosives_together", (CORD, FIREWORKS), {}, SIGNALS),
    ("explosives_together", (SIGNALS, BLACK_POWDER), {}, CORD),
    ("explosives_together", (_goods("0020", "1.2K"), CORD), {}, CARTRIDGES),
    ("explosives_together", (_goods("0397", "1.1J"), CORD), {}, {"un_no": "0398", "hazard_class": "1.2J"}),
    ("explosives_together", (_goods("0005", "1.1F"), CORD), {}, {"un_no": "0007", "hazard_class": "1.2F"}),
    ("explosives_together", (_goods("0243", "1.2H"), CORD), {}, CARTRIDGES),
]  # fmt: skip

LAWFUL: Lawful = {
    "organic peroxides of one class": ([PEROXIDE, PEROXIDE | {"un_no": "3113", "shipping_name": "ORGANIC PEROXIDE TYPE C, LIQUID, TEMPERATURE CONTROLLED"}], {"box_type": "45R1"}),
    "acid and acid": ([ACID, ACID | {"un_no": "1789", "shipping_name": "HYDROCHLORIC ACID", "description": "盐酸", "hs_code": "280610"}], {}),
    "paint and an oxidizer in limited quantities": ([PAINT, OXIDIZER | {"limited_quantity": True, "package_count": 800}], {}),
}  # fmt: skip
