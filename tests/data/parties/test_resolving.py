"""Mentions of one firm are merged by evidence; namesakes are not; re-registered firms are linked only."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.parties import measure
from data.parties.mentions import Mention, mentions_of
from data.parties.resolving import Decision, resolve
from data.parties.successors import links
from tests.worlds import world

A, B = "91210200MA0AAAA00X", "91210200MA0BBBB11Y"
HUAXIN = "大连华信化工有限公司"
START = datetime(2025, 1, 1, tzinfo=UTC)


def groups(*mentions: Mention, decisions: tuple[Decision, ...] = ()) -> list[set[int]]:
    """Positions of the mentions by firm."""
    found = resolve(mentions, decisions)
    return sorted((({mentions.index(m) for m in entity.mentions}) for entity in found.entities), key=min)


@pytest.mark.parametrize(
    "spelling",
    [
        "大连华信化工有限责任公司", "大連華信化工有限公司", "大连市华信化工有限公司", "（大连）华信化工有限公司",
        "大连华信化工  有限公司", "大连华信化工",
    ],
)  # fmt: skip
def test_spellings_of_one_firm(spelling: str) -> None:
    assert groups(Mention(A, HUAXIN), Mention("", spelling)) == [{0, 1}]
    [entity] = resolve([Mention(A, HUAXIN), Mention("", spelling)]).entities
    assert (entity.label, [one.kind for one in entity.evidence]) == (A, ["name"])


@pytest.mark.parametrize(
    "other", ["沈阳华信化工有限公司", "大连华信贸易有限公司", "大连华鑫化工有限公司", "大连华信化工集团有限公司"]
)
def test_distinguishing_parts_are_kept(other: str) -> None:
    assert groups(Mention("", HUAXIN), Mention("", other)) == [{0}, {1}]


def test_namesakes_are_not_merged() -> None:
    bare = Mention("", HUAXIN)
    assert groups(Mention(A, HUAXIN), Mention(B, HUAXIN), bare) == [{0}, {1}, {2}]
    known = Mention("", HUAXIN, phone="0411-82345678")
    owner = Mention(B, HUAXIN, phone="+86 411 8234 5678")
    assert groups(Mention(A, HUAXIN), owner, known) == [{0}, {1, 2}]
    assert resolve([Mention(A, HUAXIN), Mention(B, HUAXIN), bare]).proposals


def test_name_with_two_telephones() -> None:
    first, second = Mention("", HUAXIN, phone="0411-82345678"), Mention("", HUAXIN, phone="0411-87654321")
    assert groups(first, second) == [{0}, {1}]


def test_similar_name_needs_second_evidence() -> None:
    english = "Dalian Huaxin Chemical Co., Ltd."
    assert groups(Mention("", HUAXIN), Mention("", english)) == [{0}, {1}]
    assert resolve([Mention("", HUAXIN), Mention("", english)]).proposals
    phone: dict[str, Any] = {"phone": "0411-82345678"}
    assert groups(Mention("", HUAXIN, **phone), Mention("", english, **phone)) == [{0, 1}]
    assert groups(Mention("", english, **phone), Mention("", "Dalian Huaxin Chemcial Co Ltd", **phone)) == [{0, 1}]
    # A telephone that many names share is a forwarder's.
    others = [Mention("", f"大连{name}贸易有限公司", **phone) for name in ("海润", "金恒", "瑞隆")]
    assert groups(Mention("", HUAXIN, **phone), Mention("", english, **phone), *others)[0] == {0}


def test_officer_decisions() -> None:
    pair = (Mention(A, HUAXIN), Mention(B, "大连新华信化工有限公司"))
    assert groups(*pair) == [{0}, {1}]
    assert groups(*pair, decisions=(Decision(A, B, same=True),)) == [{0, 1}]
    spellings = (Mention("", HUAXIN), Mention("", "大連華信化工"))
    assert groups(*spellings, decisions=(Decision(HUAXIN, "大連華信化工", same=False),)) == [{0}, {1}]
    assert groups(*spellings) == [{0, 1}]


def test_the_order_of_mentions_does_not_matter() -> None:
    mentions = [
        Mention(A, HUAXIN, phone="0411-82345678"), Mention("", HUAXIN), Mention("", "大連華信化工"),
        Mention("", "Dalian Huaxin Chemical Co., Ltd.", phone="0411-82345678"), Mention(B, "甲公司"),
        Mention(B, "乙公司"),
    ]  # fmt: skip
    expected = {frozenset(map(str, entity.mentions)) for entity in resolve(mentions).entities}
    chance = random.Random(1)
    for _ in range(10):
        chance.shuffle(mentions)
        assert {frozenset(map(str, entity.mentions)) for entity in resolve(mentions).entities} == expected


def shipper(name: str, first: int, last: int, **more: Any) -> Mention:
    return Mention(
        "", name, roles=("shipper",), first_at=START + timedelta(first), last_at=START + timedelta(last), **more
    )


@pytest.mark.parametrize(
    ("first", "last", "ties", "linked"),
    [
        (120, 300, {"phone": "0411-82345678"}, True),
        (120, 300, {"packers": ("P1",)}, True),
        (120, 300, {}, False),
        (50, 300, {"phone": "0411-82345678"}, False),
        (900, 999, {"phone": "0411-82345678"}, False),
    ],
)
def test_reregistered_firm_is_linked(first: int, last: int, ties: dict[str, Any], linked: bool) -> None:
    old = shipper(HUAXIN, 0, 100, phone="0411-82345678", packers=("P1",))
    new = shipper("大连海润贸易有限公司", first, last, **ties)
    entities = resolve([old, new]).entities
    assert len(entities) == 2
    found = links(entities)
    assert [(one.earlier.label, one.later.label) for one in found] == [("大连 华信化工", "大连 海润贸易")] * linked


def test_shared_contacts_do_not_link() -> None:
    old = [shipper(f"大连{name}贸易有限公司", 0, 100, packers=("P1",)) for name in ("海润", "金恒", "瑞隆", "华信")]
    assert links(resolve([*old, shipper("大连新源贸易有限公司", 120, 300, packers=("P1",))]).entities) == []


def test_mentions_of_a_port() -> None:
    found = mentions_of(world().declarations)
    assert {role for mention in found for role in mention.roles} == {
        "shipper", "consignee", "forwarder", "packer", "declarant", "carrier",
    }  # fmt: skip
    shippers = [mention for mention in found if "shipper" in mention.roles]
    assert all(mention.first_at and mention.last_at and mention.packers for mention in shippers)
    resolved = resolve(found)
    assert len(resolved.entities) <= len(found)
    assert resolved.of(shippers[0].party_id)


def test_the_benchmark_at_a_tiny_size() -> None:
    figures = measure(60)
    assert figures["merges"]["hazlane"]["precision"] > 0.95
    assert figures["merges"]["hazlane"]["recall"] > figures["merges"]["exact_name"]["recall"]
    assert figures["links"]["recall"] > 0
