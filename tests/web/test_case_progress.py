"""The list of cases and the page of one while its automatic steps run: who applied, where it stands, what moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from persistence.database import Database
from tests.conftest import TestClock
from tests.web.browsing import serving
from tests.web.opening import Opening, apply, at_work, open_bank
from tests.web.test_case_browser import signed_in
from tests.web.test_case_page import case_path, words

ROLE = "team_lead"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def opening(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Opening]:
    with open_bank(database, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
def number(opening: Opening) -> str:
    """A case whose first automatic steps have not run yet."""
    return apply(opening.browser())[0]


@pytest.fixture
def page(opening: Opening, chromium: Browser) -> Iterator[tuple[Page, str]]:
    """A page and where it finds the bank."""
    with serving(opening.app) as address:
        opened = chromium.new_context(reduced_motion="reduce").new_page()
        signed_in(opened, address, opening, "zh")
        yield opened, address
        opened.context.close()


def looks(opening: Opening) -> int:
    """How many looks at cases are on record."""
    lines = opening.engine.history.operations(opening.staff("internal_auditor"), limit=100)
    return sum(line.action == "view_case" for line in lines)


def polled(text: str) -> str | None:
    """The address a page of a case asks again."""
    found = re.search(r'id="case-progress"[^>]* hx-get="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.requirement("R006")
def test_list_and_page_name_the_applicant_and_where_the_case_stands(opening: Opening, number: str) -> None:
    opening.executor.run_until_idle()
    client = at_work(opening, ROLE)
    listing = words(client.get("/cases/").text)
    assert f"{number} 陆知秋 Ⅱ类户 进行中 录入对私信息" in listing
    assert f"{number} · 陆知秋" in words(client.get(case_path(opening, number)).text)


def test_a_case_that_waits_for_a_person_is_not_asked_for_again(opening: Opening, number: str) -> None:
    client = at_work(opening, ROLE)
    assert polled(client.get(case_path(opening, number)).text) is not None
    opening.executor.run_until_idle()
    assert polled(client.get(case_path(opening, number)).text) is None


@pytest.mark.requirement("R082")
def test_a_page_that_follows_its_case_is_one_look_and_prolongs_no_session(opening: Opening, number: str) -> None:
    client = at_work(opening, ROLE)
    again = polled(client.get(case_path(opening, number)).text)
    assert again is not None
    answer = client.get(again)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert looks(opening) == 1


@pytest.mark.requirement("R082")
def test_no_other_look_passes_for_that_one(opening: Opening, number: str, clock: TestClock) -> None:
    client = at_work(opening, ROLE)
    another, _ = apply(opening.browser(), **{"application.applicant_name": "沈砚"})
    again = polled(client.get(case_path(opening, number)).text)
    assert again is not None
    query = again.partition("?")[2]
    client.get(f"{case_path(opening, another)}?{query}")
    at_work(opening, "internal_auditor").get(again)
    client.get(f"{case_path(opening, number)}?look=forged")
    client.get(f"{again}&tab=journal")
    assert looks(opening) == 5


@on_sqlite
@pytest.mark.browser
@pytest.mark.requirement("R071")
def test_the_page_follows_the_case_until_it_waits_for_a_person(
    opening: Opening, number: str, page: tuple[Page, str]
) -> None:
    shown, address = page
    shown.goto(address + case_path(opening, number))
    shown.wait_for_selector(".diagram-shown .step-active[data-element-id=notify_application_received]")
    shown.evaluate("window.loadedOnce = true")
    opening.executor.run_until_idle()
    shown.wait_for_selector("#case-progress:not([data-polled])")
    expect(shown.locator("#case-progress")).to_contain_text("录入对私信息")
    shown.wait_for_selector(".step-completed[data-element-id=notify_application_received]")
    shown.wait_for_selector(".step-active[data-element-id=identify_customer]")
    assert shown.evaluate("window.loadedOnce") is True


@on_sqlite
@pytest.mark.browser
@pytest.mark.requirement("R071", "R072")
def test_states_show_by_badges_and_the_legend_tells_them_from_the_diagrams_own_colours(
    opening: Opening, number: str, page: tuple[Page, str]
) -> None:
    shown, address = page
    opening.executor.run_until_idle()
    shown.goto(address + case_path(opening, number))
    shown.wait_for_selector(".diagram-shown")
    badges = shown.locator(".djs-overlays .step-badge")
    assert set(badges.all_inner_texts()) == {"✓"}
    assert badges.count() == shown.locator(".djs-element.step-completed").count()
    for word in ("进行中", "已完成", "异常", "已中断", "控制点（CP）", "判断与规则", "并行办理", "客户办理"):
        expect(shown.locator(".legend").get_by_text(word, exact=True)).to_be_visible()
