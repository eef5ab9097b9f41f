"""Features of the papers: missing values, amendments, contradictions between papers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from data.definitions import emergency_phone, packing
from data.records import LAST_COUNTED
from features.boxes import Numbers
from features.definitions.context import FeatureContext, of_papers
from features.history.entities import normalised

_SCRIPTS: Final = (re.compile(r"[a-z]"), re.compile(r"[\u4e00-\u9fff]"))
_EXPECTED: Final = (
    "flow", "load_port", "discharge_port", "terminal", "vessel_imo", "voyage_no", "box_type", "packing_certificate_no",
    "emergency_phone", "booking_description", "manifest_description", "shipper_id", "consignee_id", "forwarder_id",
    "packer_id", "declarant_id", "carrier_id",
)  # fmt: skip


def amendments(context: FeatureContext) -> Numbers:
    """How often the declaration was amended."""
    number = context.box("amendment_no")
    # An amendment without a number has its instant (yymmddhhmm) as number; it is counted as one amendment.
    return np.where(number > LAST_COUNTED, 1.0, number)


@of_papers
def certificate_missing(context: FeatureContext) -> Numbers:
    """Whether dangerous goods are packed into the box for sea without a packing certificate."""
    box, line = context.boxes.box, context.boxes.line
    numbers, flows, types = (box[name].tolist() for name in ("packing_certificate_no", "flow", "box_type"))
    goods = list(zip(line["un_no"].tolist(), line["packaging_code"].tolist(), strict=True))
    missing = [
        packing.certificate_missing(number, flow, box_type, (goods[row] for row in rows))
        for number, flow, box_type, rows in zip(numbers, flows, types, _dangerous(context), strict=True)
    ]
    return np.array(missing, dtype=np.float64)


def phone_missing(context: FeatureContext) -> Numbers:
    """Whether dangerous goods are declared without an emergency telephone that can be called."""
    un_nos = context.boxes.line["un_no"].tolist()
    phones = zip(context.boxes.box["emergency_phone"].tolist(), _dangerous(context), strict=True)
    missing = [emergency_phone.phone_missing(phone, (un_nos[row] for row in rows)) for phone, rows in phones]
    return np.array(missing, dtype=np.float64)


@of_papers
def _dangerous(context: FeatureContext) -> list[list[int]]:
    """Positions of the line items of each box that are declared as dangerous goods."""
    dangerous = (context.boxes.line["class_no"] != 0).tolist()
    spans = pairwise([*context.boxes.start.tolist(), len(dangerous)])
    return [[row for row in range(start, end) if dangerous[row]] for start, end in spans]


def fields_missing(context: FeatureContext) -> Numbers:
    """How many of the usual box fields are empty."""
    fields = zip(*(context.boxes.box[name].tolist() for name in _EXPECTED), strict=True)
    return np.array([values.count(None) for values in fields], dtype=np.float64)


@of_papers
def booking_manifest_differ(context: FeatureContext) -> Numbers:
    """Whether the goods booked and the goods on the manifest are worded without a common word."""
    return differently_worded(context.boxes.box["booking_description"], context.boxes.box["manifest_description"])


@of_papers
def booking_declaration_differ(context: FeatureContext) -> Numbers:
    """Whether the goods booked and the goods declared are worded without a common word."""
    return differently_worded(context.boxes.box["booking_description"], declared_words(context))


def declared_words(context: FeatureContext) -> list[str]:
    """Name, technical name and description of the most hazardous line item, joined, shape (n,)."""
    line, lead = context.boxes.line, context.boxes.most_hazardous_line
    parts = (line[name][lead] for name in ("shipping_name", "technical_name", "description"))
    return [" ".join(word for word in words if word) for words in zip(*parts, strict=True)]


@of_papers
def manifest_un_differs(context: FeatureContext) -> Numbers:
    """Whether a UN number on the manifest is not one of those declared."""
    declared, first = context.boxes.line["un_no"].tolist(), context.boxes.start.tolist()
    manifest = zip(context.boxes.box["manifest_un_no"].tolist(), first, [*first, len(declared)][1:], strict=True)
    return np.array(
        [float(not set(un.split()) <= set(declared[line:end])) if un else np.nan for un, line, end in manifest],
        dtype=np.float64,
    )


def differently_worded(first: Iterable[str | None], second: Iterable[str | None]) -> Numbers:
    """1 if two texts of the same script share no word and neither contains the other; NaN if not comparable."""
    pairs = zip(first, second, strict=True)
    return np.array([_without_common_word(a, b) for a, b in pairs], dtype=np.float64)


def _without_common_word(first: str | None, second: str | None) -> float:
    if not first or not second:
        return np.nan
    (a, words, scripts), (b, others, other_scripts) = _read(first), _read(second)
    # Texts in different scripts ("SOAP" and 肥皂) cannot be compared by words.
    if scripts.isdisjoint(other_scripts):
        return np.nan
    return float(words.isdisjoint(others) and a not in b and b not in a)


@lru_cache(maxsize=65_536)
def _read(text: str) -> tuple[str, frozenset[str], frozenset[int]]:
    """Normalised text, its words, and the positions in _SCRIPTS of its scripts."""
    plain = normalised(text)
    return (
        plain,
        frozenset(plain.split()),
        frozenset(number for number, script in enumerate(_SCRIPTS) if script.search(plain)),
    )
