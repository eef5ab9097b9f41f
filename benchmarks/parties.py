"""Resolution of firms: variants joined, different firms kept apart, re-registered firms found.

    python -m benchmarks.parties [--firms N] [--json]

Firms are made with planted aliases (legal form, script, width, marks, a slip of the pen, the English name, without
the credit code), honest namesakes, a forwarder's shared telephone, and re-registered firms. Figures are of pairs of
mentions, means over five seeds; the threshold was chosen on other seeds, of which the table is printed.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import mean
from typing import Any, Final

from stdnum.cn import uscc

from benchmarks.reporting.output import as_json, print_line
from data.parties.mentions import Mention
from data.parties.resolving import SIMILAR, Entity, resolve
from data.parties.successors import links

SEEDS: Final = (1, 2, 3, 4, 5)
DEVELOPMENT_SEEDS: Final = (101, 102, 103)
THRESHOLDS: Final = (70.0, 76.0, 82.0, 88.0, 94.0, 100.0)
_START: Final = datetime(2025, 1, 1, tzinfo=UTC)
_CITIES: Final = (
    ("大连", "Dalian"),
    ("沈阳", "Shenyang"),
    ("青岛", "Qingdao"),
    ("上海", "Shanghai"),
    ("宁波", "Ningbo"),
)
_FIRST: Final = "华海金鑫瑞恒泰隆盛康润达宏昌永嘉东德信诚"
_TRADES: Final = (
    ("化工", "Chemical"),
    ("贸易", "Trading"),
    ("炭业", "Carbon"),
    ("新能源", "New Energy"),
    ("国际货运", "Logistics"),
)
_TRADITIONAL: Final = str.maketrans("华鑫恒隆盛润达业东国贸连阳岛宁货运", "華鑫恆隆盛潤達業東國貿連陽島寧貨運")


@dataclass(frozen=True)
class Planted:
    """A mention and which firm it truly is; `people` stay the same when a firm comes back under another name."""

    mention: Mention
    firm: int
    people: int


def planted(seed: int, firms: int) -> list[Planted]:
    """The mentions of a port's firms, with the truth."""
    chance = random.Random(seed)
    made: list[Planted] = []
    shared_phone = "0411-8888" + f"{seed:04d}"
    names: list[tuple[str, str]] = []
    for firm in range(firms):
        namesake = names and chance.random() < 0.05
        name = chance.choice(names) if namesake else _name(chance)
        names.append(name)
        made += _mentions(chance, firm, firm, name, shared_phone, _START, 500)
    for people in chance.sample(range(firms), firms // 20):
        made += _reregistered(chance, made, people, len(names))
        names.append(("", ""))
    return made


def _name(chance: random.Random) -> tuple[str, str]:
    from pypinyin import lazy_pinyin

    city, latin = chance.choice(_CITIES)
    brand = "".join(chance.sample(_FIRST, 2))
    trade, english = chance.choice(_TRADES)
    sounds = "".join(lazy_pinyin(brand)).capitalize()
    return f"{city}{brand}{trade}有限公司", f"{latin} {sounds} {english} Co., Ltd."


def _mentions(
    chance: random.Random, firm: int, people: int, name: tuple[str, str], shared: str, start: datetime, days: int
) -> list[Planted]:
    code = _code(chance)
    phone = shared if chance.random() < 0.1 else f"0411-8{chance.randrange(10**7):07d}"
    place = f"大连市中山区{chance.choice('人民港湾解放')}路{chance.randrange(1, 400)}号{chance.randrange(1, 3000)}室"
    packer = f"P{chance.randrange(40)}"
    found = []
    for written in dict.fromkeys([name[0], *(_alias(chance, name) for _ in range(chance.randint(1, 4)))]):
        known = chance.random()
        first = start + timedelta(days=chance.randrange(days // 2))
        mention = Mention(
            code if chance.random() < 0.5 else "", written, place if known < 0.7 else "", phone if known > 0.2 else "",
            ("shipper",), chance.randint(1, 20), first, start + timedelta(days=days), (packer,),
        )  # fmt: skip
        found.append(Planted(mention, firm, people))
    return found


def _reregistered(chance: random.Random, made: Sequence[Planted], people: int, firm: int) -> list[Planted]:
    """The firm closes after the first year; the same people register again with a new name and a new code."""
    old = [one for one in made if one.people == people]
    closed = _START + timedelta(days=300)
    for one in old:
        object.__setattr__(one, "mention", replace(one.mention, last_at=closed))
    kept = next((one.mention for one in old if one.mention.phone), old[0].mention)
    ties = chance.choice([("phone",), ("address",), ("phone", "address"), ("packers",), ("phone", "packers")])
    values: dict[str, Any] = {tie: getattr(kept, tie) for tie in ties}
    fresh = {"phone": f"0411-7{chance.randrange(10**7):07d}", "address": f"大连市西岗区新开路{chance.randrange(999)}号"}
    mention = Mention(
        _code(chance), _name(chance)[0], roles=("shipper",), boxes=chance.randint(1, 9),
        first_at=closed + timedelta(days=chance.randrange(5, 120)), last_at=_START + timedelta(days=500),
    )  # fmt: skip
    return [Planted(replace(mention, **{**fresh, "packers": (f"P{chance.randrange(40)}",), **values}), firm, people)]


def _alias(chance: random.Random, name: tuple[str, str]) -> str:
    chinese, english = name
    plain = chinese.removesuffix("有限公司")
    return chance.choice(
        [
            plain + "有限责任公司",
            plain,
            chinese.translate(_TRADITIONAL),
            f"{plain[:2]}市{plain[2:]}有限公司",
            f"（{plain[:2]}）{plain[2:]} 有限公司",
            english,
            english.upper().replace("CO., LTD.", "COMPANY LIMITED"),
            english.replace(".", "").replace(",", ""),
            _slip(chance, english),
        ]
    )


def _slip(chance: random.Random, text: str) -> str:
    place = chance.randrange(1, len(text) - 12)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _code(chance: random.Random) -> str:
    body = "9121020" + "0" + "".join(chance.choices("0123456789", k=8)) + chance.choice("ABCDEFGH")
    return body + uscc.calc_check_digit(body)


def judged(made: Sequence[Planted], groups: Sequence[Sequence[Mention]]) -> dict[str, float]:
    """Precision and recall of pairs put together, and pairs of different firms of one canonical name among them."""
    group_of = {id(mention): number for number, group in enumerate(groups) for mention in group}
    right = wrong = missed = namesakes = 0
    by_group: dict[int, list[Planted]] = defaultdict(list)
    by_firm: dict[int, list[Planted]] = defaultdict(list)
    for one in made:
        by_group[group_of[id(one.mention)]].append(one)
        by_firm[one.firm].append(one)
    for group in by_group.values():
        for first, second in combinations(group, 2):
            right += first.firm == second.firm
            wrong += first.firm != second.firm
            namesakes += first.firm != second.firm and first.mention.canonical == second.mention.canonical
    for firm in by_firm.values():
        missed += sum(group_of[id(a.mention)] != group_of[id(b.mention)] for a, b in combinations(firm, 2))
    return {
        "precision": right / max(right + wrong, 1),
        "recall": right / max(right + missed, 1),
        "namesakes_merged": namesakes,
    }


def by_exact_name(mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Baseline: the same name in letters and digits alone, width and case folded."""
    from features.history.entities import normalised

    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[normalised(mention.name)].append(mention)
    return list(groups.values())


def by_rapidfuzz(threshold: float) -> Callable[[Sequence[Mention]], list[list[Mention]]]:
    """Baseline: names as written, alike by rapidfuzz's token_sort_ratio."""

    def grouped(mentions: Sequence[Mention]) -> list[list[Mention]]:
        import numpy as np
        from rapidfuzz import fuzz, process
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        names = [mention.name.casefold() for mention in mentions]
        scores = process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=threshold, dtype=np.uint8)
        _, labels = connected_components(csr_array(scores))
        groups: dict[int, list[Mention]] = defaultdict(list)
        for label, mention in zip(labels.tolist(), mentions, strict=True):
            groups[label].append(mention)
        return list(groups.values())

    return grouped


def ours(threshold: float = SIMILAR) -> Callable[[Sequence[Mention]], list[list[Mention]]]:
    """What the product does."""
    return lambda mentions: [list(entity.mentions) for entity in resolve(mentions, similar=threshold).entities]


def evaluated_links(made: Sequence[Planted]) -> dict[str, float]:
    """Precision and recall of links between firms that are the same people."""
    firm_of = {id(one.mention): (one.firm, one.people) for one in made}
    entities = resolve([one.mention for one in made]).entities

    def owner(entity: Entity) -> tuple[int, int]:
        return firm_of[id(entity.mentions[0])]

    found = [(owner(link.earlier), owner(link.later)) for link in links(entities)]
    right = {(a, b) for a, b in found if a[0] != b[0] and a[1] == b[1]}
    pairs = {(a, b) for a, b in found if a[0] != b[0]}
    back = {one.people for one in made if one.firm != one.people}
    return {"precision": len(right) / max(len(pairs), 1), "recall": len({a[1] for a, _ in right}) / max(len(back), 1)}


def means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure; counts are summed."""
    return {
        name: sum(row[name] for row in rows)
        if name == "namesakes_merged"
        else round(mean(row[name] for row in rows), 4)
        for name in rows[0]
    }


def measure(firms: int) -> dict[str, Any]:
    """All figures."""
    development = [planted(seed, firms) for seed in DEVELOPMENT_SEEDS]
    fuzzy = {
        threshold: means([judged(made, by_rapidfuzz(threshold)([one.mention for one in made])) for made in development])
        for threshold in THRESHOLDS
    }
    best = max(fuzzy, key=lambda threshold: _f1(fuzzy[threshold]))
    chosen = {
        str(threshold): means([judged(made, ours(threshold)([one.mention for one in made])) for made in development])
        for threshold in THRESHOLDS
    }
    tests = [planted(seed, firms) for seed in SEEDS]
    ways = {"hazlane": ours(), "exact_name": by_exact_name, "rapidfuzz": by_rapidfuzz(best)}
    figures: dict[str, Any] = {
        name: means([judged(made, way([one.mention for one in made])) for made in tests]) for name, way in ways.items()
    }
    return {
        "firms": firms, "seeds": list(SEEDS), "development_seeds": list(DEVELOPMENT_SEEDS), "merges": figures,
        "links": means([evaluated_links(made) for made in tests]), "threshold": SIMILAR,
        "thresholds_on_development": chosen, "rapidfuzz_threshold": best,
    }  # fmt: skip


def _f1(row: dict[str, float]) -> float:
    return 2 * row["precision"] * row["recall"] / max(row["precision"] + row["recall"], 1e-9)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.firms)
    for name, row in figures["merges"].items():
        print_line(
            arguments.json,
            f"{name:>10}: precision {row['precision']:.1%}, recall {row['recall']:.1%}, "
            f"namesakes merged {row['namesakes_merged']:.0f}",
        )
    print_line(
        arguments.json, f"links: precision {figures['links']['precision']:.1%}, recall {figures['links']['recall']:.1%}"
    )
    for threshold, row in figures["thresholds_on_development"].items():
        print_line(
            arguments.json, f"threshold {threshold}: precision {row['precision']:.2%}, recall {row['recall']:.2%}"
        )
    as_json(figures)


if __name__ == "__main__":
    main()
