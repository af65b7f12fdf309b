"""The pages of a case over the real bank, processes and workers: journal, diagram, assigning, cancelling."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bank.applications import Status
from engine.model.actor import Actor
from engine.services.answers import TaskRow
from engine.store.states import InstanceState
from persistence.database import Database
from tests.conftest import TestClock
from tests.web.conftest import token
from tests.web.opening import Opening, apply, at_work, open_bank
from workers import HANDLERS


@pytest.fixture
def opening(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Opening]:
    with open_bank(database, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
def number(opening: Opening) -> str:
    """A customer's application, waiting for its approval."""
    found, _ = apply(opening.browser())
    opening.work_until(found, "approve_fast_lane")
    return found


def case_path(opening: Opening, number: str, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/cases/{opening.case_key(number)}" + (f"?{asked}" if asked else "")


def waiting_task(opening: Opening, number: str) -> TaskRow:
    [task] = opening.engine.user_tasks.of_case(opening.staff("team_lead"), opening.case_key(number))
    return task


def words(page: str) -> str:
    """What a reader reads of a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.requirement("R062")
def test_the_journal_tells_what_happened_who_did_it_and_why(opening: Opening, number: str) -> None:
    text = words(at_work(opening, "internal_auditor").get(case_path(opening, number, tab="journal")).text)
    assert "提交开户申请 1 · 2026-03-02 12:00:00 · 客户" in text
    assert "办结任务：资料审核" in text
    assert "何思敏（审核人员）" in text
    assert "完成： 资料审核" in text
    assert f"进入： {waiting_task(opening, number).name}" in text
    assert "决策：风险评级" in text
    assert "适用规则" in text
    assert "¥ 8,000.00" in text
    assert "id_document.pdf" in text


def test_the_journal_shows_a_changed_value_before_and_after(opening: Opening, number: str) -> None:
    page = at_work(opening, "internal_auditor").get(case_path(opening, number, tab="journal")).text
    [table] = [each for each in re.findall(r"<table.*?</table>", page, re.DOTALL) if "<caption>开户申请" in each]
    text = words(table)
    assert "变更前 变更后" in text
    assert "个人信息 · 姓名拼音 – LU ZHIQIU" in text
    assert "开户用途" not in text, "what stayed the same is not listed"


@pytest.mark.requirement("R044")
def test_the_journal_speaks_english_to_who_reads_english(opening: Opening, number: str) -> None:
    client = at_work(opening, "regulator")
    client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "next": "/"})
    text = words(client.get(case_path(opening, number, tab="journal")).text)
    assert "Task completed: Review documents" in text
    assert "He Simin (Reviewer)" in text
    assert f"Now at: {waiting_task(opening, number).name_en}" in text


@pytest.mark.requirement("R044")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_journal_names_workers_in_the_readers_language(opening: Opening, number: str, language: str) -> None:
    client = at_work(opening, "regulator")
    client.post("/language", data={"csrf_token": token(client, "/"), "language": language, "next": "/"})
    text = words(client.get(case_path(opening, number, tab="journal")).text)
    handler = HANDLERS["send-notification"]
    assert (f"系统（{handler.name}）" if language == "zh" else f"System ({handler.name_en})") in text
    assert [job_type for job_type in HANDLERS if job_type in text] == []


@pytest.mark.requirement("R044")
def test_the_journal_tells_an_english_reader_in_english_why_a_decision_was_taken(opening: Opening, number: str) -> None:
    client = at_work(opening, "regulator")
    client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "next": "/"})
    page = client.get(case_path(opening, number, tab="journal")).text
    decisions = re.findall(r'<section class="decision">.*?</section>', page, re.DOTALL)
    text = words(" ".join(decisions))
    assert re.findall(r"[\u3000-\u9fff]+", text) == []
    assert "Risk rating FIRST" in text
    assert "Foreign PEP or call-for-action country no" in text
    assert "Guidance on Risk Assessment and Classes of Customers (Yinfa [2013] No. 2)" in text
    assert "Below 45 points Score: < 45" in text
    assert "Factors are missing" not in text, "of the rules that match, only the first had a say"


@pytest.mark.requirement("R043", "R044")
def test_the_help_beside_a_task_speaks_english_to_who_reads_english(opening: Opening, number: str) -> None:
    client = at_work(opening, "supervisor")
    client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "next": "/"})
    page = client.get(f"/inbox/tasks/{waiting_task(opening, number).key}").text
    text = words(" ".join(re.findall(r'<section class="panel guide">.*?</section>', page, re.DOTALL)))
    assert re.findall(r"[\u3000-\u9fff]+", text) == []
    assert "Norm KH-SQ-01 Approval authority, tier one" in text
    assert "Risk Standards relaxed for speed" in text
    assert "Control point CP2" in text
    assert "Target time half a business day" in text


def test_who_has_no_business_with_cases_finds_none(opening: Opening, number: str) -> None:
    client = at_work(opening, "administrator")
    assert client.get(case_path(opening, number)).status_code == 404
    assert client.get(case_path(opening, number, tab="journal")).status_code == 404
    assert number not in client.get("/cases/").text


@pytest.mark.requirement("R071", "R072")
def test_a_called_process_has_its_own_diagram_and_the_way_back(opening: Opening, number: str) -> None:
    client = at_work(opening, "monitoring_officer")
    whole = client.get(case_path(opening, number)).text
    called = case_path(opening, number, process="document_review")
    assert f'href="{called}"' in whole
    page = client.get(called).text
    assert 'aria-current="page">资料准备与审核' in page
    assert f'href="{case_path(opening, number)}"' in page
    assert waiting_task(opening, number).name in page
    key = opening.case_key(number)
    assert client.get(f"/cases/{key}/diagrams/document_review.bpmn").status_code == 200
    assert client.get(f"/cases/{key}/diagrams/aftercare.bpmn").status_code == 404


@pytest.mark.requirement("R082")
def test_a_team_lead_assigns_a_task_to_a_candidate_and_nobody_else_is_offered_to(opening: Opening, number: str) -> None:
    task = waiting_task(opening, number)
    path = f"/inbox/tasks/{task.key}"
    assert "指派给他人" not in at_work(opening, "reviewer").get(path).text
    lead = at_work(opening, "team_lead")
    page = lead.get(path).text
    offered = re.findall(r'<option value="(\d+)">', page)
    supervisor = opening.staff("supervisor").person
    assert offered == [str(supervisor)]
    answer = lead.post(f"{path}/assign", data={"csrf_token": token(lead, "/"), "person": str(supervisor)})
    assert answer.status_code == 303
    assert waiting_task(opening, number).assignee == supervisor
    assert f"指派任务：{task.name} → 罗建国" in words(lead.get(case_path(opening, number, tab="journal")).text)


@pytest.mark.requirement("R082")
def test_assigning_keeps_the_rules_of_candidates_and_authority(opening: Opening, number: str) -> None:
    task, reviewer = waiting_task(opening, number), at_work(opening, "reviewer")
    lead, own = at_work(opening, "team_lead"), opening.staff("reviewer").person
    for client in (reviewer, lead):
        data = {"csrf_token": token(client, "/"), "person": str(own)}
        assert client.post(f"/inbox/tasks/{task.key}/assign", data=data).status_code == 403
    assert waiting_task(opening, number).assignee is None


def test_a_case_is_cancelled_with_a_reason_that_its_journal_keeps(opening: Opening, number: str) -> None:
    supervisor, path = at_work(opening, "supervisor"), case_path(opening, number)
    assert "撤销本案件" in supervisor.get(path).text
    data = {"csrf_token": token(supervisor, "/")}
    without = supervisor.post(f"{path}/cancel", data=data | {"reason": "  "})
    assert without.status_code == 400
    assert "请填写原因" in without.text
    assert supervisor.post(f"{path}/cancel", data=data | {"reason": "客户来电要求终止"}).status_code == 303
    auditor = Actor.customer(number)
    assert opening.engine.process_instances.find(auditor, number).state is InstanceState.CANCELLED
    assert "原因： 客户来电要求终止" in words(supervisor.get(case_path(opening, number, tab="journal")).text)
    assert "撤销本案件" not in supervisor.get(path).text
    with opening.database.reading() as connection:
        application = opening.bank.applications.get(connection, number)
    assert (application.status, application.reason) == (Status.CANCELLED, "客户来电要求终止")


def test_who_may_not_cancel_is_neither_offered_to_nor_obeyed(opening: Opening, number: str) -> None:
    reviewer, path = at_work(opening, "reviewer"), case_path(opening, number)
    assert "撤销本案件" not in reviewer.get(path).text
    data = {"csrf_token": token(reviewer, "/"), "reason": "试试"}
    assert reviewer.post(f"{path}/cancel", data=data).status_code == 403
    assert opening.open_elements(number)


@pytest.mark.requirement("R021")
def test_the_managers_task_is_done_through_the_pages(opening: Opening) -> None:
    number, _ = apply(opening.browser())
    opening.executor.run_until_idle()
    manager = at_work(opening, "relationship_manager")
    task = waiting_task(opening, number)
    page = manager.get("/inbox/?view=groups").text
    assert f'href="/inbox/tasks/{task.key}?view=groups"' in page
    data = {"csrf_token": token(manager, "/")}
    assert manager.post(f"/inbox/tasks/{task.key}/claim", data=data).status_code == 303
    refused = manager.post(f"/inbox/tasks/{task.key}/complete", data=data)
    assert refused.status_code == 400
    assert refused.text.count('role="alert"') == 1, "one summary of what to correct"
    assert refused.text.count("请更正以下内容") == 1
