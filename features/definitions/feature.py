"""A feature: a pure function over columns, with what inspectors and trainers need to know about it."""

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
    """What a feature is about."""

    SUBSTANCE = "substance"
    QUANTITY = "quantity"
    PARTIES = "parties"
    PAIRS = "pairs"
    ROUTE = "route"
    TIMING = "timing"
    PAPERS = "papers"
    EFFECTS = "effects"


class Unit(StrEnum):
    """How a value is written for a reader."""

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
    """What a feature computes when all features of its kind are read at once; hashable, one instance a column.

    `together` is the only definition: a column alone is a gathering of one.
    """

    @classmethod
    @abstractmethod
    def together(cls, columns: Sequence[Self]) -> Callable[[FeatureContext], Numbers]:
        """A function from a view to all `columns`, shape (n, len(columns)); what it looks up is looked up here."""

    def __call__(self, context: FeatureContext) -> Numbers:
        """The column alone, shape (n,)."""
        return _alone(self)(context)[:, 0]


@lru_cache(maxsize=1_024)
def _alone(column: Gathered) -> Callable[[FeatureContext], Numbers]:
    return column.together((column,))


@dataclass(frozen=True)
class Feature:
    """A column of the model.

    `compute` gives shape (n,) float64, NaN where unknown; a function of the papers, or a `Gathered` of the histories.
    `reason` is the reason code it is grouped under.
    `rises_with` names the families whose probability may only rise with it. `entity` and `evidence` (a decayed
    counter) are set for histories: the number of events behind the value; `is_count` is the counter whose share of the
    evidence the value is, before shrinking. `key` names its texts when they are shared. `explained_by` is the feature
    that explains this one to officers, where its own value would mean nothing to them.
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
        """The words that fill the places of this feature's texts."""
        words = {}
        if self.entity:
            words["entity"] = text(f"entity.{self.entity}", language)
        if self.family:
            words["family"] = self.family.word(language)
        if self.explained_by:
            words["explained"] = self.explained_by.describe(language)
        return words

    def describe(self, language: str) -> str:
        """The one line that says what this feature is, in `language`."""
        return text(f"feature.{self.key or self.name}", language, **self.words(language))
