"""Papers: versions of statements, each assembled from its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final

import numpy as np

from data.place import local_date
from data.record.voyages import Voyage, voyage_of
from data.records import GOODS_FACTS, STATEMENT_BOX_KEY

_SUMMED: Final = ("gross_mass_kg", "package_count")
_KEY: Final = itemgetter(*STATEMENT_BOX_KEY)


@dataclass(frozen=True, slots=True)
class Paper:
    """One version of a paper about a box, or about a booking where `box_no` is "", as the port knew it at `known_at`.

    `values` are the known cells of its first line, `stated_on` (its date at the port) and the goods of all lines:
    `goods_description` (the first line's description or shipping name) and `goods_*` for each of `GOODS_FACTS`
    (`combined_values`).
    """

    document: str
    document_no: str
    box_no: str
    version: float
    withdrawn: bool
    stated_at: datetime
    known_at: datetime
    voyage: Voyage
    values: Mapping[str, Any]


def papers_of(statements: Iterable[Mapping[str, Any]]) -> list[Paper]:
    """Assemble papers from `statements` (validated rows, one per line), ordered by `stated_at`: one for each version
    and box, and a further one each time more lines of it became known.

    Without `known_at`, a row was known when it was stated.
    """
    lines_of: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in statements:
        lines_of.setdefault(_KEY(row), []).append(row)
    papers = [paper for lines in lines_of.values() for paper in _papers(lines)]
    return sorted(papers, key=attrgetter("stated_at", *STATEMENT_BOX_KEY, "known_at"))


def combined_values(name: str, values: Sequence[Any]) -> Any:
    """The value of several lines in column `name`: the sum of masses or packages where all lines state one, else the
    different codes in order, separated by spaces; None where nothing is known."""
    known = [value for value in values if value is not None]
    if name in _SUMMED:
        return float(np.sum(known, dtype=np.float64)) if len(known) == len(values) else None
    return " ".join(sorted(set(known))) or None


def latest(papers: Iterable[Paper]) -> list[Paper]:
    """The last version of each paper, by version number, then instant, without withdrawn papers.

    Ordered by `stated_at`; of papers with the same number and instant, one about the box comes after one about its
    booking only.
    """
    last: dict[tuple[str, str, str], Paper] = {}
    for paper in papers:
        name = (paper.document, paper.document_no, paper.box_no)
        known = last.get(name)
        if known is None or _AGE(paper) > _AGE(known):
            last[name] = paper
    return sorted((paper for paper in last.values() if not paper.withdrawn), key=_ORDER)


_AGE: Final = attrgetter("version", "stated_at", "known_at")
_ORDER: Final = attrgetter("stated_at", "document_no", "version", "document", "box_no")


def _papers(lines: list[Mapping[str, Any]]) -> Iterator[Paper]:
    """The paper as known at each instant at which lines of it became known."""
    if len(lines) == 1:
        yield _paper(lines, _known_at(lines[0]))
        return
    lines.sort(key=lambda line: line.get("line_no") or np.inf)
    for instant in sorted(set(map(_known_at, lines))):
        yield _paper([line for line in lines if _known_at(line) <= instant], instant)


def _known_at(line: Mapping[str, Any]) -> datetime:
    known_at: datetime = line.get("known_at") or line["stated_at"]
    return known_at


def _paper(lines: Sequence[Mapping[str, Any]], known_at: datetime) -> Paper:
    first, several = lines[0], len(lines) > 1
    values = {name: value for name, value in first.items() if value is not None}
    stated_at = values["stated_at"]
    values["stated_on"] = local_date(stated_at)
    goods = {"goods_description": _described(lines)}
    for name in GOODS_FACTS:
        goods[f"goods_{name}"] = (
            combined_values(name, [line.get(name) for line in lines]) if several else values.get(name)
        )
    values |= {name: value for name, value in goods.items() if value is not None}
    return Paper(
        values["document"],
        values["document_no"],
        values["box_no"],
        values["version"],
        bool(values.get("withdrawn")),
        stated_at,
        known_at,
        voyage_of(values),
        values,
    )


def _described(lines: Iterable[Mapping[str, Any]]) -> Any:
    for line in lines:
        for name in ("description", "shipping_name"):
            if line.get(name) is not None:
                return line[name]
    return None
