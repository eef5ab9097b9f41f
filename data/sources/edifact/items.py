"""Line items of a message about goods: goods items (GID), their substances (DGS), the boxes they are in (SGP)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from data.sources.edifact.measures import Values, unread

_MASSES: Final = ("net_mass_kg", "gross_mass_kg")
_TOTALS: Final = (*_MASSES, "package_count")


@dataclass
class Split:
    """The part of a line item that is in one box."""

    box_no: str
    count: str
    values: Values = field(default_factory=dict)


@dataclass
class Item:
    """A line item being read: a goods item, or one substance of it, and the boxes that it is split over.

    `goods` is the goods item of a substance, `place` its number among the substances. For a goods item, `substances` is
    their number, and `counts_by_substance` is whether one of them has splits of its own.
    """

    position: int
    consignment: int
    values: Values
    splits: list[Split] = field(default_factory=list)
    goods: Item | None = None
    place: int = 0
    substances: int = 0
    counts_by_substance: bool = False

    @property
    def in_boxes(self) -> list[Split]:
        """The splits of the item, or those of its goods item."""
        return self.splits or (self.goods.splits if self.goods else [])


def whole(item: Item) -> tuple[Values, list[Split]]:
    """The values of an item, with those of its goods item, and its splits.

    Masses of several substances together are not assigned to any of them; their packages are counted with the first.
    """
    goods = item.goods
    if goods is None:
        return item.values, item.splits
    if goods.substances == 1:
        return {**goods.values, **item.values}, item.in_boxes
    values = {name: value for name, value in goods.values.items() if name not in _TOTALS}
    masses = {name: value for name, value in goods.values.items() if name in _MASSES}
    values |= {**unread(masses), **item.values}
    counts = [split.count for split in item.splits]
    is_first = item.place == 1 and not goods.counts_by_substance
    if counts:
        return values | ({"package_count": str(sum(map(int, counts)))} if _countable(counts) else {}), item.splits
    if is_first and len(goods.splits) < 2 and "package_count" in goods.values:
        values["package_count"] = goods.values["package_count"]
    return values, [Split(one.box_no, one.count if is_first else "", unread(one.values)) for one in goods.splits]


def shares(item: Values, splits: list[Split]) -> Iterator[Values]:
    """The values of each split: its own masses, else the item's masses by number of packages, if these add up."""
    total = str(item.get("package_count", ""))
    counts = [split.count for split in splits]
    adds_up = _countable([total, *counts]) and sum(map(int, counts)) == int(total) > 0
    for split in splits:
        values = dict(split.values)
        if split.count or len(splits) > 1:
            values["package_count"] = split.count
        for name in _MASSES:
            mass = item.get(name)
            if len(splits) > 1 and name not in values and isinstance(mass, float):
                values[name] = round(mass * int(split.count) / int(total), 3) if adds_up else None
        yield values


def _countable(counts: list[str]) -> bool:
    return all(count.isascii() and count.isdecimal() for count in counts)
