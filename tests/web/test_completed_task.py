"""A task that has ended, opened again: what was entered is read there, and nothing can be sent any more."""

from __future__ import annotations

import pytest
from lxml import html
from lxml.html import HtmlElement

from tests.web.conftest import Site, token
from tests.web.filing import file, filing_at
from tests.web.test_pages import claimed_task


def facts(page: str) -> dict[str, str]:
    """Labels and values below “What was entered”."""
    tree: HtmlElement = html.fromstring(page)
    [panel] = tree.xpath("//section[h2='填报内容' or h2='What was entered']")
    texts = [" ".join(each.text_content().split()) for each in panel.xpath(".//dt | .//dd")]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def headings(page: str) -> list[str]:
    tree: HtmlElement = html.fromstring(page)
    found: list[HtmlElement] = tree.xpath("//main//h2")
    return [each.text_content() for each in found]


@pytest.mark.requirement("R062")
def test_the_page_of_a_completed_task_shows_the_form_as_it_was_filled_in(site: Site) -> None:
    reviewer = site.signed_in("reviewer")
    key = claimed_task(site, reviewer)
    data = {"csrf_token": token(reviewer, "/"), "subject": "已核对 <b>"}
    assert reviewer.post(f"/inbox/tasks/{key}/complete", data=data).status_code == 303
    page = reviewer.get(f"/inbox/tasks/{key}?view=completed").text
    assert facts(page) == {"事由": "已核对 <b>"}
    assert f"/inbox/tasks/{key}/complete" not in page
    assert headings(page) == ["填报内容", "本步骤说明"]
    assert "已于 2026-03-02 12:00 办结该任务" in page


def test_documents_of_a_completed_task_can_be_opened_from_it(site: Site) -> None:
    filing = filing_at(site)
    filing.send(subject="开户", documents_charter=[file("章程.pdf")], documents_licence=file("执照.pdf"))
    page = filing.page()
    charter, licence = filing.documents
    assert "章程.pdf" in "".join(facts(page).values())
    for each in (charter, licence):
        assert page.count(f"/documents/{each.id}") == 1


def test_a_task_whose_case_was_cancelled_was_not_done(site: Site) -> None:
    reviewer = site.signed_in("reviewer")
    key = claimed_task(site, reviewer)
    manager = site.members["manager"].actor
    [case] = site.services.engine.process_instances.list(manager).rows
    site.services.engine.process_instances.cancel(manager, case.key, "重复")
    page = reviewer.get(f"/inbox/tasks/{key}").text
    assert "终止，未办理" in page
    assert "填报内容" not in headings(page)
