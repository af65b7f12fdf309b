"""The customer's pages in a real Chromium: axe-core objects to nothing, and nothing needs a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from persistence.database import Database
from persistence.schema import metadata
from tests.conftest import TestClock
from tests.web.browsing import serving
from tests.web.opening import SUPPLEMENT, Opening, application, open_bank, paper

PAPER: FilePayload = {"name": "反面.pdf", "mimeType": "application/pdf", "buffer": paper("b")}

pytestmark = pytest.mark.browser


@pytest.fixture
def opening(tmp_path: Path, clock: TestClock) -> Iterator[Opening]:
    database = Database(f"sqlite:///{tmp_path / 'kaihu.db'}")
    metadata.create_all(database.engine)
    with open_bank(database, clock, tmp_path) as opened:
        yield opened
    database.close()


@pytest.fixture
def address(opening: Opening) -> Iterator[str]:
    """Where the pages are served."""
    with serving(opening.app) as found:
        yield found


def fill_in(page: Page, address: str) -> None:
    """The application, typed; the account types appear once the kind is chosen."""
    page.goto(f"{address}/apply")
    page.check('[name="application.kind"][value=individual]')
    button = page.locator('[name="__refresh"]')
    if button.is_visible():  # without scripts
        button.click()
    page.locator('[name="application.account_type"]').wait_for()
    for name, value in application().items():
        field = page.locator(f'[name="{name}"]').first
        kind = field.get_attribute("type") or field.evaluate("each => each.tagName.toLowerCase()")
        if kind == "radio":
            page.check(f'[name="{name}"][value="{value}"]')
        elif kind == "checkbox":
            field.check()
        elif kind == "select":
            field.select_option(value)
        else:
            field.fill(value)


def press(page: Page) -> None:
    """The page's own button."""
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()


@pytest.mark.requirement("R044")
def test_a_customer_needs_no_scripts(opening: Opening, address: str, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    fill_in(page, address)
    press(page)
    number = page.locator("dd").first.inner_text()
    opening.work_until(number, "review_documents")
    opening.work(number, "review_documents", SUPPLEMENT)
    page.goto(f"{address}/status/documents")
    page.set_input_files(
        "[name=id_document]", {"name": "反面.pdf", "mimeType": "application/pdf", "buffer": paper("b")}
    )
    press(page)
    for element in ("review_documents", "approve_fast_lane", "prepare_agreement"):
        opening.work(number, element)
    page.goto(f"{address}/agreement")
    page.fill("#signed_by", "陆知秋")
    page.check("#agreed")
    opening.clock.pass_by(seconds=60)
    press(page)
    opening.work(number, "countersign_agreement")
    opening.work(number, "set_up_account")
    page.goto(address + opening.activation_link())
    press(page)
    assert "guide_customer" in opening.open_elements(number)
    page.context.close()


@pytest.mark.requirement("R044")
def test_what_is_wrong_with_an_application_is_read_out_first(address: str, chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{address}/apply")
    press(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.locator('[name="application.kind"]').first.locator("xpath=ancestor::fieldset")).to_be_focused()
    page.context.close()


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_any_page_of_the_customer(
    opening: Opening, address: str, chromium: Browser, language: str
) -> None:
    page = chromium.new_context(bypass_csp=True, viewport={"width": 390, "height": 844}).new_page()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        found[name] = [each["id"] for each in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found[name].append("wider than a phone")

    page.goto(f"{address}/apply")
    if language == "en":
        page.click("button[value=en]")
    look("apply")
    press(page)
    look("apply with errors")
    page.goto(f"{address}/status")
    look("enter")
    press(page)
    look("enter refused")
    fill_in(page, address)
    press(page)
    look("received")
    number = page.locator("dd").first.inner_text()
    opening.work_until(number, "review_documents")
    opening.work(number, "review_documents", SUPPLEMENT)
    for path in ("/status", "/status/documents", "/status/withdraw", "/activate/unknown", "/status/no-such-page"):
        page.goto(address + path)
        look(path)
    page.goto(f"{address}/status/documents")
    press(page)
    look("documents with errors")
    page.set_input_files("[name=id_document]", PAPER)
    press(page)
    for element in ("review_documents", "approve_fast_lane", "prepare_agreement"):
        opening.work(number, element)
    page.goto(f"{address}/agreement")
    look("agreement")
    press(page)
    look("agreement with errors")
    opening.clock.pass_by(seconds=60)
    page.fill("#signed_by", "陆知秋")
    page.check("#agreed")
    press(page)
    opening.work(number, "countersign_agreement")
    opening.work(number, "set_up_account")
    page.goto(f"{address}/activate")
    look("activate")
    press(page)
    look("activated")
    page.context.close()
    assert {name: some for name, some in found.items() if some} == {}
