"""Chicago food inspections as rows for the trainer: published columns beside histories read from the ledger.

An inspection is an event, a critical violation is its finding. Its outcome is added to the ledger after a
delay and read strictly before the day of a later inspection; rows to be scored never add anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.entities import hashes, paired
from features.ledger import Ledger, Profiles

Numbers = NDArray[np.float64]

DAY_US: Final = 86_400_000_000
# What the data set's own protocol forbids as a feature: the label, the split, the published score and the ids.
FORBIDDEN: Final = ("criticalFound", "Test", "Train", "published_xgb_score", "License", "Inspection_ID", "Business_ID")
PUBLISHED: Final[Mapping[str, tuple[str, ...]]] = {
    "past": (
        "pastFail", "pastCritical", "pastSerious", "pastMinor", "timeSinceLast", "firstRecord", "ageAtInspection",
    ),
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
# Recorded worse when more: the probability may only rise with it.
RISING: Final = ("pastFail", "pastCritical", "pastSerious", "pastMinor", *PUBLISHED["heat"])
ENTITIES: Final = ("city", "licence", "zip", "facility", "name", "premises", "district", "inspector")
SUMS: Final = ("inspected", "critical", "serious", "minor", "failed")
# Inspections' worth of the city's own rate that an entity's rate starts from.
PRIOR: Final = 4.0


@dataclass(frozen=True)
class Tables:
    """`rows`: the published table in order of time; `raw`: inspections with outcomes, the ledger's events."""

    rows: pd.DataFrame
    raw: pd.DataFrame

    def training(self) -> Tables:
        """The training years alone: what a choice may be made from."""
        return Tables(self.rows[self.rows["Train"]].reset_index(drop=True), self.raw)


@dataclass(frozen=True)
class Matrix:
    """Features (n, k), their k names, and which of them the probability may only rise with (k,)."""

    values: Numbers
    names: tuple[str, ...]
    rising: tuple[bool, ...]


def read(folder: Path) -> Tables:
    """The two files of the folder. Raises FileNotFoundError where they are absent."""
    rows = pd.read_csv(folder / "published_table.csv").sort_values("Inspection_Date", kind="stable", ignore_index=True)
    raw = pd.read_csv(folder / "inspections_to_2014-04-16.csv")
    assigned = rows.set_index("Inspection_ID")["Inspector_Assigned"]
    raw["Inspector_Assigned"] = raw["Inspection_ID"].map(assigned)
    return Tables(rows, raw)


def days_of(table: pd.DataFrame) -> NDArray[np.int64]:
    """Days of inspection since 1970, shape (n,)."""
    return pd.to_datetime(table["Inspection_Date"]).to_numpy().astype("datetime64[D]").astype(np.int64)


def _named(table: pd.DataFrame, column: str) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in table[column]]


def _cells(table: pd.DataFrame, degrees: float) -> list[str | None]:
    """Names of squares of the map; None where the place is unknown."""
    places = zip((table["Latitude"] / degrees).round(), (table["Longitude"] / degrees).round(), strict=True)
    return [None if np.isnan(north) or np.isnan(east) else f"{north:.0f} {-east:.0f}" for north, east in places]


def keys_of(table: pd.DataFrame) -> NDArray[np.int64]:
    """Ledger keys, shape (n, len(ENTITIES)); 0 where the table does not say."""
    kind = [(name or "").replace("_", " ") if name else None for name in _named(table, "Facility_Type")]
    kind = [name if name in ("Restaurant", "Grocery Store") else "other" for name in kind]
    columns = {
        "city": hashes("city", ["chicago"] * len(table)),
        "licence": hashes("licence", _named(table, "License")),
        "zip": hashes("zip", _named(table, "Zip")),
        "facility": paired(hashes("facility", kind), hashes("risk", _named(table, "Risk"))),
        "name": hashes("name", _named(table, "DBA_Name")),
        "premises": hashes("premises", _cells(table, 1e-5)),
        "district": hashes("district", _cells(table, 0.02)),
        "inspector": hashes("inspector", _named(table, "Inspector_Assigned")),
    }
    return np.ascontiguousarray(np.stack([columns[entity] for entity in ENTITIES], axis=1))


def histories(
    rows: pd.DataFrame, raw: pd.DataFrame, known_before: int, delay_days: int, half_life_days: float
) -> Profiles:
    """What the ledger knew of each row's entities strictly before the row's day.

    Only inspections of `raw` before the day `known_before` exist for it; each becomes known after `delay_days`.
    """
    raw = raw[days_of(raw) < known_before]
    outcomes = (raw["criticalCount"] > 0, raw["seriousCount"], raw["minorCount"], raw["fail_flag"])
    amounts = np.stack([np.ones(len(raw)), *(outcome.to_numpy(dtype=np.float64) for outcome in outcomes)], axis=1)
    times = np.concatenate([days_of(raw) + delay_days, days_of(rows)]) * DAY_US
    keys = np.concatenate([keys_of(raw), keys_of(rows)])
    amounts = np.concatenate([amounts, np.full((len(rows), len(SUMS)), np.nan)])
    reads = np.concatenate([np.full(len(raw), -1), np.arange(len(rows))])
    order = np.argsort(times, kind="stable")
    ledger = Ledger(np.full(len(SUMS), np.log(2) / (half_life_days * DAY_US)), slots=32_768)
    return ledger.replay(times[order], keys[order], amounts[order], reads[order])


def _published(rows: pd.DataFrame, column: str) -> Numbers:
    values = rows[column]
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=np.float64)
    return values.map({name: code for code, name in enumerate(sorted(values.unique()))}).to_numpy(dtype=np.float64)


def matrix(rows: pd.DataFrame, profiles: Profiles, groups: Sequence[str], entities: Sequence[str]) -> Matrix:
    """Published columns of `groups` beside the histories of `entities`."""
    columns: list[tuple[str, Numbers, bool]] = [
        (name, _published(rows, name), name in RISING) for group in groups for name in PUBLISHED[group]
    ]
    city = profiles.sums[:, ENTITIES.index("city")]
    base = (city[:, 1:] + 0.1) / (city[:, :1] + 1.0)
    for entity in entities:
        sums = profiles.sums[:, ENTITIES.index(entity)]
        lift = (sums[:, 1:] + PRIOR * base) / ((sums[:, :1] + PRIOR) * base)
        columns += [(f"{entity}_{name}_lift", lift[:, at], True) for at, name in enumerate(SUMS[1:])]
        columns.append((f"{entity}_inspected", np.log1p(sums[:, 0]), False))
    names, values, rising = zip(*columns, strict=True)
    return Matrix(np.stack(values, axis=1), names, rising)
