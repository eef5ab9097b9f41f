"""Chicago food inspections as rows for the trainer: published columns and histories from the counters.

An inspection is an event, a critical violation is its finding. Its outcome is added to the history and read
only by inspections of later days; the rows to be scored never add anything, so none is history for another.
Never a feature, by the data set's protocol: criticalFound, Test, Train, published_xgb_score and the ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.public_data.known_as_of import DAY_US, Events, Numbers, Whole, sums_before
from features.history.counters import Profiles
from features.history.entities import hashes, paired

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "past": ("pastFail", "pastCritical", "pastSerious", "pastMinor", "timeSinceLast", "firstRecord", "ageAtInspection"),
    "licences": (
        "consumption_on_premises_incidental_activity", "tobacco_retail_over_counter", "package_goods",
        "limited_business_license", "outdoor_patio", "public_place_of_amusement",
        "childrens_services_facility_license", "tavern", "regulated_business_license", "filling_station",
        "caterers_liquor_license", "mobile_food_license",
    ),
    "heat": ("heat_burglary", "heat_garbage", "heat_sanitation"),
    "weather": ("precipIntensity", "temperatureMax", "windSpeed", "humidity"),
    "place": ("Latitude", "Longitude"),
    "kind": ("Facility_Type", "Risk"),
    "inspector": ("Inspector_Assigned",),
}  # fmt: skip
# More of it can only be worse, where a choice asks for monotone models.
RISING: Final = ("pastFail", "pastCritical", "pastSerious", "pastMinor", *COLUMNS["heat"])
ENTITIES: Final = ("city", "licence", "name", "premises", "facility", "zip", "district", "inspector")
SUMS: Final = ("inspected", "critical", "serious", "minor", "failed")
# How many inspections with the city's own rate an entity starts from.
PRIOR: Final = 4.0
_TYPES: Final = ("Restaurant", "Grocery_Store", "Grocery Store")
_DISTRICT_DEGREES: Final = 0.02
_PREMISES_DEGREES: Final = 1e-5


@dataclass(frozen=True)
class Inspections:
    """n inspections: their `table`, `days` (n,) since 1970 and history `keys` (n, len(ENTITIES))."""

    table: pd.DataFrame
    days: Whole
    keys: Whole

    def where(self, chosen: NDArray[np.bool_]) -> Inspections:
        """The inspections under the mask."""
        return Inspections(self.table[chosen], self.days[chosen], self.keys[chosen])

    def flags(self, column: str) -> NDArray[np.bool_]:
        """A column of true and false, shape (n,)."""
        return self.table[column].to_numpy(dtype=bool)

    @property
    def truth(self) -> Numbers:
        """1 where a critical violation was found, shape (n,)."""
        return self.table["criticalFound"].to_numpy(dtype=np.float64)


@dataclass(frozen=True)
class City:
    """`rows` are learned from and scored; `raw`, with outcomes, are the events of the history."""

    rows: Inspections
    raw: Inspections

    def training(self) -> City:
        """The training years alone: all that a choice may be made from."""
        return City(self.rows.where(self.rows.flags("Train")), self.raw)


@dataclass(frozen=True)
class Matrix:
    """Features (n, k), their k names, and which the probability may only rise with (k,)."""

    values: Numbers
    names: tuple[str, ...]
    rising: tuple[bool, ...]


def read(folder: Path) -> City:
    """The two files of the folder. Raises FileNotFoundError where one is absent."""
    rows = pd.read_csv(folder / "published_table.csv").sort_values("Inspection_Date", kind="stable", ignore_index=True)
    raw = pd.read_csv(folder / "inspections_to_2014-04-16.csv")
    # The raw file does not say who inspected; the published table does, for the inspections both hold.
    raw["Inspector_Assigned"] = raw["Inspection_ID"].map(rows.set_index("Inspection_ID")["Inspector_Assigned"])
    return City(_inspections(rows), _inspections(raw))


def _inspections(table: pd.DataFrame) -> Inspections:
    days = pd.to_datetime(table["Inspection_Date"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    facility: list[str | None] = [name if name in _TYPES else "other" for name in _names(table, "Facility_Type")]
    city: list[str | None] = ["Chicago"] * len(table)
    keys = {
        "city": hashes("city", city),
        "licence": hashes("licence", _names(table, "License")),
        "name": hashes("name", _names(table, "DBA_Name")),
        "premises": hashes("premises", _squares(table, _PREMISES_DEGREES)),
        "facility": paired(hashes("facility", facility), hashes("risk", _names(table, "Risk"))),
        "zip": hashes("zip", _names(table, "Zip")),
        "district": hashes("district", _squares(table, _DISTRICT_DEGREES)),
        "inspector": hashes("inspector", _names(table, "Inspector_Assigned")),
    }
    return Inspections(table, days, np.ascontiguousarray(np.stack([keys[entity] for entity in ENTITIES], axis=1)))


def _names(table: pd.DataFrame, column: str) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in table[column]]


def _squares(table: pd.DataFrame, degrees: float) -> list[str | None]:
    """Names of squares of the map; None where the place is unknown."""
    places = zip((table["Latitude"] / degrees).round(), (table["Longitude"] / degrees).round(), strict=True)
    return [None if np.isnan(north + east) else f"{north:.0f} north {-east:.0f} west" for north, east in places]


def histories(rows: Inspections, raw: Inspections, known_before: int, delay_days: int, half_life: float) -> Profiles:
    """History of the entities of each row, strictly before the row's day.

    Of `raw` only inspections before the day `known_before` exist for it, each known `delay_days` after its
    own day; sums halve in `half_life` days.
    """
    raw = raw.where(raw.days < known_before)
    table = raw.table
    outcomes = (table["criticalCount"] > 0, table["seriousCount"], table["minorCount"], table["fail_flag"])
    found = np.stack([np.ones(len(table)), *(outcome.to_numpy(dtype=np.float64) for outcome in outcomes)], axis=1)
    known = Events((raw.days + delay_days) * DAY_US, raw.keys)
    return sums_before(Events(rows.days * DAY_US, rows.keys), known, found, np.full(len(SUMS), half_life))


def _column(rows: Inspections, name: str) -> Numbers:
    values = rows.table[name]
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=np.float64)
    return pd.Categorical(values).codes.astype(np.float64)


def matrix(rows: Inspections, profiles: Profiles, groups: Sequence[str], entities: Sequence[str]) -> Matrix:
    """Columns of `groups` beside the histories of `entities`: shrunken rates in multiples of the city's, and counts."""
    columns = [(name, _column(rows, name), name in RISING) for group in groups for name in COLUMNS[group]]
    city = profiles.sums[:, ENTITIES.index("city")]
    usual = (city[:, 1:] + 0.1) / (city[:, :1] + 1.0)
    for entity in entities:
        sums = profiles.sums[:, ENTITIES.index(entity)]
        lift = (sums[:, 1:] + PRIOR * usual) / ((sums[:, :1] + PRIOR) * usual)
        columns += [(f"{entity}_{name}", lift[:, position], True) for position, name in enumerate(SUMS[1:])]
        columns.append((f"{entity}_inspected", np.log1p(sums[:, 0]), False))
    names, values, rising = zip(*columns, strict=True)
    return Matrix(np.stack(values, axis=1), names, rising)
