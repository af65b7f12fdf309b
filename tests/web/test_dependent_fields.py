"""Fields that depend on another in a real Chromium: they come by themselves, and nothing entered is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from cli.demo_paper import paper
from tests.web.browsing import enter
from tests.web.conftest import Site
from tests.web.filing import Filing, filing_at

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

CHARTER: FilePayload = {"name": "公司章程.pdf", "mimeType": "application/pdf", "buffer": paper("charter")}
ABROAD = "[name='documents.abroad']"
CARET = "each => [each.selectionStart, each.selectionEnd]"


@pytest.fixture
def filing(site: Site) -> Filing:
    return filing_at(site)


@pytest.fixture
def page(filing: Filing, address: str, chromium: Browser) -> Iterator[Page]:
    """The task's page, opened by its reviewer; complaints of the browser fail the test."""
    opened = chromium.new_context().new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    enter(opened, address, filing.site, "reviewer")
    opened.goto(f"{address}/inbox/tasks/{filing.task}")
    yield opened
    opened.context.close()
    assert complaints == []


def held_back(page: Page) -> list[Route]:
    """Keep the answers to posted forms waiting until the test lets them go on."""
    waiting: list[Route] = []
    page.route("**/complete*", lambda route: waiting.append(route))  # noqa: PLW0108  Playwright marks the function
    return waiting


def loaded_once(page: Page) -> bool:
    return bool(page.evaluate("window.loadedOnce === true"))


@pytest.mark.requirement("R044")
def test_a_field_appears_with_the_answer_it_depends_on_and_goes_with_it(page: Page) -> None:
    page.evaluate("window.loadedOnce = true")
    assert not page.locator("[data-refresh]").is_visible()
    page.locator("[name=kind]").focus()
    page.select_option("[name=kind]", "abroad")
    page.locator(ABROAD).wait_for()
    expect(page.locator("[name=kind]")).to_be_focused()
    assert not page.locator("[data-refresh]").is_visible()
    page.select_option("[name=kind]", "home")
    page.locator(ABROAD).wait_for(state="detached")
    assert loaded_once(page)


@pytest.mark.requirement("R021", "R044")
def test_what_was_typed_and_chosen_stays_and_can_be_sent(filing: Filing, page: Page, address: str) -> None:
    page.fill("[name=subject]", "开户")
    page.fill("[name='rows[0].note']", "一行备注")
    page.set_input_files("[type=file][name='documents.charter']", [CHARTER])
    page.select_option("[name=kind]", "abroad")
    page.locator(ABROAD).wait_for()
    assert filing.documents == []
    page.get_by_role("button", name="办结").click()
    page.wait_for_url(f"{address}/inbox/?view=mine")
    [document] = filing.documents
    assert document.file_name == "公司章程.pdf"
    assert filing.held["charter"] == [document.id]
    variables = filing.site.services.engine.history.variables(filing.site.members["reviewer"].actor, filing.case).root
    assert (variables["subject"], variables["rows"]) == ("开户", [{"note": "一行备注"}])


def test_who_types_on_meanwhile_loses_neither_text_nor_caret(page: Page) -> None:
    waiting = held_back(page)
    page.select_option("[name=kind]", "abroad")
    subject = page.locator("[name=subject]")
    subject.press_sequentially("开户申请")
    subject.press("ArrowLeft")
    subject.press("ArrowLeft")
    [route] = waiting
    route.continue_()
    page.locator(ABROAD).wait_for()
    expect(subject).to_be_focused()
    assert subject.input_value() == "开户申请"
    assert subject.evaluate(CARET) == [2, 2]


def test_of_two_quick_answers_the_last_one_counts(page: Page) -> None:
    waiting = held_back(page)
    page.select_option("[name=kind]", "abroad")
    page.select_option("[name=kind]", "home")
    page.select_option("[name=kind]", "abroad")
    while len(waiting) < 3:  # each answer asks
        page.wait_for_timeout(10)
    waiting[-1].continue_()
    page.locator(ABROAD).wait_for()
    assert page.locator("[name=kind]").input_value() == "abroad"


def test_without_an_answer_the_button_is_there_for_another_try(page: Page) -> None:
    page.route("**/complete*", lambda route: route.abort())
    page.fill("[name=subject]", "开户")
    page.select_option("[name=kind]", "abroad")
    button = page.locator("[data-refresh]")
    button.wait_for()
    page.unroute("**/complete*")
    button.click()
    page.locator(ABROAD).wait_for()
    assert page.locator("[name=subject]").input_value() == "开户"


def test_where_there_is_no_form_any_more_the_page_says_why(filing: Filing, page: Page) -> None:
    filing.site.services.engine.user_tasks.release(filing.site.members["reviewer"].actor, filing.task)
    page.select_option("[name=kind]", "abroad")
    page.get_by_role("button", name="认领").wait_for()
    assert page.locator("[data-fields]").count() == 0


def test_the_start_page_does_the_same(filing: Filing, address: str, chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    enter(page, address, filing.site, "manager")
    page.goto(f"{address}/start/papers")
    page.evaluate("window.loadedOnce = true")
    page.fill("[name=subject]", "开户")
    page.select_option("[name=kind]", "abroad")
    page.locator(ABROAD).wait_for()
    assert page.locator("[name=subject]").input_value() == "开户"
    assert loaded_once(page)
    page.context.close()


def test_without_scripts_the_button_shows_the_form_anew(filing: Filing, address: str, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    enter(page, address, filing.site, "reviewer")
    page.goto(f"{address}/inbox/tasks/{filing.task}")
    page.select_option("[name=kind]", "abroad")
    page.locator("[data-refresh]").click()
    assert page.locator(ABROAD).is_visible()
    page.context.close()
