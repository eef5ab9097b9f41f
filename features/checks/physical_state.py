"""Whether goods are liquid or solid, as far as the list tells: by the packing instructions of the entry."""

from __future__ import annotations

from typing import Final

from data.reference.dangerous_goods import Entry
from features.checks.check import Line

# Instructions that are written for one state only; those for articles, explosives and peroxides say neither.
_OF_LIQUIDS: Final = frozenset(
    ("P001", "P010", "P400", "P401", "P402", "P601", "P602", "P802", "P804", "LP01", "IBC01", "IBC02", "IBC03"),
)
_OF_SOLIDS: Final = frozenset(
    ("P002", "P403", "P404", "P410", "LP02", "IBC04", "IBC05", "IBC06", "IBC07", "IBC08"),
)


def entries_of(line: Line) -> tuple[Entry, ...]:
    """The entry of the line, or all of its number where the packing group does not tell which."""
    return (line.entry,) if line.entry else line.entries


def is_liquid(line: Line) -> bool:
    """Certainly a liquid: not an article, not a gas, not a solid, not one of which the list does not tell."""
    return _all(line, _OF_LIQUIDS, _OF_SOLIDS)


def is_solid(line: Line) -> bool:
    """Certainly a solid."""
    return _all(line, _OF_SOLIDS, _OF_LIQUIDS)


def _all(line: Line, instructions: frozenset[str], others: frozenset[str]) -> bool:
    given = [set(entry.packing_instructions or ()) for entry in entries_of(line)]
    return bool(given) and all(one & instructions and not one & others for one in given)
