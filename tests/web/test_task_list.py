"""The task list with scripts: parts swapped instead of pages loaded, focus and address kept, counts polled."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, ViewportSize

from engine.services.answers import InboxView
from tests.web.browsing import enter
from tests.web.conftest import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("R006"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PHONE: ViewportSize = {"width": 390, "height": 844}


def two_waiting(site: Site) -> list[int]:
    """Two cases: the keys of their tasks, oldest first."""
    engine, manager = site.services.engine, site.members["manager"].actor
    for number in ("AO-20260302-0001", "AO-20260302-0002"):
        engine.process_instances.start(manager, "errand", business_key=number, form_data={"subject": "开户"})
    return [row.key for row in engine.user_tasks.inbox(site.members["reviewer"].actor, InboxView.GROUPS).rows]


def loads(page: Page) -> list[str]:
    """Addresses the browser loads as whole pages from now on."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            seen.append(request.url)

    page.on("request", note)
    return seen


def test_opening_a_task_swaps_the_list_keeps_the_focus_and_can_be_gone_back_from(
    site: Site, address: str, chromium: Browser
) -> None:
    first, second = two_waiting(site)
    page = chromium.new_context().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/?view=groups")
    seen = loads(page)
    page.focus(f"#card-{second}")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#card-{second}[aria-current]")
    assert page.url == f"{address}/inbox/tasks/{second}?view=groups"
    assert page.evaluate("document.activeElement.id") == f"card-{second}"
    assert "复核" in page.title()
    page.click("#view-mine")
    page.wait_for_selector("#view-mine[aria-current]")
    assert seen == []
    page.go_back()
    page.wait_for_selector(f"#card-{second}[aria-current]")
    assert page.locator(f"#card-{first}").is_visible()
    page.context.close()
    assert complaints == []


def test_a_claimed_task_is_done_after_its_part_was_swapped_in(site: Site, address: str, chromium: Browser) -> None:
    first, _ = two_waiting(site)
    page = chromium.new_context().new_page()
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/?view=groups")
    page.click(f"#card-{first}")
    page.click("[data-key=claim]")
    page.wait_for_selector("[name=subject]")
    page.fill("[name=subject]", "已核对")
    page.click(".task-actions [type=submit]")
    page.wait_for_selector("#messages .alert-success")
    page.context.close()
    [done] = site.services.engine.user_tasks.inbox(site.members["reviewer"].actor, InboxView.COMPLETED).rows
    assert done.key == first


def test_the_counts_follow_what_others_do(site: Site, address: str, chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.clock.install()
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/?view=mine")
    assert page.inner_text("#view-groups .number") == "0"
    two_waiting(site)
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#view-groups .number:text('2')")
    assert page.url == f"{address}/inbox/?view=mine"
    page.context.close()


def test_who_was_signed_out_meanwhile_gets_the_sign_in_page_and_not_half_a_list(
    site: Site, address: str, chromium: Browser
) -> None:
    two_waiting(site)
    page = chromium.new_context().new_page()
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/?view=groups")
    page.context.clear_cookies()
    page.click("#view-all")
    page.wait_for_selector("#password")
    assert page.locator("#view-all").count() == 0
    page.context.close()


@pytest.mark.requirement("R044")
def test_a_narrow_screen_shows_the_list_or_the_task_and_nothing_sticks_out(
    site: Site, address: str, chromium: Browser
) -> None:
    task, _ = two_waiting(site)
    page = chromium.new_context(bypass_csp=True, viewport=PHONE).new_page()
    enter(page, address, site, "reviewer")
    page.goto(f"{address}/inbox/?view=groups")
    assert page.locator(f"#card-{task}").is_visible()
    page.click(f"#card-{task}")
    page.wait_for_selector(".has-task")
    assert not page.locator(f"#card-{task}").is_visible()
    page.wait_for_function("document.activeElement.tagName === 'H1'")
    assert Axe().run(page).response["violations"] == []
    page.click(".back a")
    page.wait_for_selector(f"#card-{task}")
    case = site.services.engine.user_tasks.get(site.members["reviewer"].actor, task).task.instance_key
    for path in ("/", "/inbox/", f"/inbox/tasks/{task}", "/cases/", f"/cases/{case}", f"/cases/{case}?tab=journal"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
