"""Likely UN numbers of a description, with probabilities.

First, trade names of the watch list are found: the longest term is used, and harmless phrases that sound dangerous are
removed from the text. The remaining text is compared with all known names by character n-grams. Two small logistic
regressions turn the evidence into a probability: whether the text names dangerous goods, and which number it is. They
are fitted at first use, from the reference lists only.

The probability is that the goods fall under the number, if half of all texts name dangerous goods. The numbers of a
trade name with several numbers (six for bleaching powder) have equal probabilities, since the name does not distinguish
them. If another share s of the texts names dangerous goods, multiply the odds by s / (1 - s).
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

from data.reference.watchlist import Term, Terms, concern_un_nos, terms
from features.text.goods_names import (
    Name,
    bag,
    everyday_names,
    harmless_tariff_texts,
    listed_names,
    pieces_of,
    prepared,
    substance_of,
    trade_names,
    words_of,
)

SUSPICIOUS: Final = 0.66
"""Probability from which a discrepancy is reported; selected by `python -m benchmarks.undeclared`."""
MAX_SUGGESTIONS: Final = 5
"""Largest number of UN numbers in an answer."""
PLAUSIBLE: Final = 0.05
"""If no UN number has at least this probability, none is reported."""
BESIDE: Final = 0.01
"""Probability from which further numbers are reported beside a plausible one."""
BY_TARIFF_ALONE: Final = 0.25
"""Probability if only a tariff code of the watch list matches; set by hand below SUSPICIOUS, since codes also cover
harmless goods."""
TARIFF_AGREES: Final = 1.0
"""Log-odds added if the tariff code points to the same number as the words; set by hand."""
RECOGNISED: Final = 0.97
"""Probability if the text is exactly a known name; set by hand, and the largest probability that is reported."""
CANDIDATE_FROM: Final = -3.0
"""Log-odds of dangerous goods below which known names are not compared, to save time on harmless goods."""
_BATCH: Final = 2048
_NEAREST: Final = 16
_WHOLE: Final = 0.98
_CANDIDATES: Final = 16
_REMEMBERED_MOST: Final = 200_000


class Likely(NamedTuple):
    """A likely UN number, and its source `why`: alias (a trade name), name (a listed name) or model."""

    un_no: str
    probability: float
    why: str


class _Read(NamedTuple):
    """A text after the watch list was applied: remaining text, UN numbers of its terms, and their share of the text."""

    text: str
    un_nos: tuple[str, ...]
    share: float


class _Evidence(NamedTuple):
    """Evidence for dangerous goods in a text: inputs of the first regression, whether it is a known name, candidates.

    A candidate is a UN number, its source, whether the text is a known name of it, and inputs of the second regression.
    """

    danger: tuple[float, ...]
    known: bool
    candidates: list[tuple[str, str, bool, tuple[float, ...]]]


def likely(text: str, hs_code: str = "") -> tuple[Likely, ...]:
    """At most five UN numbers for the goods in `text`, best first; empty when nothing is plausible.

    `text` is a description or trade name, Chinese or English; `hs_code` a tariff code of 4 to 10 digits.
    """
    return likely_many([text], [hs_code])[0]


def likely_many(texts: Sequence[str], hs_codes: Sequence[str] | None = None) -> list[tuple[Likely, ...]]:
    """`likely` for several texts with their tariff codes, in one batch; the results are the same."""
    return recogniser().likely_many(texts, hs_codes or [""] * len(texts))


@cache
def recogniser() -> Recogniser:
    """The recogniser for all reference lists, fitted at first use."""
    return Recogniser(terms(), listed_names(), [*harmless_tariff_texts().values(), *everyday_names()])


class Recogniser:
    """Fitted to watch list `terms`, listed `names` and `harmless` texts; fitting is deterministic.

    Results are cached, since the same descriptions occur often.
    """

    def __init__(self, terms: Iterable[Term], names: Sequence[Name], harmless: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

        terms = [term for term in terms if term.kind != "tariff"]
        known = [*trade_names(terms), *names, *(Name(prepared(text), ()) for text in harmless)]
        texts = [name.text for name in known]
        counts, words = bag(texts)
        self._pieces = CountVectorizer(analyzer=pieces_of).fit(words)
        self._rarity = TfidfTransformer(sublinear_tf=True).fit(counts @ self._pieces.transform(words))
        matrix = self._matrix(texts)

        # The regressions are fitted on held-out trade names and harmless texts. The split is by the first characters,
        # so that similar tariff texts of one heading are on the same side.
        stays = np.array([zlib.crc32(text[:12].encode(errors="replace")) % 5 > 0 for text in texts])
        left_out = {name for name, stay in zip(known, stays, strict=True) if not stay and not name.listed}
        self._learn(matrix[stays], [name for name, stay in zip(known, stays, strict=True) if stay])
        self._terms = Terms(term for term, name in zip(terms, known, strict=False) if name not in left_out)
        queries = [
            name for place, name in enumerate(known) if name in left_out and (name.un_nos or place >= len(terms))
        ]
        self._odds = _Odds(queries, self._evidence([_read(name.text, self._terms) for name in queries]))

        self._learn(matrix, known)
        self._terms = Terms(terms)
        self._answered: dict[tuple[str, str], tuple[Likely, ...]] = {}

    def _learn(self, matrix: Any, known: Sequence[Name]) -> None:
        """Fit the model of dangerous goods to `matrix` (names, n-grams) of the `known` names."""
        from sklearn.linear_model import LogisticRegression

        dangerous = np.array([bool(name.un_nos) for name in known])
        model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000, tol=1e-3).fit(matrix, dangerous)
        self._danger, self._base = model.coef_[0], float(model.intercept_[0])
        self._known, self._names = known, matrix.T.tocsr()

    def likely_many(self, texts: Sequence[str], hs_codes: Sequence[str]) -> list[tuple[Likely, ...]]:
        """For each text, with its tariff code (may be empty): at most five UN numbers, best first."""
        queries = list(zip(texts, hs_codes, strict=True))
        if len(self._answered) + len(queries) > _REMEMBERED_MOST:
            self._answered.clear()
        new = list(dict.fromkeys(one for one in queries if one not in self._answered))
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            evidence = self._evidence([_read(prepared(text), self._terms) for text, _ in some])
            self._answered.update(zip(some, map(self._suggestions, evidence, [code for _, code in some]), strict=True))
        return [self._answered[one] for one in queries]

    def _suggestions(self, evidence: _Evidence | None, hs_code: str) -> tuple[Likely, ...]:
        by_tariff = concern_un_nos(hs_code.replace(".", ""), "") if hs_code else ()
        suggestions = {un_no: Likely(un_no, BY_TARIFF_ALONE, "alias") for un_no in by_tariff}
        for un_no, why, probability in self._odds.probabilities(evidence) if evidence else ():
            if un_no in by_tariff:
                probability = max(_probability((1.0, TARIFF_AGREES), (_odds(probability),)), BY_TARIFF_ALONE)
            suggestions[un_no] = Likely(un_no, round(probability, 4), why)
        best = sorted(suggestions.values(), key=lambda one: -one.probability)[:MAX_SUGGESTIONS]
        least = BESIDE if best and best[0].probability >= PLAUSIBLE else 1.0
        return tuple(one for one in best if one.probability >= least)

    def _matrix(self, texts: Sequence[str]) -> Any:
        """TF-IDF weights of character n-grams: sparse, shape (texts, n-grams), rows of unit length."""
        counts, words = bag(texts)
        return self._rarity.transform(counts @ self._pieces.transform(words))

    def _evidence(self, read: Sequence[_Read]) -> list[_Evidence | None]:
        """Evidence of each text; None if it is too weak to compare names."""
        found: list[_Evidence | None] = [None] * len(read)
        matrix = self._matrix([one.text for one in read])
        danger = matrix @ self._danger + self._base
        queries = [place for place, one in enumerate(read) if one.un_nos or danger[place] > CANDIDATE_FROM]
        nearness = matrix[queries] @ self._names
        for row, place in enumerate(queries):
            inside = slice(nearness.indptr[row], nearness.indptr[row + 1])
            near, columns = nearness.data[inside], nearness.indices[inside]
            if len(near) > _NEAREST:
                top = np.argpartition(near, -_NEAREST)[-_NEAREST:]
                near, columns = near[top], columns[top]
            best = np.lexsort((columns, -near))
            names = [(self._known[columns[one]], float(near[one])) for one in best]
            if read[place].un_nos or not names or names[0][0].un_nos or names[0][1] < _WHOLE:
                found[place] = _weighed(read[place], float(danger[place]), names)
        return found


class _Odds:
    """Converts evidence to probabilities; fitted to names and their evidence."""

    def __init__(self, names: Sequence[Name], evidence: Sequence[_Evidence | None]) -> None:
        """Fit the regressions; in each script, harmless and dangerous names have the same total weight."""
        queries = [(name, one) for name, one in zip(names, evidence, strict=True) if not one or not one.known]
        counts = Counter((name.text.isascii(), bool(name.un_nos)) for name, _ in queries)
        share = {script: counts[script, True] / max(counts[script, False], 1) for script in (True, False)}
        evaluated = [(name, one, 1.0 if name.un_nos else share[name.text.isascii()]) for name, one in queries if one]
        dangerous = [bool(name.un_nos) for name, *_ in evaluated]
        self._danger = _fitted([one.danger for _, one, _ in evaluated], dangerous, [weight for *_, weight in evaluated])
        signs = [(name, un_no, row) for name, one, _ in evaluated if name.un_nos for un_no, _, _, row in one.candidates]
        self._number = _fitted([row for *_, row in signs], [un_no in name.un_nos for name, un_no, _ in signs], None)
        # The product of both probabilities is calibrated on the best candidate of each text.
        self._both = [1.0, 0.0]
        first = [
            max(self.probabilities(one), key=lambda candidate: candidate[2], default=("", "", 0.0))
            for _, one, _ in evaluated
        ]
        right = [un_no in name.un_nos for (un_no, *_), (name, *_) in zip(first, evaluated, strict=True)]
        self._both = _fitted(
            [[_odds(probability)] for *_, probability in first], right, [weight for *_, weight in evaluated]
        )

    def probabilities(self, evidence: _Evidence) -> list[tuple[str, str, float]]:
        """UN number, why and probability of each candidate."""
        danger = _probability(self._danger, evidence.danger)
        probabilities = []
        for un_no, why, known, row in evidence.candidates:
            both = _odds(danger * _probability(self._number, row))
            probabilities.append(
                (un_no, why, RECOGNISED if known else min(RECOGNISED, _probability(self._both, [both])))
            )
        return probabilities


def _odds(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _fitted(rows: Sequence[Sequence[float]], right: Sequence[bool], weights: Sequence[float] | None) -> list[float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=1000).fit(np.array(rows), np.array(right), weights)
    return [*model.coef_[0].tolist(), float(model.intercept_[0])]


def _probability(slopes: Sequence[float], row: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-sum(map(float.__mul__, slopes, (*row, 1.0)))))


def _read(text: str, terms: Terms) -> _Read:
    """Apply the watch list to a prepared text."""
    un_nos: dict[str, None] = {}
    matched = 0
    removed = []
    for start, end, numbers in terms.found(text):
        if numbers:
            un_nos.update(dict.fromkeys(numbers))
            matched += end - start
        else:
            removed.append((start, end))
    for start, end in sorted(removed, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    if removed and len(substance_of(text)) < 2:
        text = ""
    if not un_nos:
        return _Read(text, (), 0.0)
    return _Read(text, tuple(un_nos), min(matched / max(len(substance_of(text)), 1), 1.0))


def _weighed(read: _Read, danger: float, names: Sequence[tuple[Name, float]]) -> _Evidence:
    """Evidence of a text with log-odds of `danger` and the nearest known `names`, nearest first."""
    from rapidfuzz.fuzz import ratio

    plain = " ".join(words_of(read.text))
    words = f" {plain} "
    nearest: dict[str, float] = {}
    alike: dict[str, float] = {}
    held: dict[str, float] = {}
    votes: dict[str, float] = {}
    harmless = max((nearness for name, nearness in names if not name.un_nos), default=0.0)
    for name, nearness in names:
        likeness = ratio(plain, name.text) / 100 if name.un_nos else 0.0
        inside = name.listed and (f" {name.text} " if name.text.isascii() else name.text) in words
        for un_no in name.un_nos:
            nearest.setdefault(un_no, nearness)
            alike[un_no] = max(alike.get(un_no, 0.0), likeness)
            votes[un_no] = votes.get(un_no, 0.0) + nearness**2
            if inside:
                held[un_no] = max(held.get(un_no, 0.0), len(name.text) / len(words))
    most, most_alike = max(nearest.values(), default=0.0), max(alike.values(), default=0.0)
    cast = sum(nearness**2 for _, nearness in names) or 1.0
    candidates = []
    for un_no in dict.fromkeys(
        (*read.un_nos, *sorted(votes, key=lambda one: -alike[one] - nearest[one])[:_CANDIDATES])
    ):
        matched, near, share = un_no in read.un_nos, nearest.get(un_no, 0.0), held.get(un_no)
        why = "alias" if matched else "model" if share is None else "name"
        signs = (
            matched, matched * read.share, share is not None, share or 0.0, near, near == most, alike.get(un_no, 0.0),
            alike.get(un_no, 0.0) == most_alike, votes.get(un_no, 0.0) / cast, un_no not in votes,
        )  # fmt: skip
        known = (matched and read.share > _WHOLE) or near > _WHOLE
        candidates.append((un_no, why, known, tuple(map(float, signs))))
    chinese = not words.isascii()
    whole = (
        danger, bool(read.un_nos), read.share, bool(held), max(held.values(), default=0.0), most, harmless, chinese,
        most_alike, sum(votes.values()) / cast,
    )  # fmt: skip
    return _Evidence(tuple(map(float, whole)), any(known for _, _, known, _ in candidates), candidates)
