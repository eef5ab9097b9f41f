"""The trade lane of a port, by the country in its UN/LOCODE."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from data.reference.dangerous_goods import FOLDER


def trade_lane(load_port: str | None, discharge_port: str | None, home: str = "CN") -> str | None:
    """The lane between two UN/LOCODEs: that of the foreign port, or both lanes where neither port is in `home`.

    None where a port is missing or its country is on no lane.
    """
    if not load_port or not discharge_port:
        return None
    ends = [port[:2] for port in (load_port, discharge_port)]
    lanes = [_lanes().get(country) for country in ends if country != home] or [_lanes().get(home)]
    return ">".join(lane for lane in lanes if lane) if all(lanes) else None


@cache
def _lanes() -> Mapping[str, str]:
    with (FOLDER / "trade_lanes.csv").open(encoding="utf-8", newline="") as lines:
        return {row["country"]: row["lane"] for row in csv.DictReader(lines)}
