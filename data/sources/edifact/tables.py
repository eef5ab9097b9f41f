"""Segment tables of the message types, from the UN/EDIFACT directories: segments, their order and largest number.

Written as `TAG`, with `!` where it is mandatory and a number where it may repeat; a group is in brackets and begins
with its first segment. UNH and UNT are left out. `LOC+147` is a LOC with this qualifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple


class Node(NamedTuple):
    """A segment, or a group that begins with segment `tag`; `members` are all segments and groups of a group."""

    tag: str
    is_required: bool
    max_count: int
    members: tuple[Node, ...] = ()


# Of the directory D.24A; D.03A to D.23A have the same order.
_IFTDGN: Final = """BGM! DTM9 FTX9 HAN (RFF! DTM9)9 (TDT! DTM9 RFF9 (LOC! DTM9)99) (NAD! (CTA! COM9)9)9
    (EQD! MEA9 SEL99)999 (CNI! HAN DTM4 LOC4 (TDT! RFF9 (LOC! DTM9)9) (NAD! (CTA! COM9)9 RFF)9
        (GID! FTX2 PCI (SGP! MEA9)99 (DGS! FTX!9 MEA!9 LOC99 RFF9 (SGP! LOC MEA9)99)!)!9999)!9999"""
_BAPLIE_3: Final = """BGM! DTM9 (RFF! DTM9)9 (NAD! (CTA! COM9)9)9 (TDT! RFF9 FTX9 (LOC! DTM9)9)!9 UNS!
    (LOC! ATT99 FTX9 RFF9 (EQD! NAD9 MEA9 HAN99 ATT99 DIM9 RFF9 GDS99 FTX9 (LOC! TSR TDT)9 (TMP! RNG DTM)9
        (EQA! NAD)9 (DGS! ATT9 MEA9 FTX9 (CTA! COM9)9)999)9 CNT!)99999"""
# D.95B to D.12B, as SMDG uses them (2.0 to 2.2).
_BAPLIE_2: Final = """BGM! DTM RFF9 NAD9 (TDT! LOC9 DTM99 RFF9 FTX)!9
    (LOC+147! GID GDS9 FTX9 MEA9 DIM9 TMP RNG LOC9 RFF9 (EQD! EQA9 NAD9)9 (DGS! FTX9)999)!99999"""
_COPRAR: Final = """BGM! DTM9 FTX9 (RFF! DTM9)9 (TDT! DTM9 RFF9 (LOC! DTM9)9 FTX9)! (NAD! (CTA! COM9)9)!9
    (EQD! RFF9 EQN TMD9 DTM9 LOC9 MEA9 DIM9 (TMP! RNG)9 SEL9 ATT99 FTX9 PCD9 (DGS! ATT9 FTX9 MEA9 (CTA! COM9)9)999
        EQA9 HAN99 (TDT! DTM9 RFF9 (LOC! DTM9)9) NAD9)!99999 CNT"""
_VERMAS: Final = """BGM! DTM9 (RFF! DTM9)9 (NAD! (CTA! COM9)9)9
    (EQD! RFF9 LOC9 SEL99 (MEA! DTM9)9 (TDT! RFF9)9 (DOC! DTM9 (NAD! (CTA! COM9)9)9)9)99999"""
_IFTMBF: Final = """BGM! CTA COM9 DTM9 TSR9 MOA9 FTX99 CNT9 GDS9 (LOC! DTM9)99 (TOD! LOC9)2 (RFF! DTM9)99
    (GOR! FTX9 (DOC! DTM)9)9 (TCC! LOC FTX CUX PRI EQN PCD MOA9 QTY9)99
    (TDT! DTM9 (TSR! SCC9)9 (LOC! DTM9)99 (RFF! DTM)9)99
    (NAD! LOC9 (CTA! COM9)9 (DOC! DTM)9 (RFF! DTM9)9 (CPI! RFF99 CUX LOC9 MOA9)9 (TSR! RFF LOC TPL FTX9)99)99
    (GID! HAN TMP9 RNG9 TMD LOC9 MOA9 PIA9 FTX9 PCD9 (NAD! DTM)9 GDS9 (MEA! EQN)99 (DIM! EQN)99 (RFF! DTM9)9
        (PCI! RFF DTM GIN9)9 (DOC! DTM9)9 (TPL! (MEA! EQN)9)9 (SGP! (MEA! EQN)9)999
        (DGS! FTX99 (CTA! COM9)9 (MEA! EQN)9 (SGP! (MEA! EQN)9)999)99)99999
    (EQD! EQN TMD MEA9 DIM9 TPL9 HAN TMP RNG FTX9 RFF9 (NAD! DTM (CTA! COM9)9)9 (DGS! FTX9 (CTA! COM9)9)99)999"""

# By message type: tables, with the first year of directories that they are valid for. For older directories, which
# differ in what is optional, only the essential segments are checked.
_SINCE: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "IFTDGN": ((2003, _IFTDGN),),
    "BAPLIE": ((2013, _BAPLIE_3), (1995, _BAPLIE_2)),
    "COPRAR": ((2013, _COPRAR),),
    "VERMAS": ((2016, _VERMAS),),
    "IFTMBF": ((2013, _IFTMBF),),
}
# Tags of older directories that are not in the tables.
_ELSEWHERE: Final[Mapping[str, str]] = {
    "IFTDGN": "TMP TMD DIM ATT DOC TSR CNT AUT HAN",
    "BAPLIE": "RFF",
    "COPRAR": "RNG DIM TMD",
    "VERMAS": "CNT",
    "IFTMBF": "CNT",
}
_NODE: Final = re.compile(r"\(|\)(!?)(\d*)|([A-Z]{3}(?:\+\w+)?)(!?)(\d*)")


def year_of(release: str) -> int:
    """The year of a directory such as D.95B; 0 where it is not stated."""
    found = re.fullmatch(r"[A-Z0-9]*\.(\d\d)[A-Z]", release)
    return (1900 if int(found[1]) > 80 else 2000) + int(found[1]) if found else 0


@cache
def table_of(kind: str, release: str) -> tuple[Node, ...]:
    """The table of a message type for a directory; empty where there is none."""
    year = year_of(release)
    written = next((table for since, table in _SINCE.get(kind, ()) if since <= year), None)
    return _parsed(written) if written else ()


@cache
def known_tags(kind: str) -> frozenset[str]:
    """The tags of a message type in all directories."""
    tables = " ".join(table for _, table in _SINCE[kind])
    return frozenset(re.findall(r"[A-Z]{3}", f"{tables} {_ELSEWHERE[kind]} UNH UNT"))


def _parsed(written: str) -> tuple[Node, ...]:
    open_groups: list[list[Node]] = [[]]
    for found in _NODE.finditer(written):
        if found[0] == "(":
            open_groups.append([])
        elif found[3]:
            open_groups[-1].append(Node(found[3], bool(found[4]), int(found[5] or 1)))
        else:
            members = tuple(open_groups.pop())
            open_groups[-1].append(Node(members[0].tag, bool(found[1]), int(found[2] or 1), members))
    return tuple(open_groups[0])
