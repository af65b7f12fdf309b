"""Documents in a real Chromium: without scripts, readable by screen readers, harmless when opened."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload

from cli.demo_paper import paper
from tests.web.browsing import enter
from tests.web.conftest import Site
from tests.web.filing import PNG, Filing, attached, file, filing_at

pytestmark = pytest.mark.browser

CHARTER: FilePayload = {"name": "公司章程.pdf", "mimeType": "application/pdf", "buffer": paper("charter")}
FORGED: FilePayload = {"name": "执照.pdf", "mimeType": "application/pdf", "buffer": b"<html><script>1</script></html>"}


@pytest.fixture
def filing(site: Site) -> Filing:
    return filing_at(site)


@pytest.mark.requirement("R021")
def test_documents_are_handed_in_corrected_and_removed_without_scripts(
    filing: Filing, address: str, chromium: Browser
) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    enter(page, address, filing.site, "reviewer")
    page.goto(f"{address}/inbox/tasks/{filing.task}")
    page.fill("[name=subject]", "开户")
    page.set_input_files("[type=file][name='documents.charter']", [CHARTER])
    page.set_input_files("[type=file][name='documents.licence']", [FORGED])
    page.get_by_role("button", name="办结").click()
    assert page.locator("#field-documents-licence-error").is_visible()
    assert page.locator("[name=subject]").input_value() == "开户"
    [document] = filing.documents
    assert attached(page.content(), "documents.charter") == [document.id]
    page.get_by_role("checkbox", name="移除 公司章程.pdf").check()
    page.get_by_role("button", name="上传所选文件").click()
    assert attached(page.content(), "documents.charter") == []
    page.select_option("select[name='documents.charter']", label="公司章程.pdf")
    page.get_by_role("button", name="办结").click()
    page.wait_for_url(f"{address}/inbox/?view=mine")
    page.context.close()
    assert filing.held["charter"] == [document.id]


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_where_documents_are_listed(
    filing: Filing, address: str, chromium: Browser, language: str
) -> None:
    filing.send(documents_charter=[file("章程.pdf"), file("坏.pdf", b"?")])
    page = chromium.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900}).new_page()
    enter(page, address, filing.site, "reviewer", language)
    page.goto(f"{address}/inbox/tasks/{filing.task}")
    page.locator(".task-actions button").first.click()
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    page.goto(f"{address}/cases/{filing.case}?tab=documents")
    page.wait_for_load_state("networkidle")
    found += Axe().run(page).response["violations"]
    page.context.close()
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.requirement("R080")
def test_a_document_opens_in_the_browser_and_knows_nothing_of_the_session(
    filing: Filing, address: str, chromium: Browser
) -> None:
    filing.send(documents_charter=file("执照.png", PNG))
    page = chromium.new_context().new_page()
    enter(page, address, filing.site, "reviewer")
    page.goto(f"{address}/documents/{filing.documents[0].id}")
    assert page.evaluate("self.origin") == "null"  # sandboxed: an origin of its own
    assert page.locator("img").count() == 1
    page.context.close()
