"""Group mentions into firms, with the evidence for each merge. Declarations are not changed; merges are reversible.

| evidence | merges two mentions |
|---|---|
| the same identifier | always |
| the same canonical name, and the same telephone or address | unless identifiers differ |
| the same canonical name, nothing else | while all mentions with it agree in identifier, telephone and address |
| nearly the same name, or its translation, and the same telephone or address | unless identifiers differ |
| an officer's decision | always, before the other rules |

A telephone or address of many names is no evidence. Mentions with different identifiers are merged by an officer's
decision only. Where a name belongs to several firms, merges are proposed to an officer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from data.parties.mentions import Mention
from data.parties.names import romanised

# Similarity of canonical names (0 to 100, rapidfuzz ratio) from which two are nearly the same: below it, precision on
# the development seeds of benchmarks.parties falls; above it, spellings with a typing error are missed.
SIMILAR: Final = 88.0
_CONTACTS: Final[dict[str, Callable[[Mention], str]]] = {
    "telephone": lambda mention: mention.telephone,
    "address": lambda mention: mention.place,
}
# A telephone or address with more names than this belongs to a forwarder or a business park and is no evidence.
MOST_NAMES: Final = 3


@dataclass(frozen=True)
class Decision:
    """An officer's decision on two firms, each named by an identifier or a name as written."""

    first: str
    second: str
    same: bool


@dataclass(frozen=True)
class Evidence:
    """Why two mentions are one firm: `kind` is `identifier`, `name`, `name and telephone`, …, `officer`."""

    kind: str
    value: str
    first: Mention
    second: Mention


@dataclass(frozen=True)
class Entity:
    """One firm: its mentions, the most frequent first, and the evidence for their merge."""

    mentions: tuple[Mention, ...]
    evidence: tuple[Evidence, ...]

    @property
    def label(self) -> str:
        """The identifier, else the canonical name."""
        return next((m.identifier for m in self.mentions if m.identifier), self.mentions[0].canonical)

    @property
    def boxes(self) -> int:
        """Number of boxes that mention the firm, in any role."""
        return sum(mention.boxes for mention in self.mentions)


@dataclass(frozen=True)
class Resolved:
    """All firms, and pairs of mentions that may be one firm, for an officer to decide."""

    entities: tuple[Entity, ...]
    proposals: tuple[Evidence, ...]

    def of(self, written: str) -> list[Entity]:
        """The firms with this identifier, name or canonical name."""
        wanted = Mention(written, written)
        return [
            entity
            for entity in self.entities
            if any(
                written in (m.party_id, m.name) or wanted.identifier == m.identifier != "" or
                wanted.canonical == m.canonical != ""
                for m in entity.mentions
            )
        ]  # fmt: skip


def resolve(mentions: Sequence[Mention], decisions: Iterable[Decision] = (), similar: float = SIMILAR) -> Resolved:
    """Group mentions into firms. The order of the mentions affects the order of the result only."""
    groups = _Groups(mentions)
    for decision in decisions:
        _decide(groups, mentions, decision)
    _by(groups, mentions, lambda m: m.identifier, "identifier")
    proposals = _by_name(groups, mentions)
    proposals += _by_likeness(groups, mentions, similar)
    return Resolved(groups.entities(), tuple(proposals))


class _Groups:
    """Groups of mentions (union-find); a merge checks first whether the two groups must be kept apart."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._mentions = mentions
        self._root = list(range(len(mentions)))
        self._members = {place: [place] for place in range(len(mentions))}
        self._apart: set[tuple[int, int]] = set()
        self._evidence: dict[int, list[Evidence]] = defaultdict(list)

    def root(self, place: int) -> int:
        """The representative of the group of a mention."""
        while self._root[place] != place:
            self._root[place] = self._root[self._root[place]]
            place = self._root[place]
        return place

    def identifiers(self, place: int) -> set[str]:
        """The identifiers in the group of a mention."""
        return {self._mentions[member].identifier for member in self._members[self.root(place)]} - {""}

    def keep_apart(self, first: int, second: int) -> None:
        """Record an officer's decision that two mentions are different firms."""
        self._apart |= {(first, second), (second, first)}

    def contradict(self, first: int, second: int) -> bool:
        """Whether the groups of two mentions are kept apart, by an officer's decision or by different identifiers."""
        a, b = self._members[self.root(first)], self._members[self.root(second)]
        if self._apart and any((x, y) in self._apart for x in a for y in b):
            return True
        return len(self.identifiers(first) | self.identifiers(second)) > 1

    def join(self, first: int, second: int, kind: str, value: str, always: bool = False) -> bool:
        """Merge two groups unless they must be kept apart; returns whether they are one group now."""
        a, b = self.root(first), self.root(second)
        if a == b:
            return True
        if not always and self.contradict(first, second):
            return False
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._root[b] = a
        self._members[a] += self._members.pop(b)
        self._evidence[a] += [
            *self._evidence.pop(b, []), Evidence(kind, value, self._mentions[first], self._mentions[second]),
        ]  # fmt: skip
        return True

    def entities(self) -> tuple[Entity, ...]:
        """The firms, the one with the most boxes first."""
        found = [
            Entity(
                tuple(sorted((self._mentions[m] for m in members), key=lambda m: (-m.boxes, str(m)))),
                tuple(self._evidence.get(root, ())),
            )
            for root, members in self._members.items()
        ]
        return tuple(sorted(found, key=lambda entity: (-entity.boxes, entity.label)))


def _decide(groups: _Groups, mentions: Sequence[Mention], decision: Decision) -> None:
    sides = [
        [place for place, m in enumerate(mentions) if written in (m.party_id, m.name)]
        for written in (decision.first, decision.second)
    ]
    for first in sides[0]:
        for second in sides[1]:
            if decision.same:
                groups.join(first, second, "officer", "", always=True)
            else:
                groups.keep_apart(first, second)


def _by(groups: _Groups, mentions: Sequence[Mention], key_of: Callable[[Mention], str], kind: str) -> None:
    for value, places in _grouped(mentions, key_of).items():
        for place in places[1:]:
            groups.join(places[0], place, kind, value)


def _by_name(groups: _Groups, mentions: Sequence[Mention]) -> list[Evidence]:
    """Merge mentions with the same canonical name; return proposals where the name may belong to several firms."""
    wide = _wide(mentions)
    proposals = []
    for name, places in _grouped(mentions, lambda m: m.canonical).items():
        for kind, value_of in _CONTACTS.items():
            for value, near in _grouped([mentions[place] for place in places], value_of).items():
                if value not in wide:
                    for place in near[1:]:
                        groups.join(places[near[0]], places[place], f"name and {kind}", name)
        apart = {groups.root(place): place for place in places}
        if _one(groups, mentions, places):
            for first, second in pairwise(apart.values()):
                groups.join(first, second, "name", name)
        else:
            pairs = [Evidence("name", name, mentions[a], mentions[b]) for a, b in pairwise(apart.values())]
            proposals += [one for one in pairs if one.first.identifier == "" or one.second.identifier == ""]
    return proposals


def _one(groups: _Groups, mentions: Sequence[Mention], places: Sequence[int]) -> bool:
    """Whether all mentions of a name agree in identifier, telephone and address, so that they are one firm."""
    if len({one for place in places for one in groups.identifiers(place)}) > 1:
        return False
    for value_of in _CONTACTS.values():
        by_root: dict[int, set[str]] = defaultdict(set)
        for place in places:
            by_root[groups.root(place)] |= {value_of(mentions[place])} - {""}
        stated = [values for values in by_root.values() if values]
        if any(first.isdisjoint(second) for first, second in combinations(stated, 2)):
            return False
    return True


def _wide(mentions: Sequence[Mention]) -> set[str]:
    """Telephones and addresses of more than MOST_NAMES names, which are no evidence."""
    names: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        for value in filter(None, (mention.telephone, mention.place)):
            names[value].add(mention.canonical)
    return {value for value, borne in names.items() if len(borne) > MOST_NAMES}


def _by_likeness(groups: _Groups, mentions: Sequence[Mention], similar: float) -> list[Evidence]:
    """Merge mentions with similar names and the same telephone or address; return proposals for other similar ones."""
    proposals: dict[tuple[int, int], Evidence] = {}
    wide = _wide(mentions)
    for kind, value_of in _CONTACTS.items():
        for value, places in _grouped(mentions, value_of).items():
            if value in wide:
                continue
            for first, second in combinations(places, 2):
                if groups.root(first) != groups.root(second) and alike(mentions[first], mentions[second], similar):
                    groups.join(first, second, f"similar name and {kind}", value)
    for sound, places in _grouped(mentions, lambda m: romanised(m.name) if m.name else "").items():
        for first, second in pairwise(places):
            if groups.root(first) != groups.root(second) and not groups.contradict(first, second):
                pair = Evidence("similar name", sound, mentions[first], mentions[second])
                proposals.setdefault((groups.root(first), groups.root(second)), pair)
    return list(proposals.values())


def alike(first: Mention, second: Mention, similar: float = SIMILAR) -> bool:
    """Whether two names are nearly equal, or one is a translation of the other."""
    from rapidfuzz import fuzz

    if not first.canonical or not second.canonical:
        return False
    if fuzz.ratio(first.canonical, second.canonical) >= similar:
        return True
    sounds = romanised(first.name), romanised(second.name)
    return bool(sounds[0]) and fuzz.ratio(*sounds) >= similar


def _grouped(mentions: Sequence[Mention], key_of: Callable[[Mention], str]) -> dict[str, list[int]]:
    """Positions of mentions by key, for keys of at least two mentions."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, mention in enumerate(mentions):
        if key := key_of(mention):
            found[key].append(place)
    return {key: places for key, places in found.items() if len(places) > 1}
