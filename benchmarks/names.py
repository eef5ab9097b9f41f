"""Shipping names: names of the UN number accepted, names of other numbers rejected.

    python -m benchmarks.names [--seed N] [--json]

Own names are those of the list, "A or B" apart, in every way of `name_variants.py`. Others' names are of UN numbers
drawn at random, and of the hardest: the nearest by spelling and by words in common. A name that the list gives to both
is left out; "A or B" counts as both. Some are declared with a slip. The baseline, token_set_ratio of
rapidfuzz, gets the single threshold that is best on the very same pairs. Developed on seeds from 101 on.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz, process

from benchmarks.reporting.output import as_json, print_line
from benchmarks.text.name_variants import KINDS, alternatives, is_chinese
from data.reference.dangerous_goods import by_un_no, entries
from data.reference.shipping_names import agrees

SEED: Final = 1
NEAREST: Final = 4
_SHOWN: Final = 15


class Pair(NamedTuple):
    """A UN number, a name declared for it, how the pair was made, and whether it is right."""

    un_no: str
    declared: str
    kind: str
    own: bool


def names() -> dict[str, list[str]]:
    """The names of the list by UN number, in both languages."""
    found: dict[str, list[str]] = {}
    for entry in entries():
        here = found.setdefault(entry.un_no, [])
        here += (name for name in (entry.name_en, entry.name_zh) if name not in here)
    return found


def own(seed: int, listed: dict[str, list[str]]) -> Iterator[Pair]:
    """Each name in each way of writing it that applies."""
    chance = random.Random(seed)
    for un_no, given in listed.items():
        for name in given:
            for kind, variant in KINDS.items():
                written = variant(name, chance)
                if written is not None:
                    yield Pair(un_no, written, kind, True)
            for part in alternatives(name):
                yield Pair(un_no, part, "one of A or B", True)


def others(seed: int, listed: dict[str, list[str]]) -> Iterator[Pair]:
    """Names of other UN numbers: two at random, and the nearest by spelling and by words, in each language."""
    chance = random.Random(seed + 1)
    for chinese in (False, True):
        by_name = {
            un_no: next(name for name in given if is_chinese(name) == chinese) for un_no, given in listed.items()
        }
        numbers = list(by_name)
        texts = list(by_name.values())
        bags = [frozenset(_pieces(text)) for text in texts]
        holders = defaultdict(list)
        for at, bag in enumerate(bags):
            for piece in bag:
                holders[piece].append(at)
        for at, (un_no, name) in enumerate(by_name.items()):
            picked = {"random": chance.sample(range(len(numbers)), 2)}
            near = process.extract(name, texts, scorer=fuzz.ratio, limit=NEAREST + 6)
            picked["nearest by spelling"] = [place for _, _, place in near]
            shared: dict[int, float] = defaultdict(float)
            for piece in bags[at]:
                for place in holders[piece]:
                    shared[place] += 1 / len(bags[at] | bags[place])
            picked["nearest by words"] = sorted(shared, key=lambda place: (-shared[place], place))[: NEAREST + 6]
            for kind, places in picked.items():
                strangers = [place for place in places if not _same(written(un_no), written(numbers[place]))]
                for place in strangers[:NEAREST]:
                    yield Pair(un_no, texts[place], kind, False)
                    slipped = KINDS["slip of a letter"](texts[place], chance)
                    if slipped and kind != "random" and _letters(slipped) not in written(un_no):
                        yield Pair(un_no, slipped, f"{kind}, with a slip", False)


def written(un_no: str) -> set[str]:
    """The cores of the names of a UN number: capitals, or what stands before the first Chinese comma; and all of it."""
    found = set()
    for entry in by_un_no(un_no):
        for name in (entry.name_en, entry.name_zh):
            found |= {_letters(name), *(_letters(part) for part in re.split(r"或| or ", name))}
    return found


def _same(one: set[str], other: set[str]) -> bool:
    return bool(one & other)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _pieces(text: str) -> list[str]:
    if is_chinese(text):
        return [text[at : at + 2] for at in range(len(text) - 1)]
    return re.findall(r"[a-z]{3,}", text.lower())


def baseline(pairs: list[Pair], listed: dict[str, list[str]]) -> tuple[dict[str, float], dict[str, float], float]:
    """Share accepted of own names and rejected of others' by kind, at the threshold with the best mean of both."""
    scores = [
        max(fuzz.token_set_ratio(pair.declared.lower(), name.lower()) for name in listed[pair.un_no]) for pair in pairs
    ]
    ours = sorted(score for score, pair in zip(scores, pairs, strict=True) if pair.own)
    theirs = sorted(score for score, pair in zip(scores, pairs, strict=True) if not pair.own)

    def balance(threshold: float) -> float:
        accepted = sum(score >= threshold for score in ours) / len(ours)
        return accepted + sum(score < threshold for score in theirs) / len(theirs)

    best = max((float(threshold) for threshold in range(40, 102)), key=balance)
    right = [(score >= best) == pair.own for score, pair in zip(scores, pairs, strict=True)]
    return (*_rates(pairs, right), best)


def _rates(pairs: list[Pair], right: list[bool]) -> tuple[dict[str, float], dict[str, float]]:
    counted: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for pair, is_right in zip(pairs, right, strict=True):
        counted[pair.own, pair.kind].append(is_right)
        counted[pair.own, "all"].append(is_right)
    rates = {key: sum(found) / len(found) for key, found in counted.items()}
    return (
        {kind: rate for (is_own, kind), rate in rates.items() if is_own},
        {kind: rate for (is_own, kind), rate in rates.items() if not is_own},
    )


def measure(seed: int) -> tuple[dict[str, Any], list[Pair]]:
    """All figures, and the pairs with a wrong result."""
    listed = names()
    pairs = list(dict.fromkeys([*own(seed, listed), *others(seed, listed)]))
    agrees("1090", "ACETONE")
    started = time.perf_counter()
    right = [agrees.__wrapped__(pair.un_no, pair.declared) is pair.own for pair in pairs]
    microseconds = (time.perf_counter() - started) / len(pairs) * 1e6
    accepted, rejected = _rates(pairs, right)
    base_accepted, base_rejected, threshold = baseline(pairs, listed)
    figures = {
        "seed": seed, "un_numbers": len(listed), "own": sum(pair.own for pair in pairs),
        "others": sum(not pair.own for pair in pairs), "accepted": accepted, "rejected": rejected,
        "baseline_threshold": threshold, "baseline_accepted": base_accepted, "baseline_rejected": base_rejected,
        "microseconds": microseconds,
    }  # fmt: skip
    return figures, [pair for pair, is_right in zip(pairs, right, strict=True) if not is_right]


def main() -> None:
    parser = argparse.ArgumentParser(description="Own names accepted, other UN numbers' names rejected.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="only the JSON object")
    parser.add_argument("--shown", type=int, default=_SHOWN, help="how many confusions to print of each sort")
    options = parser.parse_args()
    figures, wrong = measure(options.seed)
    print_line(
        options.json,
        f"{figures['un_numbers']:,} UN numbers, {figures['own']:,} own names, {figures['others']:,} others",
    )
    for reported, verb in ((figures["accepted"], "accepted"), (figures["rejected"], "rejected")):
        for kind, rate in sorted(reported.items(), key=lambda item: item[0] != "all"):
            base = figures[f"baseline_{verb}"][kind]
            print_line(options.json, f"{verb} {kind:32} {rate:8.2%}   token_set_ratio {base:8.2%}")
    print_line(options.json, f"token_set_ratio at its best threshold, {figures['baseline_threshold']:.0f}")
    print_line(options.json, f"{figures['microseconds']:.0f} µs per name, nothing cached before")
    for is_own, verb in ((True, "own name rejected"), (False, "other's name accepted")):
        for pair in [pair for pair in wrong if pair.own == is_own][: options.shown]:
            print_line(options.json, f"{verb}: UN {pair.un_no} {pair.declared!r} ({pair.kind})")
    as_json(figures)


if __name__ == "__main__":
    main()
