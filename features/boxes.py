"""Boxes as columns: box facts, the facts of their line items, and the keys of their entities."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isnan
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.parties import contacts
from data.parties.names import core
from data.records import BOX_COLUMNS, LINE_COLUMNS, PARTIES
from data.reference.dangerous_goods import by_un_no
from data.reference.trade_lanes import trade_lane
from data.reference.watchlist import cargoes_of_concern, concern_un_nos
from features.columns import EVENT_NO, KNOWN_AT, Columns, columns_of_frame, columns_of_rows
from features.history.entities import keys_of, party_of

Numbers = NDArray[np.float64]

# Any text must give a result: one recorded row must never make the others of its batch fail.
_CLASS_NUMBER: Final = re.compile(r"[1-9](\.\d)?")
PACKING_GROUPS: Final = {"I": 1.0, "II": 2.0, "III": 3.0}


@dataclass(frozen=True)
class Boxes:
    """n boxes with m line items.

    `box` has arrays of shape (n,), `line` arrays of shape (m,) in box order, `start` (n,) the first line of each box,
    `most_hazardous_line` (n,) the position of its most hazardous line item, `keys` (n, entities). `paper_facts` caches
    the results of functions decorated with `features.definitions.context.of_papers`.
    """

    box: Columns
    line: Columns
    start: NDArray[np.int64]
    most_hazardous_line: NDArray[np.int64]
    keys: NDArray[np.int64]
    paper_facts: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def declared_at(self) -> NDArray[np.int64]:
        """Instants of declaration as stated on the papers, microseconds since 1970 UTC, shape (n,)."""
        return self.box["declared_at"]

    @property
    def known_at(self) -> NDArray[np.int64]:
        """When the port knew of each box version, microseconds since 1970 UTC, shape (n,); events are ordered by it.

        Imported history: the instant of declaration. Boxes that arrive at a running service: the instant of arrival.
        """
        return self.box[KNOWN_AT]

    def known_from(self, known_at: NDArray[np.int64]) -> Self:
        """Copy with other known-at instants (n,)."""
        return replace(self, box={**self.box, KNOWN_AT: known_at})

    def take(self, chosen: NDArray[Any]) -> Boxes:
        """The boxes at the positions or under the mask `chosen`, in that order."""
        positions = np.arange(len(self))[chosen]
        ends = np.append(self.start[1:], len(self.line["line_no"]))
        counts = (ends - self.start)[positions]
        start = (np.cumsum(counts) - counts).astype(np.int64)
        shift = np.repeat(self.start[positions] - start, counts)
        lines = np.arange(counts.sum()) + shift
        return Boxes(
            {name: values[positions] for name, values in self.box.items()},
            {name: values[lines] for name, values in self.line.items()},
            start,
            self.most_hazardous_line[positions] - self.start[positions] + start,
            self.keys[positions],
        )


def boxes_of_frame(frame: pd.DataFrame) -> Boxes:
    """Boxes of a declarations frame (dtypes of `data.frames`), in order of first appearance."""
    return _boxes(columns_of_frame(frame))


def boxes_of_rows(rows: Sequence[Mapping[str, Any]]) -> Boxes:
    """Boxes of validated declaration rows, in order of first appearance."""
    return _boxes(columns_of_rows(rows))


def box_mass_kg(boxes: Boxes) -> NDArray[np.float64]:
    """Declared gross mass of the goods (net where gross is missing), summed over line items; NaN if unknown."""
    mass = np.where(np.isnan(boxes.line["gross_mass_kg"]), boxes.line["net_mass_kg"], boxes.line["gross_mass_kg"])
    if len(mass) == len(boxes):
        return mass
    known = np.fmax.reduceat(mass, boxes.start)
    return np.where(np.isnan(known), np.nan, np.add.reduceat(np.where(np.isnan(mass), 0.0, mass), boxes.start))


def latest_versions(boxes: Boxes) -> NDArray[np.int64]:
    """Positions of the latest version (highest amendment_no) of each declared box, ascending."""
    versions: dict[tuple[str, str], int] = {}
    amendment = boxes.box["amendment_no"]
    pairs = zip(boxes.box["declaration_id"], boxes.box["box_no"], strict=True)
    for position, pair in enumerate(pairs):
        held = versions.get(pair)
        if held is None or amendment[position] >= amendment[held]:
            versions[pair] = position
    return np.array(sorted(versions.values()), dtype=np.int64)


def _boxes(columns: Columns) -> Boxes:
    columns["amendment_no"] = np.where(np.isnan(columns["amendment_no"]), 0.0, columns["amendment_no"])
    group = _groups(columns)
    if np.any(group[1:] < group[:-1]):
        order = np.argsort(group, kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        group = group[order]
    start = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)]).astype(np.int64)
    box = {column.name: columns[column.name] for column in BOX_COLUMNS}
    if len(group) > 1:
        box = {name: values[start] for name, values in box.items()}
    box[KNOWN_AT] = columns.get(KNOWN_AT, columns["declared_at"])[start]
    if EVENT_NO in columns:
        box[EVENT_NO] = columns[EVENT_NO][start]
    line = {column.name: columns[column.name] for column in LINE_COLUMNS}
    _add_goods_facts(line)
    return _complete(box, line, start)


def corrected(boxes: Boxes, columns: Columns) -> Boxes:
    """Copy with some box columns replaced and the entity keys recomputed; the result is not checked."""
    return _complete({**boxes.box, **columns}, boxes.line, boxes.start)


def _complete(box: Columns, line: Columns, start: NDArray[np.int64]) -> Boxes:
    most_hazardous = _most_hazardous_lines(line["hazard"], start)
    return Boxes(box, line, start, most_hazardous, _keys(box, line, most_hazardous))


def _groups(columns: Columns) -> NDArray[np.int64]:
    """Number of each row's box, in order of first appearance, shape (rows,)."""
    numbers: dict[tuple[str, str, float], int] = {}
    keys = zip(columns["declaration_id"], columns["box_no"], columns["amendment_no"].tolist(), strict=True)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _add_goods_facts(line: Columns) -> None:
    """Add to `line` its class, packing group, cargo of concern, suspicion and hazard rank as numbers, shape (m,)."""
    un_no, hs_code = line["un_no"].tolist(), line["hs_code"].tolist()
    class_no = list(map(_class_no, un_no, line["hazard_class"].tolist()))
    group_no = list(map(_group_no, line["packing_group"].tolist()))
    concern = list(map(_concern, un_no))
    suspected = list(map(_suspected, un_no, hs_code, line["description"].tolist(), line["shipping_name"].tolist()))
    hazard = list(map(_hazard, class_no, group_no, concern))
    names = ("class_no", "group_no", "concern", "suspected", "hazard")
    line.update(zip(names, np.array([class_no, group_no, concern, suspected, hazard], dtype=np.float64), strict=True))


_RANKS: Final = {
    1.0: 10,
    7.0: 10,
    2.3: 9,
    5.2: 9,
    4.3: 8,
    2.1: 7,
    4.2: 7,
    5.1: 7,
    6.2: 7,
    6.1: 6,
    3.0: 5,
    4.1: 5,
    8.0: 4,
}


def _hazard(class_no: float, group_no: float, concern: float) -> float:
    """Rank of a line item by hazard: dangerous goods first, then cargoes of concern, class, packing group."""
    group = 0.0 if isnan(group_no) else 3.0 - group_no
    return 100.0 * (class_no != 0) + 50.0 * concern + 4.0 * _class_rank(class_no) + group


def _class_rank(class_no: float) -> int:
    return _RANKS.get(class_no) or _RANKS.get(class_no // 1, 1)


@lru_cache(maxsize=65_536)
def _class_no(un_no: str | None, hazard_class: str | None) -> float:
    """Class or division as a number ("1.1D": 1.1), from the list if none is declared; 0 for general cargo."""
    if un_no is None and hazard_class is None:
        return 0.0
    if hazard_class is None and un_no is not None:
        hazard_class = next((entry.hazard_class for entry in by_un_no(un_no) if entry.hazard_class), None)
    number = _CLASS_NUMBER.match(hazard_class or "")
    return float(number[0]) if number else np.nan


@lru_cache(maxsize=64)
def _group_no(packing_group: str | None) -> float:
    return PACKING_GROUPS.get(packing_group or "", np.nan)


@lru_cache(maxsize=65_536)
def _concern(un_no: str | None) -> float:
    return float(un_no in cargoes_of_concern())


@lru_cache(maxsize=262_144)
def _suspected(un_no: str | None, hs_code: str | None, description: str | None, shipping_name: str | None) -> float:
    """1 if tariff code or words are of cargoes of concern, and the declared number is neither theirs nor of concern."""
    numbers = concern_un_nos(hs_code or "", f"{description or ''} {shipping_name or ''}")
    return float(bool(numbers) and un_no not in numbers and not _concern(un_no))


def _most_hazardous_lines(hazard: Numbers, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position of the first line with the highest hazard in each box, shape (n,)."""
    if not len(start):
        return start
    if len(start) == len(hazard):
        return start
    highest = np.maximum.reduceat(hazard, start)
    counts = np.diff(np.append(start, len(hazard)))
    at_highest = np.flatnonzero(hazard == np.repeat(highest, counts))
    return at_highest[np.searchsorted(at_highest, start)]


def _keys(box: Columns, line: Columns, most_hazardous: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entity keys of the boxes, shape (n, entities)."""
    texts = {name: line[name][most_hazardous].tolist() for name in ("un_no", "hs_code", "description", "shipping_name")}
    substance = [
        un_no or (f"tariff {hs_code[:4]}" if hs_code else None)
        for un_no, hs_code in zip(texts["un_no"], texts["hs_code"], strict=True)
    ]
    words = [
        description or name for description, name in zip(texts["description"], texts["shipping_name"], strict=True)
    ]
    ways = [_way(load, discharge) for load, discharge in zip(box["load_port"], box["discharge_port"], strict=True)]
    names: dict[str, Sequence[str | None]] = {
        party: list(map(party_of, box[f"{party}_id"].tolist(), box[f"{party}_name"].tolist())) for party in PARTIES
    }
    names |= {
        "port": ["port"] * len(most_hazardous),
        "substance": substance,
        "tariff": [code[:6] if code else None for code in texts["hs_code"]],
        "goods": [f"{a} {b}" if b else a for a, b in zip(substance, words, strict=True)],
        "route": [route for route, _ in ways],
        "trade_lane": [lane for _, lane in ways],
        "terminal": box["terminal"].tolist(),
        "vessel": box["vessel_imo"].tolist(),
        "emergency_phone": _formed(contacts.telephone, box["emergency_phone"]),
        "same_phone": _formed(contacts.telephone, box["shipper_phone"]),
        "same_address": _formed(contacts.address, box["shipper_address"]),
        "same_name": _formed(core, box["shipper_name"]),
        # Without the division: a packer's violations depend on the class, hardly on the division.
        "class": [f"c{number // 1}" for number in line["class_no"][most_hazardous].tolist()],
    }
    return keys_of(names)


@lru_cache(maxsize=65_536)
def _way(load_port: str | None, discharge_port: str | None) -> tuple[str | None, str | None]:
    """The route between two ports, and its trade lane."""
    route = f"{load_port}>{discharge_port}" if load_port and discharge_port else None
    return route, trade_lane(load_port, discharge_port)


def _formed(form: Callable[[str], str], texts: NDArray[Any]) -> list[str | None]:
    """Each text in its canonical form; None for an empty one."""
    return [form(text) if text else None for text in texts.tolist()]
