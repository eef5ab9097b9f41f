"""The pages in a real browser, at desktop and phone width: worklist, box page, both languages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.serving.conftest import Service

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Skipped on a machine without a browser, but never in CI.
pytestmark = pytest.mark.skipif(EXECUTABLE is None and not os.environ.get("CI"), reason="no Chromium or Chrome on PATH")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser page; the test fails when the browser reports an error or a warning."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    opened = context.new_page()
    reports: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            reports.append(message.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: reports.append(str(error)))
    opened.on("requestfailed", lambda failed: reports.append(failed.url))
    yield opened
    context.close()
    assert reports == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_worklist_to_the_reasons_in_both_languages(
    service: Service, page: Page, new_box: Callable[..., dict[str, Any]]
) -> None:
    box = new_box(terminal="T-BROWSER", shipper_name="Extraordinarily Long International Trading Company Limited")
    assert service.client.post("/v1/assessments", json=box).status_code == 201
    page.goto(f"{service.url}/worklist?terminal=T-BROWSER")
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
    assert fits(page)
    page.get_by_role("link", name=box["box_no"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(box["box_no"])
    bars = page.locator("#picture svg[role=img]")
    assert bars.count() > 0
    assert bars.locator("rect.bar").evaluate_all("bars => bars.some(bar => bar.getBoundingClientRect().width > 20)")
    expect(page.locator("#picture svg title").first).to_contain_text("the odds of a violation")
    assert fits(page)
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name="风险理由")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert fits(page)
    page.get_by_role("link", name="返回清单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("查验任务清单")
    assert fits(page)


def test_filtering_needs_no_script(service: Service, page: Page, new_box: Callable[..., dict[str, Any]]) -> None:
    box = new_box()
    terminal = f"T-{box['box_no']}"
    for one in ({**box, "terminal": terminal}, new_box()):
        assert service.client.post("/v1/assessments", json=one).status_code == 201
    page.goto(f"{service.url}/worklist")
    page.get_by_label("Terminal").select_option(terminal)
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{service.url}/worklist?terminal={terminal}")
    assert page.locator("tbody tr").count() == 1


def test_the_api_page_fits_the_window(service: Service, page: Page) -> None:
    page.goto(f"{service.url}/docs")
    expect(page.get_by_role("heading", name="/v1/assessments/batch")).to_be_visible()
    assert fits(page)
