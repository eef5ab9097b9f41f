"""What the list of dangerous goods states for a UN number and packing group, computed once for each pair."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from data.reference.dangerous_goods import Entry, by_un_no

# Packing instructions that are written for one state only; those for articles, explosives and peroxides state none.
_OF_LIQUIDS: Final = frozenset(
    ("P001", "P010", "P400", "P401", "P402", "P601", "P602", "P802", "P804", "LP01", "IBC01", "IBC02", "IBC03"),
)
_OF_SOLIDS: Final = frozenset(
    ("P002", "P403", "P404", "P410", "LP02", "IBC04", "IBC05", "IBC06", "IBC07", "IBC08"),
)


class Listed(NamedTuple):
    """The list's entries of a UN number; empty for a number that is not listed, and without number."""

    entries: tuple[Entry, ...]
    entry: Entry | None
    """The entry of the packing group; None if several have it, or none has."""
    fitting: tuple[Entry, ...]
    """That entry, or all entries of the number if the packing group does not decide."""
    classes: frozenset[str]
    groups: frozenset[str]
    subsidiary: tuple[frozenset[str], ...] | None
    """Subsidiary hazards of each fitting entry; None if they depend on the contents of an aerosol or a receptacle."""
    is_liquid: bool
    """Certainly a liquid: not an article, gas or solid, nor goods whose state the list does not show."""
    is_solid: bool
    """Certainly a solid."""


@lru_cache(maxsize=65_536)
def listed(un_no: str | None, packing_group: str | None) -> Listed:
    """What the list states for a UN number and a packing group."""
    entries = by_un_no(un_no) if un_no else ()
    chosen = [entry for entry in entries if len(entries) == 1 or entry.packing_group == (packing_group or "")]
    entry = chosen[0] if len(chosen) == 1 else None
    fitting = (entry,) if entry else entries
    open_ended = any(one.subsidiary_hazards is None or one.hazard_class == "2" for one in fitting)
    return Listed(
        entries,
        entry,
        fitting,
        frozenset(one.hazard_class for one in entries),
        frozenset(one.packing_group for one in entries),
        None if open_ended else tuple(frozenset(one.subsidiary_hazards or ()) for one in fitting),
        _all_of(fitting, _OF_LIQUIDS, _OF_SOLIDS),
        _all_of(fitting, _OF_SOLIDS, _OF_LIQUIDS),
    )


def _all_of(entries: tuple[Entry, ...], instructions: frozenset[str], others: frozenset[str]) -> bool:
    given = [set(entry.packing_instructions or ()) for entry in entries]
    return bool(given) and all(one & instructions and not one & others for one in given)
