"""The rules of the bank, for all staff: what is in force, how sure it is, who changed it and who agreed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from bank.norms import read_norms
from bank.parameters import CalendarDay, Certainty, Change, ChangeKind, NewValue
from persistence.database import Database
from tests.conftest import TestClock
from tests.web.browsing import serving
from tests.web.conftest import Site, token
from tests.web.opening import at_work, open_bank

NORMS = Path(__file__).parents[2] / "processes" / "norms.json"
TABS = ("", "calendar", "norms", "changes", "parameters/activation_days")


def change(site: Site, number: int, kind: ChangeKind = ChangeKind.PARAMETER, name: str = "activation_days") -> Change:
    manager, reviewer, administrator = (
        site.members[each].actor.person for each in ("manager", "reviewer", "administrator")
    )
    return Change(
        kind=kind,
        name=name,
        business_key=f"PC-20260302-{number:04}",
        proposed_by=manager,
        checked_by=reviewer,
        agreed_by=administrator,
        reason="缩短 <b>激活</b> 期限",
        adopted_at=dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC),
    )


@pytest.fixture
def changed(site: Site) -> Site:
    """A bank that has changed a parameter and its calendar."""
    with site.services.database.transaction() as transaction:
        adopt = site.services.bank.parameters.adopt
        value = NewValue(value=20, source="第 3 次会议纪要", as_of=dt.date(2026, 3, 1), certainty=Certainty.MEDIUM)
        adopt(transaction.connection, change(site, 1), basis=1, value=value)
        days = [CalendarDay(day=dt.date(2026, 3, 3), business_day=False, source="核心系统切换")]
        adopt(transaction.connection, change(site, 2, ChangeKind.CALENDAR, "calendar"), basis=1, days=days)
    return site


def in_english(client: FlaskClient) -> FlaskClient:
    client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "next": "/"})
    return client


@pytest.mark.requirement("R008")
def test_all_staff_see_every_parameter_with_source_date_and_certainty(changed: Site) -> None:
    page = changed.signed_in("reviewer").get("/rules/").text
    for entry in changed.services.bank.parameters.at_version(None, 1):  # type: ignore[arg-type]  # it is in memory
        assert entry.name_zh in page
    assert "第 3 版" in page
    assert "20 天" in page
    assert "第 3 次会议纪要" in page
    assert "2026-03-01" in page
    assert "待合规确认" in page
    assert "10.0 MB" in page


def test_the_rules_are_read_in_english_too(changed: Site) -> None:
    reader = in_english(changed.signed_in("reviewer"))
    page = reader.get("/rules/").text
    assert "Time to activate an account" in page
    assert "20 days" in page
    assert "to be confirmed by compliance" in page
    assert "Guidance on Risk Assessment" in page
    assert "closed" in reader.get("/rules/calendar").text


@pytest.mark.requirement("R008")
def test_a_parameters_page_tells_every_value_who_changed_it_and_who_agreed(changed: Site) -> None:
    page = changed.signed_in("reviewer").get("/rules/parameters/activation_days").text
    assert page.index("20 天") < page.index("30 天")
    for name in ("测试manager", "测试reviewer", "测试administrator"):
        assert name in page
    assert "PC-20260302-0001" in page
    assert "缩短 &lt;b&gt;激活&lt;/b&gt; 期限" in page


def test_the_changes_are_listed_newest_first(changed: Site) -> None:
    page = changed.signed_in("reviewer").get("/rules/changes").text
    assert page.index("PC-20260302-0002") < page.index("PC-20260302-0001")


def test_before_any_change_the_pages_say_so(site: Site) -> None:
    reader = site.signed_in("reviewer")
    assert "没有变更" in reader.get("/rules/changes").text
    assert "法定工作日" in reader.get("/rules/calendar").text


@pytest.mark.parametrize("name", ["interest_rate", "..%2F", "x" * 5000])
def test_a_parameter_the_bank_does_not_have_is_not_found(site: Site, name: str) -> None:
    assert site.signed_in("reviewer").get(f"/rules/parameters/{name}").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_only_who_has_signed_in_reads_the_rules(site: Site, tab: str) -> None:
    answer = site.browser().get(f"/rules/{tab}")
    assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (302, True)


@pytest.mark.requirement("R008", "R083")
@pytest.mark.control("CP2")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_parameter_is_changed_through_the_pages_by_three_persons(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    typed = {
        "proposal.kind": "parameter",
        "proposal.name": "activation_days",
        "proposal.value": "20",
        "proposal.source": "第 3 次会议纪要",
        "proposal.as_of": "2026-03-01",
        "proposal.certainty": "H",
        "proposal.reason": "缩短激活期限",
    }
    checked = {
        "effect_check.checked": ["source_compared", "cases_considered", "rules_considered"],
        "effect_check.effect": "仅影响此后受理的案件",
        "effect_check.decision": "pass",
    }
    agreed = {"change_decision.decision": "agree", "change_decision.reason": "同意"}
    with open_bank(database, clock, tmp_path) as bank:
        analyst = at_work(bank, "process_analyst")
        assert "parameter_change" in analyst.get("/").text
        posted = {"csrf_token": token(analyst, "/"), **typed}
        case = analyst.post("/start/parameter_change", data=posted, follow_redirects=True)
        assert "PC-20260302-0001" in case.text
        for role, form in (("risk_officer", checked), ("process_owner", agreed)):
            reader = at_work(bank, role)
            (task,) = bank.engine.user_tasks.of_case(bank.staff(role), bank.case_key("PC-20260302-0001"))
            page = reader.get(f"/inbox/tasks/{task.key}").text
            assert "30 天" in page
            assert "20 天" in page
            csrf = {"csrf_token": token(reader, "/")}
            assert reader.post(f"/inbox/tasks/{task.key}/claim", data=csrf).status_code == 303
            assert reader.post(f"/inbox/tasks/{task.key}/complete", data={**csrf, **form}).status_code == 303
        page = analyst.get("/rules/parameters/activation_days").text
        assert page.index("20 天") < page.index("30 天")


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1366, 400])
def test_the_rules_are_accessible_and_fit_the_screen(
    changed: Site, chromium: Browser, language: str, width: int
) -> None:
    object.__setattr__(changed.services, "norms", read_norms(NORMS))
    page = chromium.new_context(bypass_csp=True, viewport={"width": width, "height": 900}).new_page()
    with serving(changed.app) as address:
        page.goto(f"{address}/sign-in")
        if language == "en":
            page.click("button[value=en]")
        page.fill("#name", changed.members["reviewer"].login)
        page.fill("#password", changed.members["reviewer"].password)
        page.click("main button")
        for tab in TABS:
            page.goto(f"{address}/rules/{tab}")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
