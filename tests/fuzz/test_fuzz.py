"""A small seeded run of `make fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz.run import run


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_messages(seed: int) -> None:
    became = run(300, seed)
    # All ways are tried, or this proves nothing.
    assert {"accepted", "refused", "refused in part", "refused whole"} <= set(became)
