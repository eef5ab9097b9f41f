"""Slot numbers for int64 keys: a hash table in arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.history.counters import grown, rehash, slot_of, table_for


class Slots:
    """Assigns numbers to keys, from 0 in the order in which they are added. 0 is not a valid key."""

    def __init__(self, keys: NDArray[np.int64] | None = None) -> None:
        self._keys = np.zeros(0, dtype=np.int64) if keys is None else keys
        self._used = len(self._keys)
        self._table = table_for(self._used)
        rehash(self._table, self._keys, self._used)

    def __len__(self) -> int:
        return self._used

    @property
    def keys(self) -> NDArray[np.int64]:
        """The keys, in the order of their numbers."""
        return self._keys[: self._used]

    def find(self, key: int) -> int:
        """The number of a key, -1 if it was never added."""
        return int(self._table[slot_of(self._table, self._keys, key)]) if self._used else -1

    def add(self, key: int) -> int:
        """The number of a key; a new key gets the next number."""
        number = self.find(key)
        if number >= 0:
            return number
        if self._used == len(self._keys):
            self._keys = grown(self._keys, self._used + 1)
            if 2 * len(self._keys) > len(self._table):
                self._table = table_for(len(self._keys))
                rehash(self._table, self._keys, self._used)
        self._keys[self._used] = key
        self._table[slot_of(self._table, self._keys, key)] = self._used
        self._used += 1
        return self._used - 1
