"""Repair of scanning errors in the English names of the master list, each by evidence.

The scan broke words ("SUBST ANCE"), ran words together ("HYDRATEDMIXTURE"), kept line-end hyphens
("DICHLORODIFLUORO-METHANE") and misread letters ("AZE0TROPIC"). Evidence is the US table: first its names of the
same UN number, then all its words. Other corrections are in corrections.csv, each line with its evidence. A name
without evidence is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

TYPOGRAPHY: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("。", ". "),
        (r"\bN\. ?O\. ?S\b\.?", "N.O.S."),
        ("Ⅰ", "I"),
        ("Ⅱ", "II"),
        ("Ⅲ", "III"),
        (r"\bLC(?:50|so|s0|30|5\.|s\.)(?=\W|lower|$)", "LC50"),
        (r"\bLC50(?=lower)", "LC50 "),
        (r" ?℃", " °C"),
        ("~", "-"),
        (r"(?<=[A-Za-z]{3})(?=\((?!I+\)|IV\)|VI?\)|s\)))", " "),
        (r"(?<=[A-Za-z.)]),(?=[A-Z]{3}|[a-z]{2}|[('])", ", "),
        (r";(?=\S)", "; "),
        (r"\b(than|or|with|and)(?=\d)", r"\1 "),
        (r"(?<=\d), (?=\d-)", ","),
        (r"(?<=\w)- (?=[A-Za-z]{2})", "-"),
        (r"\( +", "("),
        (r" +([),;])", r"\1"),
        (r"(?<=\d) %", "%"),
        (r" {2,}", " "),
    )
)

# American spellings of the US table, and British ones of the master list.
BRITISH: Final = (
    ("sulf", "sulph"),
    ("aluminum", "aluminium"),
    ("cesium", "caesium"),
    ("fueled", "fuelled"),
    ("fiber", "fibre"),
)

# Words that the US table groups in another way than the UN list; these are no scanning errors.
UN_STYLE: Final = (
    "alkylsulphonic",
    "arylsulphonic",
    "benzenesulphonyl",
    "butylbenzenes",
    "butylcyclohexylchloroformate",
    "butylimidazole",
    "diallylether",
    "methylacetylene",
    "methylallyl",
    "phenylphosphorus",
    "propylbenzene",
    "tetrapropylorthotitanate",
)

_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_GLUE: Final = re.compile(r"[ \-]*")
_LONGEST_RUN: Final = 5


class Run(NamedTuple):
    """Neighbouring tokens of a name, separated by spaces and hyphens only."""

    start: int
    end: int
    tokens: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The letters of the run in lower case, without spaces and hyphens."""
        return "".join(self.tokens).lower()


def british(text: str) -> str:
    """`text` in lower case, in the spelling of the UN list."""
    text = text.lower()
    for american, here in BRITISH:
        text = text.replace(american, here)
    return text


def words(names: Iterable[str]) -> frozenset[str]:
    """All words of `names`, lower case, in American and in British spelling."""
    found = {token.lower() for name in names for token in _TOKEN.findall(name)}
    return frozenset(found | {british(token) for token in found})


def typography(name: str) -> str:
    """`name` with spacing and full-width signs of the scan normalised."""
    name = name.translate(SUBSCRIPTS)
    for pattern, replacement in TYPOGRAPHY:
        name = pattern.sub(replacement, name)
    return name.strip()


def repair(name: str, other_names: Sequence[str], known: frozenset[str]) -> str:
    """`name` repaired by `other_names` (US names of the same UN number) and then by all `known` words."""
    name = _zeros(typography(name), known)
    name = _regroup(name, _forms(other_names), known)
    return _regroup(name, {word: word for word in known if len(word) > 3}, known)


def _runs(name: str) -> Iterator[Run]:
    tokens = list(_TOKEN.finditer(name))
    for first in range(len(tokens)):
        for last in range(first, min(first + _LONGEST_RUN, len(tokens))):
            if last > first and not _GLUE.fullmatch(name, tokens[last - 1].end(), tokens[last].start()):
                break
            run = tokens[first : last + 1]
            yield Run(run[0].start(), run[-1].end(), tuple(token.group() for token in run))


def _forms(other_names: Sequence[str]) -> dict[str, str]:
    """Letters to the text as the US table groups it: {"hydratedmixture": "hydrated mixture"}."""
    forms: dict[str, str] = {}
    for other_name in other_names:
        for spelled in (other_name.lower(), british(other_name)):
            for run in _runs(spelled):
                forms.setdefault(run.letters, spelled[run.start : run.end])
    return forms


def _regroup(name: str, forms: Mapping[str, str], known: frozenset[str]) -> str:
    """Group the letters of `name` as in `forms`, in the shortest runs with a token that is not a word."""
    for run in sorted(_runs(name), key=lambda run: (len(run.tokens), run.start)):
        if all(token.lower() in known for token in run.tokens) or any(map(str.isdigit, run.letters)):
            continue
        form = forms.get(run.letters)
        if form is None or any(word in run.letters for word in UN_STYLE):
            continue
        text = name[run.start : run.end]
        regrouped = _grouped_as(form, text)
        if regrouped != text:
            return _regroup(name[: run.start] + regrouped + name[run.end :], forms, known)
    return name


def _grouped_as(form: str, text: str) -> str:
    """The letters of `text`, split where `form` is split; where both are split, with the separator of `text`."""
    own = _cuts(text)
    letters = "".join(_TOKEN.findall(text))
    cuts = _cuts(form)
    return "".join(own.get(at, cuts[at]) + letter if at in cuts else letter for at, letter in enumerate(letters))


def _cuts(text: str) -> dict[int, str]:
    cuts, at = {}, 0
    tokens = list(_TOKEN.finditer(text))
    for token, following in pairwise(tokens):
        at += len(token.group())
        cuts[at] = text[token.end() : following.start()]
    return cuts


def _zeros(name: str, known: frozenset[str]) -> str:
    """Replace a zero among letters by the letter O where that gives a known word."""

    def letters(match: re.Match[str]) -> str:
        fixed = match.group().replace("0", "O")
        return fixed if fixed.lower() in known else match.group()

    return re.sub(r"\b[A-Z]+0[A-Z]+\b", letters, name)
