"""Goods of DCSA documents as line items: one for each dangerous substance of an outer packaging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from data.sources.dcsa_node import Node
from data.sources.units import conversion

Line = dict[str, Any]

_TEMPERATURES: Final = ("CEL", "FAH", "KEL")
_GROUPS: Final = {1: "I", 2: "II", 3: "III"}
# Values that have no column, which are reported as dropped.
_REPORTED: Final = (
    "innerPackagings", "segregationGroups", "netVolume", "isSalvagePackings",
    "isEmptyUncleanedResidue", "isWaste", "isHot", "competentAuthorityApproval", "fumigationDateTime",
    "endOfHoldingTime", "inhalationZone", "specialCertificateNumber",
)  # fmt: skip


def commodity_lines(commodity: Node, dropped: list[str]) -> Iterator[Line]:
    """The line items of a booked commodity."""
    shared = {"description": commodity.text("commodityType"), "hs_code": _first(commodity.texts("HSCodes"))}
    yield from _lines(commodity, shared, dropped)


def cargo_lines(item: Node, cargo: Node, dropped: list[str]) -> Iterator[Line]:
    """The line items of a cargo item, with the description and HS code of its consignment item."""
    shared = {
        "description": " ".join(item.texts("descriptionOfGoods")) or None,
        "hs_code": _first(item.texts("HSCodes")),
    }
    yield from _lines(cargo, shared, dropped)


def _lines(goods: Node, shared: Line, dropped: list[str]) -> Iterator[Line]:
    packaging = goods.child("outerPackaging")
    package = packaging.text("imoPackagingCode") or packaging.text("packageCode")
    packages = {"packaging_code": package, "package_count": packaging.value("numberOfPackages")}
    masses = {
        "gross_mass_kg": goods.child("cargoGrossWeight").mass_kg(),
        "net_mass_kg": goods.child("cargoNetWeight").mass_kg(),
    }
    substances = packaging.children("dangerousGoods")
    if not substances:
        yield {**shared, **packages, **masses}
    for place, substance in enumerate(substances):
        own = {
            "gross_mass_kg": substance.child("grossWeight").mass_kg(),
            "net_mass_kg": substance.child("netWeight").mass_kg(),
        }
        # The mass of all substances together is assigned to a substance only where there is one substance.
        alone = masses if len(substances) == 1 else {}
        yield {
            **shared,
            **(packages if place == 0 else {"packaging_code": package}),
            **{name: own[name] if own[name] is not None else alone.get(name) for name in own},
            **_substance(substance),
        }
        dropped.extend(f"{substance.pointer}/{name}" for name in _REPORTED if substance.value(name))
        limits = substance.child("limits")
        dropped.extend(f"{limits.pointer}/{name}" for name in ("SADT", "SAPT") if limits.has(name))


def _substance(node: Node) -> Line:
    limits = node.child("limits")
    group = node.value("packingGroup")
    risks = [node.text(name) for name in ("subsidiaryRisk1", "subsidiaryRisk2")]
    return {
        "un_no": node.text("UNNumber") or node.text("NANumber"),
        "shipping_name": node.text("properShippingName"),
        "technical_name": node.text("technicalName"),
        "hazard_class": node.text("imoClass"),
        "subsidiary_hazards": " ".join(filter(None, risks)) or None,
        "packing_group": _GROUPS.get(group, group) if isinstance(group, int) else group,
        "marine_pollutant": node.flag("isMarinePollutant"),
        "limited_quantity": node.flag("isLimitedQuantity"),
        "excepted_quantity": node.flag("isExceptedQuantity"),
        "ems": node.text("EMSNumber"),
        "flash_point_c": _celsius(limits, "flashPoint"),
        "control_temp_c": _celsius(limits, "transportControlTemperature"),
        "emergency_temp_c": _celsius(limits, "transportEmergencyTemperature"),
        "net_explosive_kg": node.child("netExplosiveContent").mass_kg(),
        "emergency_phone": node.child("emergencyContactDetails").text("phone"),
    }


def _celsius(limits: Node, name: str) -> float | None:
    value = limits.number(name)
    unit = limits.text("temperatureUnit") or "CEL"
    if value is None:
        return None
    if unit not in _TEMPERATURES:
        raise limits.wrong_unit("temperatureUnit", unit, _TEMPERATURES)
    change = conversion(unit, "_c")
    return change(value) if change else value


def _first(texts: list[str]) -> str | None:
    return texts[0] if texts else None
