"""The HTML pages in both languages, and their texts."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.texts import table
from data.vocabulary import Correction, Family, Lane, SelectedBy
from serving import pages
from tests.serving.conftest import Service

NewBox = Callable[..., dict[str, Any]]
FOLDER = Path(pages.__file__).parent
HTML = {"Accept": "text/html"}


@pytest.fixture
def reader(service: Service) -> Iterator[httpx.Client]:
    """An HTML client without cookies."""
    with httpx.Client(base_url=service.url, headers=HTML, follow_redirects=True, timeout=60) as client:
        yield client


def url_of(box: dict[str, Any]) -> str:
    return f"/boxes/{box['declaration_id']}/{box['box_no']}"


def test_home_redirects_to_the_worklist(reader: httpx.Client) -> None:
    assert reader.get("/").url.path == "/worklist"


def test_the_worklist_shows_box_goods_shipper_and_reason(
    service: Service, reader: httpx.Client, new_box: NewBox
) -> None:
    box = new_box(terminal="T-SHOWN")
    body = service.client.post("/v1/assessments", json=box).json()
    english = reader.get("/worklist?terminal=T-SHOWN&lang=en").text
    for shown in (box["box_no"], url_of(box), "UN 2880", "class 5.1", "大连海润化工有限公司", "2026-03-04 16:00"):
        assert shown in english
    assert table()[f"lane.{body['lane']}"]["en"] in english
    strongest = next(reason for reason in body["reasons"] if reason["contribution"] > 0)
    assert strongest["text"]["en"] in english
    chinese = reader.get("/worklist?terminal=T-SHOWN&lang=zh").text
    assert strongest["text"]["zh"] in chinese
    assert "次氯酸钙" in chinese
    assert table()[f"lane.{body['lane']}"]["zh"] in chinese


def test_the_guarantee_is_shown_as_a_sentence_then_in_numbers(service: Service, reader: httpx.Client) -> None:
    guarantee = service.client.get("/v1/worklist").json()["guarantee"]
    for language in ("en", "zh"):
        html = reader.get("/worklist", params={"lang": language}).text
        text, numbers = (html.index(guarantee[name][language]) for name in ("text", "manager"))
        assert html.index("</summary>") < text < numbers < html.index("</details>")


def test_the_worklist_is_ranked_filtered_and_paged(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    content = "\n".join(json.dumps(new_box(terminal="T-RANKED")) for _ in range(60))
    service.client.post("/v1/assessments/batch", content=content, headers={"Content-Type": "application/jsonl"})
    found = service.client.get("/v1/worklist", params={"terminal": "T-RANKED", "limit": 500}).json()
    assert found["total"] == len(found["boxes"]) == 60
    assert sum(found["counts"].values()) == 60
    ranks = [(-Lane(box["lane"]).rank, -box["risk"]) for box in found["boxes"]]
    assert ranks == sorted(ranks)
    second = service.client.get("/v1/worklist", params={"terminal": "T-RANKED", "limit": 7, "offset": 7}).json()
    assert [box["box_no"] for box in second["boxes"]] == [box["box_no"] for box in found["boxes"][7:14]]
    for lane, count in found["counts"].items():
        part = service.client.get("/v1/worklist", params={"terminal": "T-RANKED", "lane": lane, "limit": 500}).json()
        assert {box["lane"] for box in part["boxes"]} <= {lane}
        assert part["total"] == len(part["boxes"]) == count
    first_page = reader.get("/worklist?terminal=T-RANKED").text
    assert first_page.count('class="num rank"') == 50
    next_url = re.search(r'href="([^"]+)" rel="next"', first_page)
    assert next_url
    assert reader.get(next_url[1].replace("&amp;", "&")).text.count('class="num rank"') == 10


def test_a_box_is_listed_once_with_its_latest_assessment(service: Service, new_box: NewBox) -> None:
    box = new_box(terminal="T-AGAIN")
    service.client.post("/v1/assessments", json=box)
    latest = service.client.post("/v1/assessments", json={**box, "amendment_no": 1, "vgm_kg": 30000}).json()
    (shown,) = service.client.get("/v1/worklist", params={"terminal": "T-AGAIN"}).json()["boxes"]
    assert shown["assessment_id"] == latest["assessment_id"]


def test_the_box_page_shows_assessment_and_declaration(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    box = new_box(packing_certificate_no=None)
    first = service.client.post("/v1/assessments", json=box).json()
    body = service.client.post("/v1/assessments", json=box).json()
    for language in ("en", "zh"):
        page = reader.get(url_of(box), params={"lang": language})
        assert page.status_code == 200
        html = page.text
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in html
        for reason in body["reasons"]:
            assert reason["text"][language] in html
        assert html.count('class="bar"') == len(body["reasons"])
        assert body["assessment_id"] in html
        assert body["model_version"] in html
        assert body["guarantee"]["text"][language] in html
        assert body["evidence"]["text"][language] in html
        assert table()["column.packing_certificate_no"][language] in html
        assert table()["page.degraded.title"][language] in html
        assert "Ceramic tiles" in html
        assert "22,900" in html
        assert table()["page.earlier"][language] in html
    assert first["assessment_id"] != body["assessment_id"]


def inspected(service: Service, box: dict[str, Any], **changes: Any) -> None:
    """Record an inspection of a box."""
    named = {name: box[name] for name in ("declaration_id", "box_no")}
    row = {**named, "inspection_id": f"OF-{box['box_no']}", "recorded_at": "2026-03-05T09:00:00Z", **changes}
    service.client.post("/v1/inspections", json=row).raise_for_status()


def test_a_recorded_inspection_replaces_the_advice(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    box = new_box(terminal="T-DONE")
    body = service.client.post("/v1/assessments", json=box).json()
    service.store.add_assessments([{**body, "assessment_id": f"amber-{box['box_no']}", "lane": "amber"}])

    def pages() -> dict[str, str]:
        return {lang: reader.get(url_of(box), params={"lang": lang}).text for lang in ("en", "zh")}

    proposed = {lang: words for lang, words in table()["page.advice.amber"].items() if lang in ("en", "zh")}
    assert all(proposed[lang] in html and 'class="inspected"' not in html for lang, html in pages().items())
    inspected(service, box, step="papers", outcome="compliant", recorded_at=body["assessed_at"], inspection_id="P-DONE")
    for lang, html in pages().items():
        assert table()["page.advice.checked"][lang] in html
        assert proposed[lang] not in html
    inspected(service, box, step="box", outcome="pending", inspected_at="2026-03-02T02:00:00Z")
    outcome = {"outcome": "violation", "findings": "misdeclared;placarding", "recorded_at": "2026-03-06T09:00:00Z"}
    inspected(service, box, step="box", inspected_at="2026-03-02T02:00:00Z", **outcome)
    reported = {
        "en": "box opening · <b>violation</b>: misdeclared dangerous goods, placarding and marking",
        "zh": "开箱 · <b>违规</b>：谎报、标志标牌",
    }
    for lang, html in pages().items():
        assert table()["page.advice.opened"][lang] in html
        assert table()["page.advice.checked"][lang] not in html
        (opening,) = re.findall(r"<li><span[^>]*>2026-03-02</span> (.*)</li>", html)
        assert opening == reported[lang]
        assert html.index(opening) < html.index(table()["page.advice.opened"][lang])
    assert service.client.get("/v1/worklist", params={"terminal": "T-DONE"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("lane", "why", "key", "is_hidden"),
    [
        ("red", "random", "selectedby.random", True),
        ("red", "score", "selectedby.score", True),
        ("red", "tip", "selectedby.tip", False),
        ("red", "rule", "page.mandatory", False),
        ("amber", "score", "selectedby.score", True),
        ("amber", "rule", "selectedby.rule", False),
    ],
)
def test_selection_by_score_or_sample_is_hidden_until_the_outcome(
    service: Service, reader: httpx.Client, new_box: NewBox, lane: str, why: str, key: str, is_hidden: bool
) -> None:
    """Otherwise knowing why a box was selected could influence the outcome, and bias the estimates from the sample."""
    box = new_box(terminal=f"T-{lane}-{why}")
    body = service.client.post("/v1/assessments", json=box).json()
    decided = {"lane": lane, "selected_by": why, "selection_probability": 0.0123}
    service.store.add_assessments([{**body, **decided, "assessment_id": f"{lane}-{why}"}])
    pending = {"inspection_id": f"{lane}-{why}", "step": "box", "outcome": "pending"}
    words = {lang: table()[key][lang] for lang in ("en", "zh")}

    def shown(lang: str) -> tuple[bool, bool]:
        html = reader.get(url_of(box), params={"lang": lang}).text
        sentence = table()["page.chosen_by"][lang].format(why=words[lang])
        return sentence in html, table()["page.selection_probability"][lang] in html

    for lang in words:
        row = reader.get("/worklist", params={"terminal": box["terminal"], "lang": lang}).text.split("<tbody>")[1]
        assert (f">{words[lang]}</span>" in row) == (lane == "red" and not is_hidden)
        assert shown(lang) == (not is_hidden, False)
    inspected(service, box, **pending)
    assert shown("en") == (not is_hidden, False)
    inspected(service, box, **pending | {"outcome": "compliant", "recorded_at": "2026-03-06T09:00:00Z"})
    assert [shown(lang) for lang in words] == [(True, True), (True, True)]
    kept = service.client.get(f"/v1/assessments/{lane}-{why}").json()
    assert decided.items() <= kept.items()


def test_corrections_are_shown_on_request_on_the_officers_page_only(
    service: Service, reader: httpx.Client, new_box: NewBox
) -> None:
    box = new_box(flow="export", manifest_un_no="1993", manifest_description="garden furniture")
    body = service.client.post("/v1/assessments", json=box).json()
    for language in ("en", "zh"):
        plain = reader.get(url_of(box), params={"lang": language}).text
        asked = reader.get(url_of(box), params={"lang": language, "corrections": 1}).text
        for html in (plain, asked):
            assert table()["page.officers_only"][language] in html
        listed = [one for one in Correction if one.word(language) in asked]
        assert Correction.CERTIFICATE_SUPPLIED in listed
        assert not [one for one in Correction if one.word(language) in plain]
        letter = asked[asked.index('class="letter"') :].split("</pre>")[0]
        assert not [one for one in Correction if one.word(language) in letter]
    answers = [
        service.client.get(path).text
        for path in (f"/v1/assessments/{body['assessment_id']}", "/v1/worklist", "/openapi.json")
    ]
    assert not [one for one in Correction for answer in answers if one.value in answer or one.word("en") in answer]


def test_lack_of_evidence_is_marked_as_such(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    """It is never the strongest reason. Rules have no history reasons, so one is put into a stored assessment."""
    box = new_box(terminal="T-LACKING")

    def strongest() -> str:
        (shown,) = service.client.get("/v1/worklist", params={"terminal": "T-LACKING"}).json()["boxes"]
        return str(shown["strongest_reason"])

    body = service.client.post("/v1/assessments", json=box).json()
    assert {reason["kind"] for reason in body["reasons"]} <= {"risk", "rest"}
    lacking = {**body["reasons"][0], "code": "shipper_history", "kind": "lack_of_evidence"}
    older = {name: value for name, value in body["reasons"][0].items() if name != "kind"}
    lacking["text"] = {"en": "Hardly known", "zh": "了解有限"}
    changed = {**body, "assessment_id": body["assessment_id"][::-1], "reasons": [lacking, older]}
    service.store.add_assessments([changed])
    assert strongest() == older["text"]["en"]
    changed |= {"assessment_id": f"lacking-{box['box_no']}", "reasons": [lacking, {**lacking, "contribution": 0.1}]}
    service.store.add_assessments([changed])
    assert strongest() == "Nothing in particular"
    service.store.add_assessments([{**changed, "assessment_id": f"both-{box['box_no']}", "reasons": [lacking, older]}])
    for language in ("en", "zh"):
        html = reader.get(url_of(box), params={"lang": language}).text
        assert html.count(f'<i class="pill">{table()["reasonkind.lack_of_evidence"][language]}</i>') == 1
        assert table()["page.lack_of_evidence"][language] in html


def test_the_language_is_remembered(reader: httpx.Client) -> None:
    assert '<html lang="en">' in reader.get("/worklist").text
    assert '<html lang="zh-CN">' in reader.get("/worklist?lang=zh").text
    assert '<html lang="zh-CN">' in reader.get("/worklist").text
    assert '<html lang="zh-CN">' in reader.get("/worklist?lang=klingon").text
    assert '<html lang="en">' in reader.get("/worklist?lang=en").text


def test_the_language_switch_keeps_the_filters(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    service.client.post("/v1/assessments", json=new_box(terminal="DCT")).raise_for_status()
    assert "/worklist?lane=red&amp;terminal=DCT&amp;lang=zh" in reader.get("/worklist?lane=red&terminal=DCT").text


@pytest.mark.parametrize(
    ("path", "status"), [("/boxes/unknown/MSKU1234565", 404), ("/nowhere", 404), ("/worklist?lane=x", 422)]
)
def test_browsers_get_errors_as_pages(reader: httpx.Client, path: str, status: int) -> None:
    answer = reader.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "/worklist" in answer.text


def test_the_error_page_shows_detail_and_remedy(service: Service, reader: httpx.Client) -> None:
    problem = service.client.get("/v1/worklist?lane=<b>").json()
    for language in ("en", "zh"):
        html = reader.get("/worklist", params={"lane": "<b>", "lang": language}).text
        assert table()["page.error.422"][language] in html
        assert f"{problem['detail']} {problem['remedy']}" in unescape(html)
        assert "<b>" not in html


def test_a_page_beyond_the_last_links_back(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    service.client.post("/v1/assessments", json=new_box(terminal="T-BEYOND")).raise_for_status()
    beyond = reader.get("/worklist?terminal=T-BEYOND&offset=5000").text
    assert 'href="/worklist?terminal=T-BEYOND"' in beyond
    for html in (beyond, reader.get("/worklist?offset=5000").text):
        assert table()["page.empty"]["en"] in html
        assert "/v1/assessments" not in html


def test_declared_values_are_escaped(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    box = new_box(
        shipper_name="<script>alert(1)</script>", terminal='"><b>x', line_items=[{"description": "<i>goods</i>"}]
    )
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    for page in (reader.get("/worklist", params={"terminal": box["terminal"]}), reader.get(url_of(box))):
        assert "<script>" not in page.text
        assert "<b>x" not in page.text
        assert "<i>goods" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_declaration_ids_with_slashes_and_spaces_have_a_page(
    service: Service, reader: httpx.Client, new_box: NewBox
) -> None:
    box = new_box(declaration_id="连 2026/17?a#b", terminal="T-SLASH")
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    link = re.search(r'href="(/boxes/[^"]+)"', reader.get("/worklist?terminal=T-SLASH").text)
    assert link
    assert reader.get(link[1]).status_code == 200


@pytest.mark.parametrize(
    ("key", "en", "zh"),
    [
        ("page.terminal_loading", "Terminal, call", "码头／装卸时间"),
        ("page.selection_probability", "Probability of being opened", "开箱概率"),
        ("page.mandatory", "mandatory", "依法必查"),
        ("page.place_of_team", "{shift}, team {team}, no. {place}", "{shift}，{team}，第 {place} 箱"),
    ],
)
def test_both_languages_say_the_same(key: str, en: str, zh: str) -> None:
    """Regression: these English and Chinese texts once had different meanings."""
    assert table()[key] == {"en": en, "zh": zh}


def test_page_texts_are_complete_and_used() -> None:
    with (Path(pages.__file__).parents[2] / "data/texts/pages.csv").open(encoding="utf-8", newline="") as lines:
        own = list(csv.DictReader(lines))
    assert [row["key"] for row in own if not row["en"] or not row["zh"]] == []
    places = re.compile(r"\{\w+\}")
    assert [r["key"] for r in own if sorted(places.findall(r["en"])) != sorted(places.findall(r["zh"]))] == []
    written = "".join(path.read_text("utf-8") for path in FOLDER.rglob("*.html"))
    used = set(re.findall(r'\bt\(\s*"([^"]+)"\s*[,)]', written)) | set(re.findall(r"\bt\('([^']+)'", written))
    used |= {f"{prefix}{member}" for prefix, members in COMPOSED.items() for member in members}
    assert used - set(table()) == set()
    python = "".join(path.read_text("utf-8") for path in FOLDER.parent.rglob("*.py"))
    unused = {row["key"] for row in own if not row["key"].startswith("http.")} - used
    assert {key for key in unused if key not in python and key not in written} == set()


COMPOSED = {
    "lane.": list(Lane),
    "page.advice.": [*Lane, "opened", "checked"],
    "page.violation.": list(Family),
    "selectedby.": list(SelectedBy),
    "page.party.": ["shipper", "consignee", "forwarder", "packer", "declarant", "carrier"],
    "filter.": ["terminal", "team", "shift"],
    "filter.all.": ["terminal", "team", "shift"],
    "page.error.": [f"{kind}{part}" for kind in ("404", "422", "other") for part in ("", ".detail")],
}
