"""Mentions of firms in declarations: each spelling of a firm, with its number of boxes and its first and last use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from data.parties.contacts import address, identifier, telephone
from data.parties.names import canonical
from data.records import PARTIES, TRACED_PARTIES


@dataclass(frozen=True)
class Mention:
    """One spelling of a firm: id, name, address and phone as written. `packers` are those of a shipper, as written."""

    party_id: str
    name: str
    address: str = ""
    phone: str = ""
    roles: tuple[str, ...] = ()
    boxes: int = 1
    first_at: datetime | None = None
    last_at: datetime | None = None
    packers: tuple[str, ...] = field(default=())

    @property
    def identifier(self) -> str:
        """The normalised id; empty if there is none."""
        return identifier(self.party_id) if self.party_id else ""

    @property
    def canonical(self) -> str:
        """The canonical name; empty if there is none."""
        return canonical(self.name) if self.name else ""

    @property
    def telephone(self) -> str:
        """The normalised telephone; empty if there is none."""
        return telephone(self.phone) if self.phone else ""

    @property
    def place(self) -> str:
        """The normalised address; empty if there is none."""
        return address(self.address) if self.address else ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.party_id, self.name))) or "-"


def mentions_of(declarations: pd.DataFrame) -> list[Mention]:
    """The mentions in a declarations frame, in order of first appearance."""
    boxes = declarations.drop_duplicates(["declaration_id", "box_no", "amendment_no"])
    parts = [_of_role(boxes, role) for role in PARTIES]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else parts[0]
    return list(_grouped(rows))


def _of_role(boxes: pd.DataFrame, role: str) -> pd.DataFrame:
    traced = role in TRACED_PARTIES
    found = pd.DataFrame(
        {
            "party_id": boxes[f"{role}_id"].fillna(""),
            "name": boxes[f"{role}_name"].fillna(""),
            "address": boxes[f"{role}_address"].fillna("") if traced else "",
            "phone": boxes[f"{role}_phone"].fillna("") if traced else "",
            "packer": _packers(boxes) if role == "shipper" else "",
            "role": role,
            "at": boxes["declared_at"],
        }
    )
    return found[(found["party_id"] != "") | (found["name"] != "")]


def _packers(boxes: pd.DataFrame) -> pd.Series:
    return boxes["packer_id"].fillna(boxes["packer_name"]).fillna("")


def _grouped(rows: pd.DataFrame) -> Iterator[Mention]:
    written = ["party_id", "name", "address", "phone"]
    for key, group in rows.groupby(written, sort=False):
        party_id, name, address_, phone = map(str, key)
        packers = tuple(sorted(set(group["packer"]) - {""}))
        first, last = group["at"].min().to_pydatetime(), group["at"].max().to_pydatetime()
        roles = tuple(sorted(set(group["role"])))
        yield Mention(party_id, name, address_, phone, roles, len(group), first, last, packers)
