"""Goods are recognised by what traders call them, and harmless goods that only sound dangerous stay silent."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.undeclared import calibration, judged, ours, questions
from data.reference.dangerous_goods import by_un_no
from data.reference.watchlist import Term, concern_un_nos, terms
from features.text.goods_names import (
    everyday_names,
    harmless_tariff_texts,
    listed_names,
    prepared,
    tariff_texts,
    trade_names,
    words_of,
)
from features.text.likely_goods import (
    BESIDE,
    BY_TARIFF_ALONE,
    MAX_SUGGESTIONS,
    PLAUSIBLE,
    RECOGNISED,
    SUSPICIOUS,
    Recogniser,
    likely,
    likely_many,
    recogniser,
)

WORDS = [term for term in terms() if term.kind != "tariff"]


@pytest.mark.parametrize(
    ("text", "un_no"),
    [
        ("竹炭", "1361"),
        ("机制炭 25公斤/袋", "1361"),
        ("BAMBOO CHARCOAL BRIQUETTES IN BAGS", "1361"),
        ("漂白粉", "2208"),
        ("三氯异氰尿酸", "2468"),
        ("强氯精", "2468"),
        ("双氧水50%", "2014"),
        ("烧碱", "1823"),
        ("CAUSTIC SODA FLAKES 99%", "1823"),
        ("福尔马林", "2209"),
        ("天那水", "1263"),
        ("香蕉水", "1263"),
        ("白电油", "1268"),
        ("液氨", "1005"),
        ("电石", "1402"),
        ("保险粉", "1384"),
        ("高锰酸钾", "1490"),
        ("硝酸钾", "1486"),
        ("红磷", "1338"),
        ("打火机", "1057"),
        ("气雾剂", "1950"),
        ("油漆", "1263"),
        ("干冰", "1845"),
        ("生漆", "1263"),
        ("硫磺", "1350"),
        ("敌敌畏", "3018"),
        ("磷化铝片", "1397"),
        ("充电宝", "3480"),
        ("电动滑板车", "3556"),
        ("玉米胚芽粕", "1386"),
        ("鱼粉", "2216"),
        ("烟花", "0336"),
        ("松节油", "1299"),
        ("Lithium-ion batteries", "3480"),
        ("POWER BANK 10000MAH", "3480"),
        ("HYDROGEN PEROXIDE 35% IN DRUMS", "2014"),
        ("Calcium hypochlorite", "1748"),
        ("acetone", "1090"),
        ("TCCA 90% granular", "2468"),
        ("gasoline", "1203"),
        ("HELIUM CYLINDER", "1046"),
        ("nail polish", "1263"),
        ("tetrahydrofuran", "2056"),
        ("ｃｈａｒｃｏａｌ", "1361"),
        ("电瓶水", "2796"),
        ("山奈钠", "1689"),
        ("山埃", "1680"),
        ("工业盐酸", "1789"),
        ("鱼浮灵", "3378"),
        ("萘", "1334"),
        ("UPS电池", "2800"),
        ("TDI 80/20", "2078"),
        ("THF 99.9%", "2056"),
        ("DMF IN DRUMS", "2265"),
        ("KMnO4", "1490"),
        ("H2O2 50%", "2014"),
        ("benzol", "1114"),
    ],
)
def test_trade_names_are_found(text: str, un_no: str) -> None:
    """What a port really reads, with quantities and packages around it."""
    found = likely(text)
    assert un_no in [one.un_no for one in found]
    assert found[0].probability >= SUSPICIOUS


@pytest.mark.parametrize(
    "text",
    [
        "竹炭纤维袜子",
        "竹炭牙膏",
        "竹炭护墙板",
        "活性炭口罩",
        "炭黑色T恤",
        "棉花糖",
        "硫酸钡",
        "盐酸二甲双胍",
        "聚丙烯酰胺",
        "三乙醇胺",
        "白炭黑",
        "生物柴油",
        "柴油发电机组",
        "汽油机配件",
        "香水瓶",
        "油漆刷",
        "打火机盒",
        "充电宝外壳",
        "不含锂电池的玩具",
        "蓄电池充电器",
        "灭火器箱",
        "烟花图案T恤",
        "漆包线",
        "玻璃餐具",
        "羊毛围巾",
        "柠檬酸",
        "家具",
        "charcoal grey T-shirt",
        "charcoal grey jacket",
        "草酸",
        "聚合MDI",
        "polymeric MDI",
        "1.9 TDI engine parts",
        "DMF free PU leather",
        "强酸性阳离子交换树脂",
        "混凝土固化剂",
        "乙炔黑",
        "天然气灶",
        "电瓶补充液",
        "聚乙烯",
        "盐酸吗啉胍",
        "山奈 沙姜 香料",
        "tyres 185/70 R14",
        "bamboo charcoal fibre socks",
        "BATTERY-FREE TOYS",
        "charcoal bbq grill",
        "paint brushes",
        "adhesive tape",
        "perfume bottles empty",
        "gunpowder tea",
        "poly methyl methacrylate sheet",
        "diesel fuel filter",
        "asbestos free gaskets",
        "acid free paper",
        "LADIES DRESSES 100% POLYESTER",
        "stainless steel cutlery",
        "household goods",
        "frozen cod fillets",
        "citric acid",
        "25 KG",
        "",
    ],
)
def test_harmless_goods_are_not_suspicious(text: str) -> None:
    """A discrepancy is raised at SUSPICIOUS; these must stay below it."""
    assert all(one.probability < SUSPICIOUS for one in likely(text))


@pytest.mark.parametrize(
    "text", ["竹炭纤维袜子", "charcoal grey T-shirt", "battery-free toys", "棉花糖", "steel pipe", ""]
)
def test_nothing_plausible_is_an_empty_answer(text: str) -> None:
    assert likely(text) == ()


def test_why_states_the_source_of_the_number() -> None:
    """The source is the watch list (alias), the dangerous goods list (name), or the model."""
    assert likely("竹炭")[0].why == "alias"
    assert likely("allyl isothiocyanate")[0].why == "name"
    assert likely("hydrogen peroxyde")[0].why == "model"


def test_a_tariff_code_alone_is_not_suspicious_and_raises_the_probability_of_words() -> None:
    """Alone it stays below suspicion; beside words of the same goods it makes them more probable."""
    alone = likely("", "4402.10")
    assert [(one.un_no, one.probability) for one in alone] == [("1361", BY_TARIFF_ALONE)]
    assert likely("hydrogen peroxyde", "284700")[0].probability > likely("hydrogen peroxyde")[0].probability
    assert likely("furniture", "940360") == likely("furniture")


def test_a_batch_answers_as_one_by_one() -> None:
    texts = ["竹炭", "furniture", "", "水合肼 桶装", "pool chemicals", "竹炭"]
    codes = ["", "940360", "440210", "", "282810", "440210"]
    assert likely_many(texts, codes) == [likely(text, code) for text, code in zip(texts, codes, strict=True)]
    assert likely_many([]) == []


def test_learning_twice_gives_the_same() -> None:
    """Training is deterministic, or an audit could not repeat an answer."""
    again = Recogniser(terms(), listed_names(), [*harmless_tariff_texts().values(), *everyday_names()])
    texts = [*everyday_names(), *(term.key for term in WORDS[::7])]
    codes = [""] * len(texts)
    assert again.likely_many(texts, codes) == recogniser().likely_many(texts, codes)


@settings(max_examples=150, deadline=None)
@given(st.text(), st.from_regex(r"([\d.]{4,10})?", fullmatch=True))
def test_any_text_is_answered(text: str, hs_code: str) -> None:
    """Never an error; at most five known numbers, best first, each plausible."""
    found = likely(text, hs_code)
    assert len(found) <= MAX_SUGGESTIONS
    assert all(by_un_no(one.un_no) for one in found)
    assert len({one.un_no for one in found}) == len(found)
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    assert not found or found[0].probability >= PLAUSIBLE
    assert all(BESIDE <= one.probability < 1 and one.why in ("alias", "name", "model") for one in found)


def test_unseen_trade_names_are_found() -> None:
    """As `benchmarks.undeclared`, on a small sample: half of the unseen trade names, few alarms, calibrated."""
    asked = questions()
    answers = ours(asked, 7)
    figures = judged(asked, answers, SUSPICIOUS)
    assert min(figures["zh_top1"], figures["en_top1"]) > 0.45
    assert min(figures["zh_top5"], figures["en_top5"]) > 0.6
    assert figures["alarms_harmless"] < 0.005
    assert max(figures["alarms_everyday_zh"], figures["alarms_everyday_en"]) < 0.04
    assert calibration(asked, answers)["mean_error"] < 0.15


def test_the_list_is_large_enough() -> None:
    """At least 600 trade names, of them 350 Chinese."""
    named = [term for term in WORDS if term.un_nos]
    assert len(named) >= 600
    assert sum(term.kind == "zh" for term in named) >= 350


def test_no_trade_name_is_listed_twice() -> None:
    """Neither in two spellings, nor with two marks."""
    plain = [(term.kind, re.sub(r"[\s\-^$]", "", prepared(term.key))) for term in WORDS]
    assert len(plain) == len(set(plain))


def test_everyday_goods_are_harmless() -> None:
    """Texts that train the model as harmless contain no trade name and are no listed name."""
    listed = {name.text for name in listed_names()}
    for text in everyday_names():
        assert concern_un_nos("", text) == (), text
        assert " ".join(words_of(prepared(text))) not in listed, text


@pytest.mark.parametrize(
    ("pattern", "classes"),
    [
        (r"漆$|\bpaint$|\bthinner$|香水$|松节油|汽油$|\bink$", "3 2"),
        (r"电池$|battery$|电芯", "9 8"),
        (r"cylinder$|气瓶$|气雾剂|aerosol$|制冷剂$|refrigerant$|^液[氧氮氩氦氢氯氨]$", "2"),
        (r"粕$|(?<!烟)饼$|鱼粉$|\bcake$|\bmeal$", "4.2 9"),
        (r"过氧化|peroxide$", "5.1 5.2"),
        (r"氯酸|硝酸[钾钠钡锶镁铅银锌铝铁]|高锰酸|permanganate", "5.1 8"),
        (r"炭$|charcoal$", "4.2"),
        (r"氰化|cyanide$|菊酯|畏$", "6.1 9"),
        (r"烟花|炮$|雷管|firework$|firecracker", "1"),
        (r"摩托车$|滑板车$|平衡车$|scooter$", "9"),
        (r"(?<!烟)碱$|caustic|lye\b", "8 4.2"),
    ],
)
def test_numbers_are_of_a_plausible_class(pattern: str, classes: str) -> None:
    """A paint is not a gas: the first number of a trade name has a class that its kind of goods can have."""
    named = [term for term in WORDS if term.un_nos and re.search(pattern, term.key.strip("^$"))]
    assert named
    strays = [term for term in named if not any(_class(term).startswith(each) for each in classes.split())]
    assert strays == []


def _class(term: Term) -> str:
    return by_un_no(term.un_nos[0])[0].hazard_class


def test_a_known_name_in_trade_dress_is_still_found() -> None:
    """Grade, quantity and package around a seeded sample of trade names do not hide them."""
    sample = random.Random(3).sample([name for name in trade_names(WORDS) if name.un_nos], 60)
    dressed = [f"{name.text} in drums" if name.text.isascii() else f"工业级 {name.text} 25公斤/桶" for name in sample]
    found = likely_many(dressed)
    hits = [bool(one) and one[0].un_no in name.un_nos for one, name in zip(found, sample, strict=True)]
    assert sum(hits) >= 0.9 * len(hits)
    assert max(one[0].probability for one in found if one) == RECOGNISED


def test_tariff_texts_are_complete() -> None:
    """Six-digit codes of the Harmonized System 2022, and those without an entry in our lists."""
    assert len(tariff_texts()) == 5613
    assert all(re.fullmatch(r"\d{6}", code) for code in tariff_texts())
    assert 4000 < len(harmless_tariff_texts()) < 5000
