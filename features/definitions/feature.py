"""Feature definition: a pure function over columns, with its texts, unit, reason code and constraints."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Self

from data.texts import text
from data.vocabulary import Family
from features.boxes import Numbers
from features.definitions.context import FeatureContext


class Theme(StrEnum):
    """Theme of a feature."""

    SUBSTANCE = "substance"
    QUANTITY = "quantity"
    PARTIES = "parties"
    PAIRS = "pairs"
    ROUTE = "route"
    TIMING = "timing"
    PAPERS = "papers"
    EFFECTS = "effects"


class Unit(StrEnum):
    """Unit in which a value is shown to officers."""

    SHARE = "share"
    COUNT = "count"
    KG = "kg"
    DAYS = "days"
    HOURS = "hours"
    NUMBER = "number"
    YES_NO = "yes_no"
    CLASS = "class"
    CELSIUS = "celsius"


class Gathered(ABC):
    """Computation of a feature that is faster for all features of its kind at once; hashable, one instance per column.

    `together` is the only implementation: a single column is computed as a group of one.
    """

    @classmethod
    @abstractmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """A function of the context that computes all `columns`, shape (n, len(columns)); indices are resolved once."""

    def __call__(self, context: FeatureContext) -> Numbers:
        """This column only, shape (n,)."""
        return _alone(self)(context)[:, 0]


@lru_cache(maxsize=1_024)
def _alone(column: Gathered) -> Callable[[FeatureContext], Numbers]:
    return column.together((column,))


@dataclass(frozen=True)
class Feature:
    """A column of the model.

    `compute` gives shape (n,) float64, NaN where unknown: a function of the papers, or a `Gathered` of the history.
    `reason` is its reason code. `rises_with` lists the families whose probability may only rise with the feature.
    A history has its `entity`, and in `evidence` the decayed counter of the events behind the value; for a rate or
    share, `is_count` is the counter in the numerator, `evidence` that in the denominator. `key` names the texts if
    several features share them. `explained_by` is the feature that officers see instead of this one.
    """

    name: str
    theme: Theme
    reason: str
    unit: Unit
    compute: Callable[[FeatureContext], Numbers]
    rises_with: tuple[Family, ...] = ()
    entity: str = ""
    family: Family | None = None
    evidence: str = ""
    is_count: str = ""
    explained_by: Feature | None = None
    key: str = field(default="")

    def words(self, language: str) -> dict[str, str]:
        """Values for the placeholders in this feature's texts."""
        words = {}
        if self.entity:
            words["entity"] = text(f"entity.{self.entity}", language)
        if self.family:
            words["family"] = self.family.word(language)
        if self.explained_by:
            words["explained"] = self.explained_by.describe(language)
        return words

    def describe(self, language: str) -> str:
        """One-line description of the feature in `language`."""
        return text(f"feature.{self.key or self.name}", language, **self.words(language))
