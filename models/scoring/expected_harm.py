"""From probabilities to risk: expected harm, with its weights in one place.

The weights are a judgement that a port can change: what a violation of each family can lead to, and how severe a fire,
leak or explosion of the goods would be.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Family
from features.boxes import Boxes, box_mass_kg

FAMILY_WEIGHTS: Final = {Family.DECLARATION: 1.0, Family.PACKING: 0.6, Family.PAPERS: 0.15}
_WEIGHTS: Final = np.array([FAMILY_WEIGHTS[family] for family in Family])
_BY_OPENING: Final = np.array([family.needs_opening for family in Family])
# By class or division; divisions that are not listed have the value of their class.
CLASS_HAZARD: Final = {
    1.0: 1.0, 1.4: 0.8, 2.1: 0.9, 2.2: 0.6, 2.3: 1.0, 3.0: 0.8, 4.1: 0.8, 4.2: 0.95, 4.3: 0.95,
    5.1: 0.9, 5.2: 1.0, 6.1: 0.8, 6.2: 0.8, 7.0: 1.0, 8.0: 0.7, 9.0: 0.7,
}  # fmt: skip
GENERAL_CARGO_HAZARD: Final = 0.7
GROUP_HAZARD: Final = {1.0: 1.0, 2.0: 0.95, 3.0: 0.9}
CONCERN_HAZARD: Final = 1.0
SMALL_MASS_KG: Final = 500.0
SMALL_MASS_FACTOR: Final = 0.8


def hazard(boxes: Boxes) -> NDArray[np.float64]:
    """Severity of an accident with the declared goods, shape (n,), above 0 and at most 1."""
    factor = np.array([_class_hazard(number) for number in boxes.line["class_no"][boxes.most_hazardous_line].tolist()])
    factor = np.where(boxes.line["concern"][boxes.most_hazardous_line] == 1, CONCERN_HAZARD, factor)
    factor = factor * [
        GROUP_HAZARD.get(number, 1.0) for number in boxes.line["group_no"][boxes.most_hazardous_line].tolist()
    ]
    small = box_mass_kg(boxes) < SMALL_MASS_KG
    return np.asarray(np.where(small, factor * SMALL_MASS_FACTOR, factor))


def _class_hazard(class_no: float) -> float:
    if class_no in CLASS_HAZARD or class_no != class_no:
        return CLASS_HAZARD.get(class_no, GENERAL_CARGO_HAZARD)
    return CLASS_HAZARD.get(float(int(class_no)), GENERAL_CARGO_HAZARD)


def risk(probabilities: NDArray[np.float64], hazards: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected harm from 0 to 100, shape (n,), from family probabilities (n, families) and hazards (n,)."""
    return np.asarray(100.0 * hazards * (1.0 - np.prod(1.0 - _WEIGHTS * probabilities, axis=1)))


def finding_probability(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that an opening finds a declaration or packing violation, shape (n,).

    The families are treated as independent given the features.
    """
    return np.asarray(1.0 - np.prod(1.0 - probabilities[:, _BY_OPENING], axis=1))
