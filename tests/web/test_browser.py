"""The pages in a real Chromium: nothing the content security policy forbids, nothing axe-core objects to."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from engine.services.answers import InboxView
from tests.web.browsing import enter
from tests.web.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def waiting(site: Site) -> tuple[int, int]:
    """A started case: its task and itself."""
    engine = site.services.engine
    case = engine.process_instances.start(
        site.members["manager"].actor, "errand", business_key="AO-20260302-0042", form_data={"subject": "开户"}
    )
    [row] = engine.user_tasks.inbox(site.members["reviewer"].actor, InboxView.GROUPS).rows
    engine.user_tasks.claim(site.members["reviewer"].actor, row.key)
    return row.key, case.key


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_any_page(site: Site, address: str, chromium: Browser, language: str) -> None:
    task, case = waiting(site)
    page = chromium.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{address}/sign-in")
    found = {"/sign-in": Axe().run(page).response["violations"]}
    enter(page, address, site, "reviewer", language)
    tabs = [f"/cases/{case}?tab={tab}" for tab in ("progress", "journal", "data")]
    for path in ("/", "/start/errand", "/inbox/", f"/inbox/tasks/{task}", "/cases/", *tabs, "/no-such-page"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        found[path] = Axe().run(page).response["violations"]
    page.context.close()
    assert {
        path: [(each["id"], each["nodes"][0]["html"]) for each in some] for path, some in found.items() if some
    } == {}


def test_the_diagram_shows_the_current_step_within_the_security_policy(
    site: Site, address: str, chromium: Browser
) -> None:
    _, case = waiting(site)
    page = chromium.new_context().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/cases/{case}")
    page.wait_for_selector(".diagram-shown .step-active[data-element-id=review]")
    assert page.locator(".bjs-powered-by").is_visible()
    page.context.close()
    assert complaints == []


def test_a_task_is_done_by_keyboard_and_without_scripts(site: Site, address: str, chromium: Browser) -> None:
    task, _ = waiting(site)
    page = chromium.new_context(java_script_enabled=False).new_page()
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/tasks/{task}")
    page.locator("[name=subject]").fill("已核对")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/inbox/?view=mine")
    assert page.get_by_text("已办结").first.is_visible()
    page.context.close()
