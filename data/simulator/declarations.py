"""The declarations table as a port system would export it: one row per version and line item."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from data.frames import frame
from data.records import DECLARATION_COLUMNS
from data.simulator import instants
from data.simulator.declaring import MISSING, OTHER, VAGUE, WEIGHING_STEP_KG, Declared
from data.simulator.details import BOX_TYPES, LINES_MOST, Details
from data.simulator.goods import goods, rows
from data.simulator.identity import box_numbers
from data.simulator.oracle_posterior import Flags, Ints
from data.simulator.parties import Parties, Texts, only
from data.simulator.partners import TERMINALS, Partners
from data.simulator.traffic import Traffic
from data.vocabulary import Flow

HOME_PORT: Final = "CNDLC"
HUB_PORT: Final = "SGSIN"
SECOND_HUB_PORT: Final = "KRPUS"
_BATTERIES: Final = ("3090", "3091", "3480", "3481", "3551", "3552")
_VAGUE_WORDS: Final = {True: ("CHEMICAL PRODUCT", "化工产品"), False: ("GENERAL MERCHANDISE", "普通货物")}


def numbers(
    rng: np.random.Generator, traffic: Traffic, details: Details, partners: Partners, parties: Parties, start: date
) -> tuple[Texts, Texts]:
    """Declaration ids in order of filing, and box numbers: two arrays, one position per box."""
    n = len(traffic.shipper)
    order = np.lexsort((np.arange(n), details.declared_hours))
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    years = instants.of_hours(start, details.declared_hours).astype("datetime64[Y]").astype(int) + 1970
    ids = [f"DLC{year}-{number:07d}" for year, number in zip(years, rank, strict=True)]
    boxes = box_numbers(rng, parties.box_prefixes, partners.vessel_carrier[traffic.vessel])
    return np.array(ids, dtype=object), np.array(boxes, dtype=object)


def table(
    rng: np.random.Generator,
    partners: Partners,
    parties: Parties,
    traffic: Traffic,
    declared: Declared,
    details: Details,
    numbered: tuple[Texts, Texts],
    start: date,
    shipper_columns: dict[str, Any],
) -> pd.DataFrame:
    """Every version of every declaration, ordered by the time of filing. `shipper_columns` come from `contacts`."""
    box_columns = _box_columns(rng, partners, parties, traffic, declared, details, numbered, start)
    box_columns |= shipper_columns
    line_columns = _line_columns(rng, declared, details, start)
    version, box, line = _rows(details)
    first_of_two = (version == 0) & details.amended[box]
    columns: dict[str, Any] = {name: values[box] for name, values in box_columns.items()}
    columns |= {name: values[box, line] for name, values in line_columns.items()}
    columns["line_no"] = line + 1.0
    columns["amendment_no"] = version.astype(np.float64)
    filed = np.where(version == 1, details.amended_hours[box], details.declared_hours[box])
    columns["declared_at"] = pd.DatetimeIndex(instants.of_hours(start, filed), tz="UTC")
    _undo_amendment(rng, columns, box, first_of_two)
    _number_before_2026(columns)
    order = np.lexsort((line, box, filed))
    return frame(DECLARATION_COLUMNS, {name: values[order] for name, values in columns.items()})


def _rows(details: Details) -> tuple[Ints, Ints, Ints]:
    """Version, box and line of every row."""
    used = np.arange(LINES_MOST) < details.lines[:, None]
    box, line = np.nonzero(used)
    again = details.amended[box]
    version = np.concatenate([np.zeros(len(box), dtype=np.int64), np.ones(int(again.sum()), dtype=np.int64)])
    return version, np.concatenate([box, box[again]]), np.concatenate([line, line[again]])


def _undo_amendment(rng: np.random.Generator, columns: dict[str, Any], box: Ints, first: Flags) -> None:
    """Put the error that is amended into the first version: no telephone, or another mass on the manifest."""
    chance = rng.random(int(box.max()) + 1)[box]
    columns["emergency_phone"] = only(~first | (chance >= 0.5), columns["emergency_phone"])
    mass = columns["manifest_gross_mass_kg"]
    columns["manifest_gross_mass_kg"] = np.where(first & (chance >= 0.5), np.round(mass * 0.93), mass)


def _number_before_2026(columns: dict[str, Any]) -> None:
    """Give lithium ion vehicles UN 3171 before 2026; UN 3556 came with amendment 42-24 of the IMDG Code."""
    earlier = np.asarray(pd.DatetimeIndex(columns["loading_at"]) < pd.Timestamp("2026-01-01", tz="UTC"))
    for column in ("un_no", "manifest_un_no"):
        columns[column] = np.where(earlier & (columns[column] == "3556"), "3171", columns[column])
    vehicles = columns["un_no"] == "3171"
    columns["shipping_name"] = np.where(vehicles, "BATTERY-POWERED VEHICLE", columns["shipping_name"])


def _box_columns(
    rng: np.random.Generator,
    partners: Partners,
    parties: Parties,
    traffic: Traffic,
    declared: Declared,
    details: Details,
    numbered: tuple[Texts, Texts],
    start: date,
) -> dict[str, Any]:
    """Columns of the box, one position per box."""
    n, words = len(traffic.shipper), goods().texts
    dangerous = goods().dangerous[declared.goods]
    port = np.array([row["locode"] for row in rows("ports")], dtype=object)[traffic.port]
    export = traffic.flow == list(Flow).index(Flow.EXPORT)
    home = traffic.flow == list(Flow).index(Flow.IMPORT)
    cargo = details.line_gross_kg.sum(axis=1)
    vgm = cargo + details.tare_kg + WEIGHING_STEP_KG * declared.vgm_steps
    un_no = np.array(words["un_no"], dtype=object)[declared.goods]
    other_un_no = np.where(un_no == "3082", "1993", "3082")
    manifest_un_no = only(
        declared.manifest_un_no != MISSING, np.where(declared.manifest_un_no == OTHER, other_un_no, un_no)
    )
    packed = instants.of_hours(start, details.declared_hours).astype("datetime64[D]") - details.packed_days
    year = packed.astype("datetime64[Y]").astype(int) + 1970
    certificate = np.array([f"ZX{y}-{i:06d}" for y, i in zip(year, rng.permutation(n), strict=True)], dtype=object)
    carrier = partners.vessel_carrier[traffic.vessel]
    differs = np.where(rng.random(n) < 0.6, rng.uniform(0.75, 0.97, n), rng.uniform(1.03, 1.2, n))
    parties_columns = {
        "consignee": (parties.consignee, traffic.consignee),
        "forwarder": (parties.forwarder, traffic.forwarder),
        "packer": (parties.packer, traffic.packer),
        "declarant": (parties.declarant, traffic.declarant),
        "carrier": (parties.carrier, carrier),
    }
    return {
        "declaration_id": numbered[0],
        "box_no": numbered[1],
        "flow": np.array([flow.value for flow in Flow], dtype=object)[traffic.flow],
        "load_port": np.where(export, HOME_PORT, port),
        "discharge_port": np.select([export, home, port == HUB_PORT], [port, HOME_PORT, SECOND_HUB_PORT], HUB_PORT),
        "terminal": np.array(TERMINALS, dtype=object)[partners.vessel_terminal[traffic.vessel]],
        "vessel_imo": parties.vessel_imo[traffic.vessel],
        "voyage_no": np.array([f"{100 + v}{'E' if out else 'W'}" for v, out in
                               zip(traffic.voyage, export, strict=True)], dtype=object),
        "loading_at": pd.DatetimeIndex(instants.of_hours(start, traffic.loading_day * 24), tz="UTC"),
        "box_type": np.array(BOX_TYPES, dtype=object)[details.box_type],
        "tare_kg": details.tare_kg,
        "vgm_kg": vgm,
        "weighed_kg": vgm + WEIGHING_STEP_KG * declared.weighed_steps,
        **{f"{role}_id": names[0][i] for role, (names, i) in parties_columns.items()},
        **{f"{role}_name": names[1][i] for role, (names, i) in parties_columns.items()},
        "packing_certificate_no": only(dangerous & ~declared.certificate_missing, certificate),
        "packed_on": packed.astype("datetime64[us]"),
        "emergency_phone": only(~declared.phone_missing, parties.phone[traffic.shipper]),
        "certificate_box_no": only(~declared.certificate_missing & dangerous, numbered[1]),
        "certificate_on": np.where(~declared.certificate_missing & dangerous, packed, np.datetime64("NaT")).astype(
            "datetime64[us]"
        ),
        "booking_description": _wording(declared.goods, declared.booking, "plain", "trade_name", 0),
        "manifest_description": _wording(declared.goods, declared.manifest, "plain", "trade_name", 0),
        "manifest_un_no": only(dangerous, manifest_un_no),
        "manifest_gross_mass_kg": np.where(declared.manifest_mass_differs, np.round(cargo * differs), cargo),
    }  # fmt: skip


def _wording(which: Ints, wording: Ints, plain: str, trade: str, language: int) -> Texts:
    """Descriptions of the goods `which` in plain, trade or vague words, by `wording`."""
    words = goods().texts
    vague = [_VAGUE_WORDS[bool(dangerous)][language] for dangerous in goods().dangerous]
    choices = np.array([words[plain], words[trade], vague], dtype=object)
    assert choices.shape[0] == VAGUE + 1
    return choices[wording, which]


def _line_columns(rng: np.random.Generator, declared: Declared, details: Details, start: date) -> dict[str, Any]:
    """Columns of the line items: (boxes, LINES_MOST) each."""
    table, which = goods(), details.line_goods
    n = len(which)

    def text(name: str) -> Texts:
        values = np.array([value or None for value in table.texts[name]], dtype=object)
        return values[which]

    dangerous = table.dangerous[which]
    wording = np.zeros(which.shape, dtype=np.int64)
    wording[:, 0] = declared.manifest
    tank = (details.box_type == BOX_TYPES.index("22T6"))[:, None]
    charcoal = text("un_no") == "1361"
    filed = instants.of_hours(start, details.declared_hours).astype("datetime64[D]")
    produced = (filed - details.packed_days - rng.integers(15, 45, n))[:, None].astype("datetime64[us]")
    flash = table.flash_min[which] + rng.random(which.shape) * (table.flash_max - table.flash_min)[which]
    return {
        "un_no": text("un_no"),
        "hazard_class": text("hazard_class"),
        "subsidiary_hazards": text("subsidiary_hazards"),
        "packing_group": text("packing_group"),
        "shipping_name": text("shipping_name"),
        "technical_name": text("technical_name"),
        "description": _wording(which, wording, "zh", "zh_trade", 1),
        "hs_code": text("hs_code"),
        "packaging_code": np.where(tank, "TK", text("packaging")),
        "package_count": np.where(tank, 1.0, np.ceil(details.line_net_kg / table.package_kg[which])),
        "net_mass_kg": details.line_net_kg,
        "gross_mass_kg": details.line_gross_kg,
        "flash_point_c": np.round(flash),
        "marine_pollutant": only(dangerous, table.marine_pollutant[which]),
        "limited_quantity": only(dangerous, np.zeros(which.shape, dtype=np.bool_)),
        "ems": text("ems"),
        "excepted_quantity": only(dangerous, np.zeros(which.shape, dtype=np.bool_)),
        "produced_on": np.where(charcoal, produced, np.datetime64("NaT", "us")),
        "packing_temp_c": np.where(charcoal, rng.integers(8, 36, n)[:, None].astype(float), np.nan),
        **_meals(rng, text("un_no")),
        "test_summary_no": only(np.isin(text("un_no"), _BATTERIES), _numbered("TS-38.3-", which)),
        "un_mark": only((text("packing_group") != None) & ~tank, _marks(text("packaging"), text("packing_group"))),  # noqa: E711
    }


def _meals(rng: np.random.Generator, un_no: Texts) -> dict[str, Any]:
    """Oil, moisture and antioxidant of seed cake and fish meal, within the limits of their UN entries."""
    fish, cake = un_no == "2216", np.isin(un_no, ("1386", "2217"))
    part = rng.random((2, *un_no.shape))
    oil = np.select([fish, un_no == "2217", un_no == "1386"], [6 + 8 * part[0], 0.4 + part[0], 2 + 6 * part[0]], np.nan)
    moisture = np.select([fish, cake], [6 + 5 * part[1], 7 + 3.5 * part[1]], np.nan)
    return {
        "oil_percent": np.round(oil, 1),
        "moisture_percent": np.round(moisture, 1),
        "antioxidant": only(fish, np.ones(un_no.shape, dtype=np.bool_)),
    }


def _numbered(prefix: str, which: Ints) -> Texts:
    return np.array([f"{prefix}{number:04d}" for number in range(int(which.max()) + 1)], dtype=object)[which]


def _marks(packaging: Texts, packing_group: Texts) -> Texts:
    """UN marks of packagings that were tested for the packing group."""
    letters = {"I": "X", "II": "Y", "III": "Z"}
    pairs = {(code, group) for code, group in zip(packaging.ravel(), packing_group.ravel(), strict=True) if group}
    written = {
        pair: f"{pair[0]}2/{letters[pair[1]]}1.4/150/25/CN/210{number:03d}" for number, pair in enumerate(sorted(pairs))
    }
    flat = [written.get(pair) for pair in zip(packaging.ravel(), packing_group.ravel(), strict=True)]
    return np.array(flat, dtype=object).reshape(packaging.shape)
