"""Recognition of goods by trade names, and the rate of false suspicion for harmless goods.

    python -m benchmarks.undeclared [--seed N] [--json]

Trade names of the watch list are held out, a fifth at a time, from the table and from the model; those that are also
listed names are not counted. Tariff texts (whole headings) and names of everyday goods are held out with them, so that
no text is judged by a model that saw it. A hit is any of the trade name's UN numbers. "By substance" holds out all
trade names of a UN number together. Thresholds are chosen on other seeds: the lowest with one false alarm in a hundred
texts, as the mean of tariff texts, Chinese and English everyday goods.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import mean
from typing import Any, Final

import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.reference.watchlist import terms
from features.text.goods_names import (
    Name,
    everyday_names,
    harmless_tariff_texts,
    listed_names,
    prepared,
    tariff_texts,
    trade_names,
    words_of,
)
from features.text.likely_goods import SUSPICIOUS, Likely, Recogniser, likely_many, recogniser

DEVELOPMENT_SEEDS: Final = (101, 102)
FOLDS: Final = 5
FALSE_ALARMS_AT_MOST: Final = 0.01
THRESHOLDS: Final = tuple(round(0.02 * step, 2) for step in range(3, 50))
BINS: Final = (0.05, 0.2, 0.4, 0.6, 0.8, 1.0001)
SCORERS: Final = ("ratio", "WRatio")


@dataclass(frozen=True)
class Question:
    """A text and its UN numbers (none for harmless goods); `group` is what is held out together."""

    text: str
    un_nos: frozenset[str]
    kind: str
    group: str


Answer = Sequence[tuple[str, float]]
"""UN numbers with a score, best first."""


@cache
def questions(by_substance: bool = False) -> tuple[Question, ...]:
    """All texts: trade names by language, tariff texts harmless and other, everyday goods by language."""
    listed = {name.text for name in listed_names()}
    queried = [
        Question(term.key.strip("^$"), frozenset(term.un_nos), term.kind, term.un_nos[0] if by_substance else term.key)
        for term in terms()
        if term.kind != "tariff" and term.un_nos and " ".join(words_of(trade_names([term])[0].text)) not in listed
    ]
    harmless = harmless_tariff_texts()
    for code, text in tariff_texts().items():
        queried.append(Question(text, frozenset(), "harmless" if code in harmless else "other", code[:4]))
    queried += [
        Question(text, frozenset(), f"everyday_{language}", text) for text, language in everyday_names().items()
    ]
    return tuple(queried)


def folds(queried: Sequence[Question], seed: int) -> list[int]:
    """The fold of each question; a group stays together."""
    chance = random.Random(seed)
    of_group = {group: chance.randrange(FOLDS) for group in sorted({question.group for question in queried})}
    return [of_group[question.group] for question in queried]


def ours(queried: Sequence[Question], seed: int) -> list[Answer]:
    """What the product answers, each fold by a model that never saw it."""
    answers: list[Answer] = [()] * len(queried)
    of_question = folds(queried, seed)
    for fold in range(FOLDS):
        held_out = [place for place, its in enumerate(of_question) if its == fold]
        texts = {queried[place].text for place in held_out}
        model = Recogniser(
            [term for term in terms() if not term.un_nos or term.key.strip("^$") not in texts],
            listed_names(),
            [text for text in (*harmless_tariff_texts().values(), *everyday_names()) if text not in texts],
        )
        predicted = model.likely_many([queried[place].text for place in held_out], [""] * len(held_out))
        for place, answer in zip(held_out, predicted, strict=True):
            answers[place] = [(one.un_no, one.probability) for one in answer]
    return answers


@cache
def known_names() -> tuple[Name, ...]:
    """What the plain ways compare with: trade names and listed names."""
    return (*(name for name in trade_names(terms()) if name.un_nos), *listed_names())


@cache
def likeness(scorer: str) -> Any:
    """rapidfuzz's score of each question with each known name: shape (questions, names), 0 to 100."""
    from rapidfuzz import fuzz, process

    texts = [" ".join(words_of(prepared(question.text))) for question in questions()]
    names = [name.text for name in known_names()]
    return process.cdist(texts, names, scorer=getattr(fuzz, scorer), dtype=np.uint8)


@cache
def contained() -> Any:
    """The share of each question's text that a known name in it makes up, as `likeness`: longest name first."""
    names = [f" {name.text} " if name.text.isascii() else name.text for name in known_names()]
    found = np.zeros((len(questions()), len(names)), dtype=np.uint8)
    for row, question in enumerate(questions()):
        text = f" {' '.join(words_of(prepared(question.text)))} "
        inside = [column for column, name in enumerate(names) if name in text]
        found[row, inside] = [min(100, 1 + 99 * len(names[column]) // len(text)) for column in inside]
    return found


def plain(scores: Any, queried: Sequence[Question], seed: int) -> list[Answer]:
    """The numbers of the best known names by `scores`, without those held out with the question."""
    of_question = np.array(folds(queried, seed))
    fold_of_text = {prepared(question.text): fold for question, fold in zip(queried, of_question, strict=True)}
    of_name = np.array([fold_of_text.get(name.text, -1) if not name.listed else -1 for name in known_names()])
    answers: list[Answer] = []
    for row, fold in zip(scores, of_question, strict=True):
        usable = np.where(of_name == fold, 0, row)
        best: dict[str, float] = {}
        columns = np.argpartition(usable, -10)[-10:]
        for column in columns[np.argsort(-usable[columns].astype(int), kind="stable")]:
            if usable[column]:
                for un_no in known_names()[column].un_nos:
                    best.setdefault(un_no, float(usable[column]) / 100)
        answers.append(list(best.items())[:5])
    return answers


def judged(queried: Sequence[Question], answers: Sequence[Answer], threshold: float) -> dict[str, float]:
    """Hit rates on trade names and false-alarm rates on harmless texts."""
    figures: dict[str, float] = {}
    for kind in ("zh", "en"):
        own = [(q, a) for q, a in zip(queried, answers, strict=True) if q.kind == kind]
        figures[f"{kind}_top1"] = sum(bool(a) and a[0][0] in q.un_nos for q, a in own) / len(own)
        figures[f"{kind}_top5"] = sum(any(un_no in q.un_nos for un_no, _ in a[:5]) for q, a in own) / len(own)
        found = sum(any(un_no in q.un_nos for un_no, score in a[:5] if score >= threshold) for q, a in own)
        figures[f"{kind}_found_at_threshold"] = found / len(own)
    for name, kinds in (
        ("harmless", ("harmless",)),
        ("all_tariff", ("harmless", "other")),
        ("everyday_zh", ("everyday_zh",)),
        ("everyday_en", ("everyday_en",)),
    ):
        alarms = [bool(a) and a[0][1] >= threshold for q, a in zip(queried, answers, strict=True) if q.kind in kinds]
        figures[f"alarms_{name}"] = sum(alarms) / len(alarms)
    return {name: round(value, 4) for name, value in figures.items()}


def chosen(ways: Sequence[tuple[Sequence[Question], Sequence[Answer]]]) -> float:
    """The lowest threshold with few enough false alarms, as the mean of the kinds of harmless texts."""
    for threshold in THRESHOLDS:
        rates = [judged(queried, answers, threshold) for queried, answers in ways]
        kinds = ("alarms_harmless", "alarms_everyday_zh", "alarms_everyday_en")
        if mean(row[kind] for row in rates for kind in kinds) <= FALSE_ALARMS_AT_MOST:
            return threshold
    return 1.0


def calibration(queried: Sequence[Question], answers: Sequence[Answer]) -> dict[str, Any]:
    """Predicted and true probability of the first answer by bin; in each script harmless texts have half the weight."""
    rows = [(q, a) for q, a in zip(queried, answers, strict=True) if q.kind != "other"]
    counts = Counter((q.text.isascii(), bool(q.un_nos)) for q, _ in rows)
    weight = {script: counts[script, True] / counts[script, False] for script in (True, False)}
    bins = []
    for low, high in pairwise(BINS):
        inside = [(a[0], q) for q, a in rows if a and low <= a[0][1] < high]
        weights = np.array([1.0 if q.un_nos else weight[q.text.isascii()] for _, q in inside])
        if inside:
            predicted = float(np.average([score for (_, score), _ in inside], weights=weights))
            true = float(np.average([un_no in q.un_nos for (un_no, _), q in inside], weights=weights))
            bins.append({"predicted": round(predicted, 3), "true": round(true, 3), "texts": len(inside)})
    reported_in_all = sum(one["texts"] for one in bins)
    error = sum(abs(one["predicted"] - one["true"]) * one["texts"] for one in bins) / max(reported_in_all, 1)
    return {"bins": bins, "mean_error": round(error, 4)}


def speed() -> dict[str, float]:
    """Seconds to learn, and distinct texts a second in one batch: tariff texts, and everyday goods with numbers."""
    recogniser.cache_clear()
    started = time.perf_counter()
    recogniser()
    learned = time.perf_counter() - started
    chance = random.Random(1)
    everyday = [" ".join(chance.sample(list(everyday_names()), 3)) + f" {n} CTNS" for n in range(10_000)]
    figures = {"learning_s": round(learned, 2)}
    for name, texts in (("tariff", list(tariff_texts().values())), ("everyday", everyday)):
        started = time.perf_counter()
        predicted: list[tuple[Likely, ...]] = likely_many(texts)
        figures[f"{name}_texts_per_s"] = round(len(predicted) / (time.perf_counter() - started))
    return figures


def measure(seed: int) -> dict[str, Any]:
    """All figures for `seed`."""
    queried = questions()
    counts: dict[str, int] = {}
    for question in queried:
        counts[question.kind] = counts.get(question.kind, 0) + 1
    predicted = ours(queried, seed)
    figures: dict[str, Any] = {"seed": seed, "development_seeds": list(DEVELOPMENT_SEEDS), "texts": counts}
    development = [(queried, ours(queried, other)) for other in DEVELOPMENT_SEEDS]
    figures["threshold_chosen"], figures["threshold_used"] = chosen(development), SUSPICIOUS
    figures["hazlane"] = judged(queried, predicted, SUSPICIOUS)
    figures["calibration"] = calibration(queried, predicted)
    ways: Mapping[str, Any] = {
        **{f"rapidfuzz_{scorer}": likeness(scorer) for scorer in SCORERS},
        "keywords": contained(),
    }
    for name, scores in ways.items():
        others = [(queried, plain(scores, queried, other)) for other in DEVELOPMENT_SEEDS]
        threshold = THRESHOLDS[0] if name == "keywords" else chosen(others)
        figures[name] = {"threshold": threshold, **judged(queried, plain(scores, queried, seed), threshold)}
    figures["hazlane_by_substance"] = judged(questions(True), ours(questions(True), seed), SUSPICIOUS)
    best = max(SCORERS, key=lambda scorer: figures[f"rapidfuzz_{scorer}"]["zh_found_at_threshold"])
    scores = plain(likeness(best), questions(True), seed)
    figures["rapidfuzz_by_substance"] = judged(questions(True), scores, figures[f"rapidfuzz_{best}"]["threshold"])
    figures["speed"] = speed()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.seed)
    for name in ("texts", "threshold_chosen", "threshold_used", "speed"):
        print_line(arguments.json, f"{name}: {figures[name]}")
    for name, row in figures.items():
        if isinstance(row, dict) and "zh_top1" in row:
            shown = ", ".join(f"{key} {value:.1%}" for key, value in row.items() if key != "threshold")
            print_line(arguments.json, f"{name:>24}: {shown}")
    for one in figures["calibration"]["bins"]:
        print_line(arguments.json, f"predicted {one['predicted']:.2f}, true {one['true']:.2f} of {one['texts']} texts")
    as_json(figures)


if __name__ == "__main__":
    main()
