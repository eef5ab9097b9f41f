"""The pages in both languages, and the texts they need."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
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
    """A browser without memory."""
    with httpx.Client(base_url=service.url, headers=HTML, follow_redirects=True, timeout=60) as client:
        yield client


def url_of(box: dict[str, Any]) -> str:
    return f"/boxes/{box['declaration_id']}/{box['box_no']}"


def test_home_is_the_worklist(reader: httpx.Client) -> None:
    assert reader.get("/").url.path == "/worklist"


def test_the_worklist_shows_what_the_officer_needs(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
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


def test_the_worklist_is_ranked_filtered_and_divided(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
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


def test_a_box_stands_once_with_its_latest_assessment(service: Service, new_box: NewBox) -> None:
    box = new_box(terminal="T-AGAIN")
    service.client.post("/v1/assessments", json=box)
    latest = service.client.post("/v1/assessments", json={**box, "amendment_no": 1, "vgm_kg": 30000}).json()
    (shown,) = service.client.get("/v1/worklist", params={"terminal": "T-AGAIN"}).json()["boxes"]
    assert shown["assessment_id"] == latest["assessment_id"]


def test_the_box_page_tells_the_whole_story(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
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


def test_corrections_are_worked_out_on_demand_for_officers_and_told_nowhere_else(
    service: Service, reader: httpx.Client, new_box: NewBox
) -> None:
    box = new_box(flow="export", manifest_un_no="1993", manifest_description="garden furniture")
    body = service.client.post("/v1/assessments", json=box).json()
    for language in ("en", "zh"):
        plain = reader.get(url_of(box), params={"lang": language}).text
        asked = reader.get(url_of(box), params={"lang": language, "corrections": 1}).text
        for html in (plain, asked):
            assert table()["page.officers_only"][language] in html
        worked_out = [one for one in Correction if one.word(language) in asked]
        assert Correction.CERTIFICATE_SUPPLIED in worked_out
        assert not [one for one in Correction if one.word(language) in plain]
        letter = asked[asked.index('class="letter"') :].split("</pre>")[0]
        assert not [one for one in Correction if one.word(language) in letter]
    answers = [
        service.client.get(path).text
        for path in (f"/v1/assessments/{body['assessment_id']}", "/v1/worklist", "/openapi.json")
    ]
    assert not [one for one in Correction for answer in answers if one.value in answer or one.word("en") in answer]


def test_lack_of_evidence_is_marked_as_such(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    """The rules tell no histories, so the reason is put into a stored assessment."""
    box = new_box()
    body = service.client.post("/v1/assessments", json=box).json()
    assert {reason["kind"] for reason in body["reasons"]} <= {"risk", "rest"}
    lacking = {**body["reasons"][0], "code": "shipper_history", "kind": "lack_of_evidence"}
    older = {name: value for name, value in body["reasons"][0].items() if name != "kind"}
    changed = {**body, "assessment_id": body["assessment_id"][::-1], "reasons": [lacking, older]}
    service.store.add_assessments([changed])
    for language in ("en", "zh"):
        html = reader.get(url_of(box), params={"lang": language}).text
        assert html.count(f'<i class="pill">{table()["reasonkind.lack_of_evidence"][language]}</i>') == 1
        assert table()["page.lacking"][language] in html


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
def test_readers_get_errors_as_pages(reader: httpx.Client, path: str, status: int) -> None:
    answer = reader.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "/worklist" in answer.text


def test_what_was_declared_cannot_inject_markup(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
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


def test_names_with_slashes_and_spaces_have_a_page(service: Service, reader: httpx.Client, new_box: NewBox) -> None:
    box = new_box(declaration_id="连 2026/17?a#b", terminal="T-SLASH")
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    link = re.search(r'href="(/boxes/[^"]+)"', reader.get("/worklist?terminal=T-SLASH").text)
    assert link
    assert reader.get(link[1]).status_code == 200


def test_every_text_of_the_pages_is_there_in_both_languages() -> None:
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
    "page.advice.": list(Lane),
    "page.violation.": list(Family),
    "selectedby.": list(SelectedBy),
    "page.party.": ["shipper", "consignee", "forwarder", "packer", "declarant", "carrier"],
    "filter.": ["terminal", "team", "shift"],
    "filter.all.": ["terminal", "team", "shift"],
    "page.error.": ["404", "404.detail", "other", "other.detail"],
}
