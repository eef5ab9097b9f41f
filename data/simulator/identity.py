"""Fictitious names and numbers in valid form: firms, telephones, boxes, vessels."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import cache
from typing import Final, TypeVar

import numpy as np
from stdnum import imo
from stdnum.cn import uscc

from data.simulator.goods import rows
from data.simulator.oracle_posterior import Ints

T = TypeVar("T")

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# ISO 6346: A is 10, and multiples of eleven are left out.
_BOX_LETTERS: Final = dict(zip(string.ascii_uppercase, (n for n in range(10, 39) if n % 11), strict=True))


@cache
def words(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Words of one kind for names: (key, Chinese, English)."""
    return tuple((row["word"], row["zh"], row["en"]) for row in rows("words") if row["kind"] == kind)


class Registry:
    """Names, ids and telephones for firms; no name and no id is given twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def name(self, trade: str, domestic: bool, region: str = "EUROPE") -> str:
        """A new name: Chinese and English for a Chinese firm, with the legal form of its region for a foreign one."""
        chinese, english = next((zh, en) for word, zh, en in words("trade") if word == trade)
        legal = next(en for word, _, en in words("legal") if word == region)
        while True:
            if domestic:
                (_, seat, city), (_, first, xin), (_, second, rui) = (
                    self._one(words(kind)) for kind in ("city", "syllable", "syllable")
                )
                name = f"{seat}{first}{second}{chinese}有限公司 {city} {xin}{rui.lower()} {english} Co., Ltd."
            else:
                family, epithet = self._one(words("foreign"))[2], self._one(words("epithet"))[2]
                name = f"{family} {epithet} {english} {legal}"
                if name in self._taken:
                    name = f"{self._one(words('foreign'))[2]} & {name}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def number(self, domestic: bool) -> str:
        """A new id: a unified social credit code for a Chinese firm, a nine-digit business number for a foreign one."""
        while True:
            number = self._credit_code() if domestic else f"F{self._rng.integers(10**8, 10**9)}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def phone(self, domestic: bool) -> str:
        """An emergency telephone number."""
        if domestic:
            return f"+86411{self._rng.integers(80000000, 89999999)}"
        return f"+{self._one(('49', '31', '1', '81', '82', '65', '91'))}{self._rng.integers(10**8, 10**9)}"

    def _one(self, choices: Sequence[T]) -> T:
        return choices[int(self._rng.integers(len(choices)))]

    def _credit_code(self) -> str:
        body = "".join(_CREDIT_ALPHABET[i] for i in self._rng.integers(0, 31, 6))
        organisation = "MA" + body
        total = sum(
            w * (int(c) if c.isdigit() else ord(c) - 55)
            for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), organisation, strict=True)
        )
        check = "0X987654321"[total % 11]
        code = f"912102{self._rng.integers(0, 14):02d}{organisation}{check}"
        return code + str(uscc.calc_check_digit(code))


def box_numbers(rng: np.random.Generator, prefixes: list[str], owner: Ints) -> list[str]:
    """Container numbers with ISO 6346 check digits; `owner` (n,) picks one of `prefixes`, owner codes as "HZLU"."""
    serials = rng.integers(100_000, 1_000_000, len(owner))
    digits = serials[:, None] // 10 ** np.arange(5, -1, -1) % 10
    letters = np.array([[_BOX_LETTERS[letter] for letter in prefix] for prefix in prefixes])[owner]
    checks = (np.hstack([letters, digits]) @ 2 ** np.arange(10)) % 11 % 10
    return [f"{prefixes[o]}{s}{c}" for o, s, c in zip(owner, serials, checks, strict=True)]


def vessel_numbers(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different IMO numbers with check digits."""
    bodies = rng.choice(np.arange(910_000, 995_000), count, replace=False)
    return [f"{body}{imo.calc_check_digit(str(body))}" for body in bodies]
