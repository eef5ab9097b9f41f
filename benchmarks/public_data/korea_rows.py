"""Korean customs declarations as rows for the trainer: their fields and histories from the counters.

A declaration is an event of its importer, declarant, seller, office, goods and countries; its finding is a fraud.
A row reads strictly earlier days, and declarations from `known_before` on add no finding, so none of the rows to be
scored is history of a finding for another. Ids and HS6 codes are text. Never a feature: Fraud, Critical Fraud, ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.public_data.known_as_of import DAY_US, Events, Numbers, Whole, sums_before
from features.history.entities import hashes, paired

PARTS: Final = ("train", "valid", "test")
AMOUNTS: Final = ("Tax Rate", "Net Mass", "Item Price")
WORDS: Final = (
    "Office ID", "Process Type", "Import Type", "Import Use", "Payment Type", "Mode of Transport", "HS6 Code",
    "Country of Departure", "Country of Origin", "Tax Type", "Country of Origin Indicator",
)  # fmt: skip
PARTIES: Final = ("Declarant ID", "Importer ID", "Seller ID", "Courier ID")
# The generator drew these together with the label, by the data set's protocol.
TUPLE: Final = ("HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate", "Tax Type", "Net Mass")
ENTITIES: Final = (
    "everyone", "importer", "declarant", "seller", "courier", "office", "hs6", "hs4", "hs2", "departure", "origin",
    "tax_type", "importer_hs6", "seller_hs6", "hs6_origin", "declarant_importer", "tuple",
)  # fmt: skip
# How many declarations at everyone's rate an entity starts from.
PRIOR: Final = 4.0
_SUMS: Final = 2


@dataclass(frozen=True)
class Declarations:
    """n declarations in order of time: their `table` of text, `days` (n,) since 1970, history `keys` (n, entities)."""

    table: pd.DataFrame
    days: Whole
    keys: Whole

    def __len__(self) -> int:
        return len(self.days)

    def where(self, chosen: NDArray[np.bool_]) -> Declarations:
        """The declarations under the mask."""
        return Declarations(self.table[chosen], self.days[chosen], self.keys[chosen])

    def part(self, *names: str) -> NDArray[np.bool_]:
        """Which of them stand in these parts of the data set, shape (n,)."""
        return self.table["part"].isin(names).to_numpy(dtype=bool)

    @property
    def truth(self) -> Numbers:
        """1 where a fraud was found, shape (n,)."""
        return self.table["Fraud"].to_numpy(dtype=np.float64)

    @property
    def tuples(self) -> Whole:
        """A key of each one's goods tuple, shape (n,)."""
        return self.keys[:, ENTITIES.index("tuple")]


def read(folder: Path) -> Declarations:
    """The three parts of the folder, in order of time. Raises FileNotFoundError where one is absent."""
    parts = [pd.read_csv(folder / f"{part}.csv.gz", dtype=str).assign(part=part) for part in PARTS]
    return declarations(pd.concat(parts, ignore_index=True).sort_values("Date", kind="stable", ignore_index=True))


def declarations(table: pd.DataFrame) -> Declarations:
    """A table of text in order of time, with the columns of the data set and `part`."""
    hs6 = table["HS6 Code"]
    single: dict[str, Whole] = {
        "everyone": hashes("everyone", ["everyone"] * len(table)),
        "importer": _keys(table, "Importer ID"),
        "declarant": _keys(table, "Declarant ID"),
        "seller": _keys(table, "Seller ID"),
        "courier": _keys(table, "Courier ID"),
        "office": _keys(table, "Office ID"),
        "hs6": _keys(table, "HS6 Code"),
        "hs4": hashes("hs4", [code[:4] for code in hs6]),
        "hs2": hashes("hs2", [code[:2] for code in hs6]),
        "departure": _keys(table, "Country of Departure"),
        "origin": _keys(table, "Country of Origin"),
        "tax_type": _keys(table, "Tax Type"),
        "tuple": hashes("tuple", [" ".join(values) for values in zip(*(table[name] for name in TUPLE), strict=True)]),
    }
    for pair in ("importer_hs6", "seller_hs6", "hs6_origin", "declarant_importer"):
        first, second = pair.split("_")
        single[pair] = paired(single[first], single[second])
    days = pd.to_datetime(table["Date"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    return Declarations(table, days, np.ascontiguousarray(np.stack([single[name] for name in ENTITIES], axis=1)))


def _keys(table: pd.DataFrame, column: str) -> Whole:
    return hashes(column, [None if pd.isna(value) else str(value) for value in table[column]])


def fields(rows: Declarations) -> Numbers:
    """The declared fields, words as the codes of their order in the alphabet, shape (n, fields)."""
    words = [pd.Categorical(rows.table[name]).codes.astype(np.float64) for name in (*WORDS, *PARTIES)]
    return np.stack([*words, *(_amount(rows, name) for name in AMOUNTS)], axis=1)


def _amount(rows: Declarations, name: str) -> Numbers:
    return rows.table[name].to_numpy(dtype=np.float64)


def matrix(rows: Declarations, known_before_day: int, half_life: float, entities: tuple[str, ...]) -> Numbers:
    """The fields, the price against the goods' usual one, and the histories of `entities`, shape (n, k).

    Findings of declarations from the day `known_before_day` on exist for nobody.
    """
    table = fields(rows)
    price = np.log((_amount(rows, "Item Price") + 1) / (_amount(rows, "Net Mass") + 0.1))
    queried = Events(rows.days * DAY_US, rows.keys)
    columns = [*table.T, price, *_against_usual(queried, price)]
    known = rows.days < known_before_day
    findings = np.stack([np.ones(len(rows)), rows.truth], axis=1)[known]
    sums = sums_before(queried, queried.where(known), findings, np.full(_SUMS, half_life)).sums
    everyone = sums[:, ENTITIES.index("everyone")]
    rate = (everyone[:, 1] + 0.1) / (everyone[:, 0] + 1.0)
    for entity in entities:
        count, frauds = sums[:, ENTITIES.index(entity)].T
        columns += [(frauds + PRIOR * rate) / ((count + PRIOR) * rate), np.log1p(count)]
    return np.stack(columns, axis=1)


def _against_usual(queried: Events, price: Numbers) -> list[Any]:
    """Log price a kilogram above the mean of earlier days, by HS6, importer and seller with goods; NaN at first."""
    sums = sums_before(queried, queried, np.stack([np.ones(len(price)), price], axis=1), np.full(_SUMS, 365.0)).sums
    above = []
    for entity in ("hs6", "importer_hs6", "seller_hs6"):
        count, total = sums[:, ENTITIES.index(entity)].T
        above.append(np.where(count > 0, price - total / np.maximum(count, 1e-9), np.nan))
    return above
