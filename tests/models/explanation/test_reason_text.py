"""Protects the text of a reason: evidence beside the port norm, and lack of evidence never written as a finding."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.texts import LANGUAGES
from data.vocabulary import ReasonKind
from features.definitions.catalogue import CATALOGUE
from features.definitions.feature import Feature
from models.explanation.reason_text import ReasonFacts, as_ratio

BY_NAME = {feature.name: feature for feature in CATALOGUE}
PACKER, BEHAVIOUR = BY_NAME["packer_packing_rate"], BY_NAME["shipper_filed_late_share"]
NO_ACCUSATION = {"en": "lack of evidence, not a finding", "zh": "证据不足，并非查获"}
amounts = st.one_of(st.none(), st.floats(-1e5, 1e5), st.floats(0, 1))
decayed = st.one_of(st.none(), st.floats(0, 1e6))


def test_findings_are_counted_beside_the_ports_norm() -> None:
    reported = ReasonFacts(PACKER, 0.14, 1 / 9, inspections=41.2, found=6.01)
    assert reported.words() == {
        "en": "Packer: 6 packing findings in 41 openings in about a year; port norm 1 in 9",
        "zh": "装箱单位：约一年内相关箱被开箱查验 41 次，查出装箱问题 6 次；全港平均每 9 箱 1 箱",
    }
    assert reported.kind is ReasonKind.RISK


@pytest.mark.parametrize(
    ("feature", "tried", "found", "words"),
    [
        (PACKER, 8.4, 6.2, "Packer: about 6.2 packing findings in 8.4 openings in about a year; port norm 1 in 9"),
        (PACKER, 1.0, 1.0, "Packer: 1 packing finding in 1 opening in about a year; port norm 1 in 9"),
        (PACKER, 12.0, 0.0, "Packer: no packing finding in 12 openings in about a year; port norm 1 in 9"),
        (BEHAVIOUR, 31.0, 2.6, "Shipper: about 2.6 of 31 boxes in about a year filed less than 24 hours before loading; "  # noqa: E501
                           "port norm 1 in 9"),
        (BEHAVIOUR, 31.0, 0.0, "Shipper: 0 of 31 boxes in about a year filed less than 24 hours before loading; "
                           "port norm 1 in 9"),
        (PACKER, 1.0, 2.0, "Packer: 2 packing findings beside 1 opening in about a year, some of them without an "
                           "opening; port norm 1 in 9"),
    ],
)  # fmt: skip
def test_decayed_counts_in_words(feature: Feature, tried: float, found: float, words: str) -> None:
    assert ReasonFacts(feature, 0.2, 1 / 9, tried, found).words()["en"] == words


@pytest.mark.parametrize(
    "feature", [PACKER, BEHAVIOUR, BY_NAME["packer_packing_rate_short"]], ids=lambda f: str(f.name)
)
@pytest.mark.parametrize("tried", [0.0, 0.04, 0.3])
def test_an_entity_without_a_record_is_not_accused(feature: Feature, tried: float) -> None:
    reported = ReasonFacts(feature, 0.2, 1 / 9, tried, 0.0)
    assert reported.kind is ReasonKind.LACK_OF_EVIDENCE
    assert all(NO_ACCUSATION[language] in reported.words()[language] for language in LANGUAGES)


@pytest.mark.parametrize("name", ["shipper_first_seen_days", "shipper_last_seen_days", "shipper_growth"])
def test_a_party_never_seen_is_unknown_not_unnamed(name: str) -> None:
    reported = ReasonFacts(BY_NAME[name], None, 3.0)
    assert reported.kind is ReasonKind.LACK_OF_EVIDENCE
    assert all(NO_ACCUSATION[language] in reported.words()[language] for language in LANGUAGES)
    assert "not stated" in reported._replace(is_stated=False).words()["en"]


@pytest.mark.parametrize("feature", [one for one in CATALOGUE if not one.explained_by], ids=lambda f: str(f.name))
def test_without_a_norm_nothing_is_compared(feature: Feature) -> None:
    value = 0.2 if feature.is_count else 1.0
    counts = [(None, None), (0.0, 0.0), (0.2, 0.1), (8.0, 2.0), (1.0, 2.0)] if feature.is_count else [(None, None)]
    for tried, found in counts:
        for language, sentence in ReasonFacts(feature, value, None, tried, found).words().items():
            assert not re.search(r"unknown|usual [;(]|未知|通常为|多为|全港平均[^）（估]|\[|\]", sentence), sentence
            assert not sentence.endswith((" ", ";", "，", "；")), (language, sentence)


def test_openings_are_compared_only_with_a_known_norm() -> None:
    openings = BY_NAME["shipper_openings"]
    assert ReasonFacts(openings, 2.0, 1.1).words()["zh"] == "托运人：约一年内相关箱被查 6.4 次，通常为 2 次"
    assert ReasonFacts(openings, 2.0, None).words() == {
        "en": "Shipper: openings on record in about a year: 6.4",
        "zh": "托运人：约一年内相关箱被查 6.4 次",
    }


def test_kinds_follow_what_is_known() -> None:
    lack, risk = ReasonKind.LACK_OF_EVIDENCE, ReasonKind.RISK
    for name, value, norm, kind in (
        ("shipper_openings", 0.0, 1.0, lack), ("shipper_openings", 2.0, 1.0, risk),
        ("shipper_first_seen_days", 3.0, 90.0, lack), ("shipper_last_seen_days", 200.0, 3.0, lack),
        ("shipper_first_seen_days", 80.0, 90.0, risk), ("shipper_last_seen_days", 3.0, 1.0, risk),
        ("shipper_openings", 2.0, 2.1, risk),
        ("shipper_goods_first_time", 1.0, 0.0, lack), ("shipper_goods_first_time", 0.0, 0.0, risk),
        ("linked_declared", 0.0, 1.0, risk), ("weighed_disagreement", None, 0.01, lack),
        ("certificate_missing", 1.0, 0.0, risk),
    ):  # fmt: skip
        assert ReasonFacts(BY_NAME[name], value, norm).kind is kind, name


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0"), (1e-300, "0"), (0.0004, "1/2,500"), (0.0123, "1/81"), (0.0099, "1/100"), (1 / 9, "1/9"),
     (0.28, "2/7"), (0.7, "7/10"), (1.0, "1/1")],
)  # fmt: skip
def test_a_share_is_written_as_a_fraction(share: float, words: str) -> None:
    assert as_ratio(share) == words


@given(st.floats(1e-6, 1))
def test_the_fraction_is_near_the_share(share: float) -> None:
    part, whole = as_ratio(share).replace(",", "").split("/")
    assert abs(int(part) / int(whole) - share) <= 0.06 * share or share >= 0.1
    assert abs(int(part) / int(whole) - share) <= 0.05 + 1e-9  # 0.95 is written as 1/1


@given(
    st.sampled_from([feature for feature in CATALOGUE if not feature.explained_by]),
    amounts,
    amounts,
    decayed,
    decayed,
    st.booleans(),
)
def test_every_feature_has_a_sentence_for_any_values(
    feature: Feature, value: float | None, norm: float | None, tried: float | None, found: float | None, named: bool
) -> None:
    if feature.name == "flow":
        value, norm = (None if one is None else float(int(abs(one)) % 4) for one in (value, norm))
    elif feature.is_count or feature.evidence:
        value, norm = (None if one is None else abs(one) / 1e5 for one in (value, norm))
    words = ReasonFacts(feature, value, norm, tried, found, named).words()
    assert all(words[language] and "{" not in words[language] for language in LANGUAGES)
