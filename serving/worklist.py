"""The worklist: the latest assessment of each box, those to open first, then by risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from data.errors import InvalidInput
from data.store import Store
from data.vocabulary import Lane
from serving.goods import goods_name, present

PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 500

_FROM_BODY: Final = ("assessment_id", "declaration_id", "box_no", "lane", "risk", "selected_by", "assessed_at")
_SHOWN: Final = frozenset(
    {"un_no", "hazard_class", "packing_group", "shipping_name", "description"}
    | {"shipper_name", "shipper_id", "terminal", "loading_at"}
)


@dataclass(frozen=True)
class Query:
    """Which part of the worklist is asked for."""

    lane: Lane | None = None
    terminal: str | None = None
    limit: int = PAGE_SIZE
    offset: int = 0

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """The query in a URL: `lane`, `terminal`, `limit` (to 500), `offset`. Raises InvalidInput."""
        lane = parameters.get("lane") or None
        if lane is not None and lane not in list(Lane):
            raise InvalidInput(f"lane is {lane!r}.", f"Use one of: {', '.join(Lane)}.")
        return cls(
            lane=Lane(lane) if lane else None,
            terminal=parameters.get("terminal") or None,
            limit=_whole(parameters, "limit", PAGE_SIZE, 1, MAX_PAGE_SIZE),
            offset=_whole(parameters, "offset", 0, 0, 10**9),
        )


@dataclass(frozen=True)
class Worklist:
    """A part of the worklist, and how many boxes each lane holds in all."""

    query: Query
    boxes: list[dict[str, Any]]
    counts: dict[str, int]
    terminals: list[str]

    @property
    def total(self) -> int:
        """How many boxes the query matches, on all its pages."""
        return self.counts[self.query.lane] if self.query.lane else sum(self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "total": self.total,
            "limit": self.query.limit,
            "offset": self.query.offset,
            "counts": self.counts,
            "boxes": self.boxes,
        }


def _whole(parameters: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    written = parameters.get(name, "")
    if not written:
        return default
    if not written.isdecimal() or not least <= int(written) <= most:
        raise InvalidInput(f"{name} is {written!r}.", f"Use a whole number from {least} to {most}.")
    return int(written)


class Board:
    """Reads the worklist from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # Reading a declaration costs milliseconds, a page shows fifty, and an assessment never changes.
        self._declared = lru_cache(maxsize=20_000)(self._read)

    def worklist(self, query: Query, language: str) -> Worklist:
        """The part of the worklist that `query` asks for, in the reader's language."""
        bodies = self._store.latest_assessments(query.lane, query.terminal, query.limit, query.offset)
        return Worklist(
            query,
            [self._box(body, language) for body in bodies],
            self._store.lane_counts(query.terminal),
            self._store.terminals(),
        )

    def _read(self, _assessment_id: str, declaration_id: str, box_no: str) -> tuple[dict[str, Any], int]:
        """The line item that stands for a box, the first dangerous one, and how many others there are."""
        lines = [present(row) for row in self._store.declaration(declaration_id, box_no).to_dict("records")]
        line = next((line for line in lines if "un_no" in line), lines[0])
        return {name: value for name, value in line.items() if name in _SHOWN}, len(lines) - 1

    def _box(self, body: Mapping[str, Any], language: str) -> dict[str, Any]:
        line, others = self._declared(body["assessment_id"], body["declaration_id"], body["box_no"])
        loading_at = line.get("loading_at")
        return {
            **{name: body[name] for name in _FROM_BODY},
            "un_no": line.get("un_no"),
            "hazard_class": line.get("hazard_class"),
            "goods": goods_name(line, language),
            "more_goods": others,
            "shipper": line.get("shipper_name") or line.get("shipper_id"),
            "terminal": line.get("terminal"),
            "loading_at": loading_at.isoformat() if loading_at else None,
            "strongest": _strongest(body["reasons"], language),
        }


def _strongest(reasons: Sequence[Mapping[str, Any]], language: str) -> str:
    """The strongest reason that raises the risk; empty when none does."""
    raising = (reason for reason in reasons if reason["contribution"] > 0 and reason["code"] != "other")
    return next((str(reason["text"][language]) for reason in raising), "")
