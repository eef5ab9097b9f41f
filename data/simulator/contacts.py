"""Addresses and telephones of shippers, and the spelling of their names, independent of false declarations.

A firm that re-registers under another name may keep its telephone or its office. Some honest shippers give a
forwarder's telephone, so a shared number alone does not show a re-registered firm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from data.simulator.identity import Registry
from data.simulator.oracle_posterior import Ints
from data.simulator.parameters import Parameters
from data.simulator.parties import Parties, Texts, only
from data.simulator.shippers import Shippers

_ROADS: Final = {
    True: ("人民路", "港湾街", "解放路", "金马路", "长江路"),
    False: ("Harbour", "Mill", "Station", "Canal"),
}
_AGENTS: Final = 12
_BILINGUAL: Final = re.compile(r"^(\S+?)有限公司 (.+?) Co\., Ltd\.$")


@dataclass(frozen=True)
class Contacts:
    """Address and telephone of each identity of a shipper (see Parties.identity_of), shape (identities,)."""

    address: Texts
    phone: Texts


def build(rng: np.random.Generator, shippers: Shippers, parameters: Parameters) -> Contacts:
    """Draw the telephone and the address of every identity."""
    registry = Registry(rng)
    agents = [registry.phone(domestic=True) for _ in range(_AGENTS)]
    addresses: list[str] = []
    phones: list[str] = []
    for firm, home in enumerate(shippers.domestic.tolist()):
        address, phone = _address(rng, home), registry.phone(home)
        if home and rng.random() < parameters.shared_phone_share:
            phone = agents[int(rng.integers(_AGENTS))]
        addresses.append(address)
        phones.append(phone)
        if np.isfinite(shippers.reregistered_on[firm]):
            addresses.append(address if rng.random() < parameters.kept_address_share else _address(rng, home))
            phones.append(phone if rng.random() < parameters.kept_phone_share else registry.phone(home))
    return Contacts(np.array(addresses, dtype=object), np.array(phones, dtype=object))


def columns(
    rng: np.random.Generator, contacts: Contacts, parties: Parties, identity: Ints, parameters: Parameters
) -> dict[str, Any]:
    """Columns of the shipper, one position per box; some boxes have another spelling of the name and no id."""
    ids, names = parties.shipper
    given = rng.random((2, len(identity))) < parameters.address_share
    otherwise = rng.random(len(identity)) < parameters.alias_share
    style = rng.integers(0, 4, len(identity))
    written = names[identity]
    written[otherwise] = [spelled(names[i], s) for i, s in zip(identity[otherwise], style[otherwise], strict=True)]
    return {
        "shipper_id": only(~otherwise, ids[identity]),
        "shipper_name": written,
        "shipper_address": only(given[0], contacts.address[identity]),
        "shipper_phone": only(given[1], contacts.phone[identity]),
    }


def spelled(name: str, style: int) -> str:
    """The name in another spelling of the same firm; `style` is 0 to 3."""
    both = _BILINGUAL.match(name)
    if not both:
        return (name.upper(), name.replace(".", ""), f"{name}.", name.replace(" ", "  "))[style]
    chinese, english = both.groups()
    return (f"{chinese}有限公司", f"{chinese}有限责任公司", f"{english} Co., Ltd.", f"{english.upper()} CO LTD")[style]


def _address(rng: np.random.Generator, domestic: bool) -> str:
    road = _ROADS[domestic][int(rng.integers(len(_ROADS[domestic])))]
    number, room = int(rng.integers(1, 400)), int(rng.integers(101, 2999))
    return f"大连市{road}{number}号{room}室" if domestic else f"{number} {road} Street, Unit {room}"
