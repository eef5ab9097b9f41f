"""Card transactions as rows for the trainer: spending known at once, findings known after the delay.

A transaction is an event of its customer (who stands for a shipper), its terminal (a packer) and their pair. What
was spent adds to the ledger at its own instant; whether it was a fraud adds to it `DELAY_DAYS` later. Rows read
strictly before their instant. Never a feature, by the data set's protocol: fraud, scenario and the ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.public_data.known_as_of import DAY_US, Events, Numbers, Whole, sums_before
from features.history.counters import NEVER
from features.history.entities import hashes, paired

DELAY_DAYS: Final = 7
ENTITIES: Final = ("customer", "terminal", "pair")
# The customer's usual amount is learned over this time, starting from this many transactions at everyone's mean.
NORM_DAYS: Final = 60.0
NORM_PRIOR: Final = 2.0
# An amount above so many of the customer's usual ones is out of the ordinary.
UNUSUAL: Final = 2.5
# How many transactions at everyone's rate an entity's rate starts from.
PRIOR: Final = 3.0
_NIGHT_ENDS: Final = 6
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Cards:
    """n transactions in order of time: `times` (n,) microseconds since 1970, ids, amounts, truth, history keys."""

    times: Whole
    customers: Whole
    terminals: Whole
    amounts: Numbers
    truth: Numbers
    keys: Whole

    def __len__(self) -> int:
        return len(self.times)

    @property
    def days(self) -> Whole:
        """Days since 1970, shape (n,)."""
        return self.times // DAY_US

    @property
    def events(self) -> Events:
        """The transactions at their own instants."""
        return Events(self.times, self.keys)

    def where(self, chosen: NDArray[Any]) -> Cards:
        """The transactions under the mask or at the positions."""
        return Cards(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def read(path: Path) -> Cards:
    """The transactions of a parquet file, in order of time. Raises FileNotFoundError where it is absent."""
    columns = ["at", "customer_id", "terminal_id", "amount", "fraud"]
    return cards(pd.read_parquet(path, columns=columns).sort_values("at", kind="stable"))


def cards(table: pd.DataFrame) -> Cards:
    """A table of transactions in order of time, with the columns of the data set."""
    customers, terminals = (table[name].to_numpy(dtype=np.int64) for name in ("customer_id", "terminal_id"))
    customer, terminal = _keys("customer", customers), _keys("terminal", terminals)
    return Cards(
        table["at"].to_numpy().astype("datetime64[us]").astype(np.int64),
        customers,
        terminals,
        table["amount"].to_numpy(dtype=np.float64),
        table["fraud"].to_numpy(dtype=np.float64),
        np.ascontiguousarray(np.stack([customer, terminal, paired(customer, terminal)], axis=1)),
    )


def _keys(entity: str, ids: Whole) -> Whole:
    known, position = np.unique(ids, return_inverse=True)
    return hashes(entity, [str(number) for number in known])[position]


def lifts(cards: Cards) -> Numbers:
    """Each amount as a multiple of what the customer usually spent before, shape (n,)."""
    alone = np.stack([np.ones(len(cards)), cards.amounts], axis=1)
    customers = Events(cards.times, cards.keys[:, :1])
    sums = sums_before(customers, customers, alone, np.array([NORM_DAYS, NORM_DAYS])).sums[:, 0]
    before = np.concatenate([[1.0], np.cumsum(cards.amounts)[:-1] / np.arange(1, len(cards))])
    usual = (sums[:, 1] + NORM_PRIOR * before) / (sums[:, 0] + NORM_PRIOR)
    return cards.amounts / np.maximum(usual, 0.01)


@dataclass(frozen=True)
class Features:
    """Features (n, k) and their k names."""

    values: Numbers
    names: tuple[str, ...]


def features(cards: Cards, lift: Numbers, queried: NDArray[Any], spending: Numbers, findings: Numbers) -> Features:
    """Columns for the transactions at the positions `queried`; the half-lives, in days, are of what is spent and found.

    `lift` (n,) as `lifts` gives it. `cards` must hold all the history, and may hold later transactions.
    """
    rows = cards.where(queried)
    hour = rows.times % DAY_US / (DAY_US / 24)
    # The first of January 1970 was a Thursday.
    weekday = (rows.days + 3) % 7
    columns: dict[str, Numbers] = {
        "amount": rows.amounts,
        "lift": lift[queried],
        "hour": hour,
        "night": (hour < _NIGHT_ENDS + 1).astype(np.float64),
        "weekend": (weekday >= _SATURDAY).astype(np.float64),
    }
    columns |= _spent(cards, lift, rows, spending)
    columns |= _found(cards, lift, rows, findings)
    return Features(np.stack(list(columns.values()), axis=1), tuple(columns))


def _spent(cards: Cards, lift: Numbers, rows: Cards, half_lives: Numbers) -> dict[str, Numbers]:
    """Counts, means and unusual amounts of customer, terminal and pair strictly before each row."""
    one = np.stack([np.ones(len(cards)), cards.amounts, cards.amounts**2, lift > UNUSUAL], axis=1)
    amounts = np.tile(one, len(half_lives))
    profiles = sums_before(rows.events, cards.events, amounts, np.repeat(half_lives, one.shape[1]))
    columns: dict[str, Numbers] = {}
    for position, entity in enumerate(ENTITIES):
        columns[f"{entity}_quiet_days"] = _since(rows.times, profiles.last[:, position])
        for turn, days in enumerate(half_lives):
            count, total, squares, unusual = profiles.sums[:, position, 4 * turn : 4 * turn + 4].T
            name = f"{entity}_{days:g}d"
            columns[f"{name}_count"] = count
            if entity != "pair":
                usual = total / np.maximum(count, 1e-9)
                spread = np.sqrt(np.maximum(squares / np.maximum(count, 1e-9) - usual**2, 1.0))
                columns[f"{name}_deviation"] = np.where(count > 0.5, (rows.amounts - usual) / spread, np.nan)
                columns[f"{name}_unusual"] = unusual
                columns[f"{name}_mean"] = np.where(count > 0.5, usual, np.nan)
    return columns


def _since(times: Whole, last: Whole) -> Numbers:
    seen = last != NEVER
    return np.where(seen, (times - np.where(seen, last, 0)) / DAY_US, np.nan)


def _found(cards: Cards, lift: Numbers, rows: Cards, half_lives: Numbers) -> dict[str, Numbers]:
    """Rates and counts of frauds of customer and terminal that were known, the delay kept, strictly before each row.

    A fraud at an ordinary amount speaks against the terminal, one at an unusual amount against the card.
    """
    fraud, ordinary = cards.truth, cards.truth * (lift <= UNUSUAL)
    genuine = 1 - fraud
    one = np.stack([np.ones(len(cards)), fraud, ordinary, genuine * cards.amounts], axis=1)
    # Beside each entity its frauds and its genuine transactions alone, for when each was last seen.
    kinds = [np.ones(len(cards), dtype=bool), ordinary > 0, genuine > 0]
    both = np.array([0, 1])
    keys = [np.where(kind[:, None], _marked(cards.keys[:, both], turn), 0) for turn, kind in enumerate(kinds)]
    queried = [_marked(rows.keys[:, both], turn) for turn in range(len(kinds))]
    known = Events(cards.times + DELAY_DAYS * DAY_US, np.ascontiguousarray(np.concatenate(keys, axis=1)))
    profiles = sums_before(
        Events(rows.times, np.ascontiguousarray(np.concatenate(queried, axis=1))),
        known,
        np.tile(one, len(half_lives)),
        np.repeat(half_lives, one.shape[1]),
    )
    columns = _runs(cards, ordinary, rows)
    for position, entity in enumerate(ENTITIES[:2]):
        columns[f"{entity}_fraud_days"] = _since(rows.times, profiles.last[:, 2 + position])
        columns[f"{entity}_genuine_days"] = _since(rows.times, profiles.last[:, 4 + position])
        for turn, days in enumerate(half_lives):
            count, frauds, plain, spent = profiles.sums[:, position, 4 * turn : 4 * turn + 4].T
            name = f"{entity}_{days:g}d"
            columns[f"{name}_known"] = count
            columns[f"{name}_frauds"] = frauds
            columns[f"{name}_plain_frauds"] = plain
            columns[f"{name}_rate"] = frauds / (count + PRIOR)
            columns[f"{name}_plain_rate"] = plain / (count + PRIOR)
            if entity == "customer":
                usual = np.maximum(spent / np.maximum(count - frauds, 1e-9), 0.01)
                columns[f"{name}_genuine_lift"] = np.where(count - frauds > 0.5, rows.amounts / usual, np.nan)
    return columns


def _runs(cards: Cards, ordinary: Numbers, rows: Cards) -> dict[str, Numbers]:
    """Of each terminal how many frauds at ordinary amounts are known since its last known genuine transaction, and
    since when: a packer with one such is not one with an unbroken run of them.
    """
    known = Events(cards.times + DELAY_DAYS * DAY_US, cards.keys[:, 1:2])
    queried = Events(rows.times, rows.keys[:, 1:2])
    both = Events(np.concatenate([known.times, queried.times]), np.concatenate([known.keys, queried.keys]))
    never_decays = np.array([np.inf])
    genuine = sums_before(both, known, 1 - cards.truth[:, None], never_decays).sums[:, 0, 0]
    # A run has the key of its terminal and of how many genuine transactions stood before it.
    keys = paired(both.keys, genuine[:, None].astype(np.int64) + 1)
    run = Events(known.times, np.where(ordinary[:, None] > 0, keys[: len(cards)], 0))
    profiles = sums_before(Events(queried.times, keys[len(cards) :]), run, np.ones((len(cards), 1)), never_decays)
    return {"terminal_run": profiles.sums[:, 0, 0], "terminal_run_days": _since(rows.times, profiles.first[:, 0])}


def _marked(keys: Whole, turn: int) -> Whole:
    """Keys of another kind of event of the same entities."""
    return keys if turn == 0 else paired(keys, np.full_like(keys, turn))
