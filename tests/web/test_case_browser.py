"""A case of the real process in a real Chromium: the live diagram in the page's language, and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from persistence.database import Database
from tests.conftest import TestClock
from tests.web.browsing import serving
from tests.web.opening import OWN, Opening, apply, at_work, open_bank
from tests.web.test_case_page import case_path
from tests.web.test_incidents import ASKING, stopped

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

ROLE = "team_lead"
SCALE = "new DOMMatrix(getComputedStyle(document.querySelector('.viewport')).transform).a"


@pytest.fixture
def opening(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Opening]:
    with open_bank(database, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
def number(opening: Opening) -> str:
    found, _ = apply(opening.browser())
    opening.work_until(found, "review_documents")
    return found


@pytest.fixture
def served(opening: Opening) -> Iterator[str]:
    """Where the pages are served."""
    with serving(opening.app) as found:
        yield found


def signed_in(page: Page, served: str, opening: Opening, language: str, role: str = ROLE) -> None:
    at_work(opening, role)  # has given the login the password of these tests
    login = opening.staff(role).login
    assert login is not None
    with opening.database.reading() as connection:
        name = opening.bank.people.logins.get(connection, login).name
    page.goto(f"{served}/sign-in")
    if language == "en":
        page.click("button[value=en]")
    page.fill("#name", name)
    page.fill("#password", OWN)
    page.click("main button")
    page.wait_for_url(f"{served}/")


def label(page: Page, element: str) -> str:
    """The element's label as drawn, its lines joined, without spaces."""
    return "".join(page.locator(f"[data-element-id={element}] tspan").all_text_contents()).replace(" ", "")


@pytest.mark.requirement("R071", "R072", "R044")
@pytest.mark.parametrize(
    ("language", "called", "waiting"),
    [("zh", "资料准备与审核", "资料审核"), ("en", "Documents and review", "Review documents")],
)
def test_the_diagram_speaks_the_pages_language_and_leads_into_called_processes(
    opening: Opening, number: str, served: str, chromium: Browser, language: str, called: str, waiting: str
) -> None:
    page = chromium.new_context().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    signed_in(page, served, opening, language)
    page.goto(served + case_path(opening, number))
    page.wait_for_selector(".diagram-shown .step-active[data-element-id=review_application]")
    assert label(page, "review_application") == called.replace(" ", "")
    assert page.locator(".legend-active").is_visible()
    assert page.locator(".bjs-powered-by").is_visible()
    page.locator("[data-element-id=review_application] .djs-hit").first.click()
    page.wait_for_selector(".diagram-shown .step-active[data-element-id=review_documents]")
    assert label(page, "review_documents") == waiting.replace(" ", "")
    assert page.locator(".breadcrumb [aria-current=page]").inner_text() == called
    page.context.close()
    assert complaints == []


def test_the_buttons_change_the_size_of_the_diagram(
    opening: Opening, number: str, served: str, chromium: Browser
) -> None:
    page = chromium.new_context().new_page()
    signed_in(page, served, opening, "en")
    page.goto(served + case_path(opening, number, process="document_review"))
    page.wait_for_selector(".diagram-shown")
    at_first = page.evaluate(SCALE)
    page.get_by_role("button", name="Larger").click()
    assert page.evaluate(SCALE) > at_first
    page.get_by_role("button", name="Whole diagram").click()
    whole = page.evaluate(SCALE)
    page.get_by_role("button", name="Smaller").click()
    assert page.evaluate(SCALE) < whole
    page.context.close()


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_pages_of_a_case_with_everything_unfolded(
    opening: Opening, number: str, served: str, chromium: Browser, language: str
) -> None:
    page = chromium.new_context(bypass_csp=True).new_page()
    signed_in(page, served, opening, language)
    found = {}
    [task] = opening.engine.user_tasks.of_case(opening.staff(ROLE), opening.case_key(number))
    tabs = [case_path(opening, number, tab=tab) for tab in ("progress", "journal", "data", "documents")]
    for path in (*tabs, f"/inbox/tasks/{task.key}", "/password"):
        page.goto(served + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found[path] = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
    page.context.close()
    assert {path: some for path, some in found.items() if some} == {}


def test_the_journal_unfolds_without_scripts(opening: Opening, number: str, served: str, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    signed_in(page, served, opening, "zh")
    page.goto(served + case_path(opening, number, tab="journal"))
    detail = page.locator("details.entry").first
    assert not detail.get_by_text("陆知秋").first.is_visible()
    detail.locator(":scope > summary").click()
    assert detail.get_by_text("陆知秋").first.is_visible()
    page.context.close()


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_where_a_case_has_stopped_and_the_button_needs_no_scripts(
    opening: Opening, served: str, chromium: Browser, language: str
) -> None:
    incident = stopped(opening, ASKING)
    page = chromium.new_context(bypass_csp=True, viewport={"width": 390, "height": 844}).new_page()
    signed_in(page, served, opening, language, "account_operator")
    page.goto(f"{served}/cases/{incident.instance_key}")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    state = page.context.storage_state()
    plain = chromium.new_context(java_script_enabled=False, storage_state=state).new_page()
    plain.goto(f"{served}/cases/{incident.instance_key}")
    plain.get_by_role("button", name="重试" if language == "zh" else "Try again").click()
    told = "该环节正在重试。" if language == "zh" else "The step is being tried again."
    expect(plain.get_by_role("status")).to_contain_text(told)
    page.context.close()
    plain.context.close()
