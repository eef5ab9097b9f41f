"""Results of the checks: counts by severity and topic, and discrepancies; conversion to columns and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import NotReady
from data.vocabulary import Severity
from features.boxes import Boxes, Numbers
from features.checks.catalogue import BY_CODE
from features.checks.check import Check, Discrepancy, Found, Topic

Counts = NDArray[np.int32]

_SEVERITIES: Final = {severity: place for place, severity in enumerate(Severity)}
_BY_WEIGHT: Final = (Severity.ADVISORY, Severity.FAULT, Severity.SEVERE)
_TOPICS: Final = {topic: place for place, topic in enumerate(Topic)}
_COUNTED: Final = ("edition", "severe", "faults", "advisories")
_BY_TOPIC: Final = tuple(f"{topic.value}_discrepancies" for topic in Topic)
COLUMNS: Final = (*_COUNTED, *_BY_TOPIC, "undeclared_probability", "found")
"""Names of the columns that `CheckResults.to_columns` gives."""


@dataclass(frozen=True)
class CheckResults:
    """Results of the checks of n boxes: arrays of shape (n,).

    `edition` is the amendment of the IMDG Code by which a box was checked, 41 or 42. `severe`, `faults` and
    `advisories` count its discrepancies by severity; `by_topic`, shape (n, topics), counts the faults and severe ones.
    `undeclared_probability` is the highest probability that a line item of general cargo is dangerous goods, by its
    words and tariff code. `found` has the discrepancies as a JSON text, empty where there are none; `discrepancies`
    reads it.
    """

    edition: Counts
    severe: Counts
    faults: Counts
    advisories: Counts
    by_topic: Counts
    undeclared_probability: Numbers
    found: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.edition)

    @classmethod
    def of(
        cls, editions: Sequence[int], found: Sequence[Sequence[Discrepancy]], probabilities: Sequence[float]
    ) -> CheckResults:
        """Results from the discrepancies of n boxes, most severe first in each."""
        counts = np.zeros((len(found), len(Severity)), dtype=np.int32)
        by_topic = np.zeros((len(found), len(Topic)), dtype=np.int32)
        written = np.full(len(found), "", dtype=object)
        for place, some in enumerate(found):
            if some:
                written[place] = _written(some)
            for one in some:
                counts[place, _SEVERITIES[one.severity]] += 1
                if one.severity is not Severity.ADVISORY:
                    by_topic[place, _TOPICS[one.check.topic]] += 1
        advisories, faults, severe = (counts[:, _SEVERITIES[severity]].copy() for severity in _BY_WEIGHT)
        return cls(
            np.array(editions, dtype=np.int32), severe, faults, advisories, by_topic,
            np.array(probabilities, dtype=np.float64), written,
        )  # fmt: skip

    def of_topic(self, topic: Topic) -> Counts:
        """Faults and severe discrepancies of one topic, shape (n,)."""
        return self.by_topic[:, _TOPICS[topic]]

    def discrepancies(self, place: int) -> tuple[Discrepancy, ...]:
        """Discrepancies of the box at `place`, most severe first.

        Raises NotReady where stored results are of other checks than those of the catalogue.
        """
        return _read(self.found[place])

    def take(self, chosen: NDArray[Any]) -> CheckResults:
        """The results of the boxes at the positions or under the mask `chosen`, in that order."""
        return CheckResults(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[CheckResults]) -> CheckResults:
        """The results of several batches of boxes, at least one, as those of one batch, in that order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """COLUMNS by name, shape (n,): int32 counts, a float64 probability, `found` as str."""
        columns = {name: getattr(self, name) for name in _COUNTED}
        columns |= {name: self.by_topic[:, place] for place, name in enumerate(_BY_TOPIC)}
        return columns | {"undeclared_probability": self.undeclared_probability, "found": self.found}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[Any]]) -> CheckResults:
        """The results that `to_columns` returned, bit for bit; columns other than COLUMNS are ignored."""
        edition, severe, faults, advisories = (np.asarray(columns[name], dtype=np.int32) for name in _COUNTED)
        return cls(
            edition, severe, faults, advisories,
            np.stack([np.asarray(columns[name], dtype=np.int32) for name in _BY_TOPIC], axis=1),
            np.asarray(columns["undeclared_probability"], dtype=np.float64),
            np.asarray(columns["found"], dtype=object),
        )  # fmt: skip


@dataclass(frozen=True)
class CheckedBoxes(Boxes):
    """Boxes with the results of their checks, from `features.checks.stage.check`."""

    checks: CheckResults

    def take(self, chosen: NDArray[Any]) -> CheckedBoxes:
        """The boxes at the positions or under the mask `chosen`, in that order, with their results."""
        return with_results(super().take(chosen), self.checks.take(chosen))


def with_results(boxes: Boxes, results: CheckResults) -> CheckedBoxes:
    """The same boxes with their results, which may have been read from where they were stored."""
    return CheckedBoxes(boxes.box, boxes.line, boxes.start, boxes.most_hazardous_line, boxes.keys, results)


def _written(found: Sequence[Discrepancy]) -> str:
    """Discrepancies as compact JSON rows: code, line_no, columns, expected, found, severity where not the check's."""
    rows = [
        (one.code, one.found.line_no, one.found.fields, one.found.expected, one.found.found, one.found.severity)
        for one in found
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _read(written: str) -> tuple[Discrepancy, ...]:
    """The discrepancies that `_written` serialised."""
    rows = json.loads(written) if written else ()
    return tuple(
        Discrepancy(_check_of(code), Found(tuple(names), expected, found, line_no, severity and Severity(severity)))
        for code, line_no, names, expected, found, severity in rows
    )


def _check_of(code: str) -> Check:
    if code not in BY_CODE:
        raise NotReady(
            f"Stored results of the checks name the check {code!r}, which this version does not have.",
            "Check the stored boxes again with this version.",
        )
    return BY_CODE[code]
