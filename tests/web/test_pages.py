"""A person at the pages: signing in, languages, refusals, a case from start to end."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.services.answers import InboxView
from tests.web.conftest import Site, sign_in, token


def begin(site: Site, client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/start/errand", data={"csrf_token": token(client, "/"), **fields})


def waiting_task(site: Site) -> int:
    return site.services.engine.user_tasks.inbox(site.members["reviewer"].actor, InboxView.GROUPS).rows[0].key


def claimed_task(site: Site, reviewer: FlaskClient, manager: FlaskClient | None = None) -> int:
    begin(site, manager or site.signed_in("manager"), subject="开户")
    key = waiting_task(site)
    reviewer.post(f"/inbox/tasks/{key}/claim", data={"csrf_token": token(reviewer, "/")})
    return key


def test_without_signing_in_every_page_leads_to_the_sign_in_page(site: Site) -> None:
    for path in ("/", "/inbox/", "/cases/", "/start/errand"):
        answer = site.browser().get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in")


def test_a_wrong_password_is_refused_without_saying_what_is_wrong(site: Site) -> None:
    answer = sign_in(site.browser(), "manager", "wrong")
    assert answer.status_code == 403
    assert "用户名或密码不正确" in answer.text


@pytest.mark.requirement("R082")
def test_a_login_is_locked_after_too_many_wrong_passwords_even_for_the_right_one(site: Site) -> None:
    client = site.browser()
    for _ in range(6):
        sign_in(client, "manager", "wrong")
    answer = sign_in(client, "manager", site.members["manager"].password)
    assert answer.status_code == 403
    assert "锁定" in answer.text


def test_signing_in_is_limited_by_address(site: Site) -> None:
    client = site.browser()
    statuses = [sign_in(client, "nobody", "wrong").status_code for _ in range(21)]
    assert statuses[0] == 403
    assert statuses[-1] == 429


def test_signing_in_leads_to_no_other_server(site: Site) -> None:
    client, manager = site.browser(), site.members["manager"]
    data = {"csrf_token": token(client), "name": manager.login, "password": manager.password}
    assert client.post("/sign-in?next=//evil.example/", data=data).headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(site: Site) -> None:
    answer = site.signed_in("manager").post("/start/errand", data={"subject": "x"})
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.requirement("R044")
def test_the_language_can_be_switched_and_stays(site: Site) -> None:
    client = site.browser()
    assert '<html lang="zh-CN">' in client.get("/sign-in").text
    assert "登录" in client.get("/sign-in").text
    client.post("/language", data={"csrf_token": token(client), "language": "en", "next": "/sign-in"})
    page = client.get("/sign-in").text
    assert '<html lang="en">' in page
    assert "Sign in" in page


def test_an_unknown_page_is_said_to_be_unknown_in_the_readers_language(site: Site) -> None:
    answer = site.browser().get("/no-such-page")
    assert answer.status_code == 404
    assert "未找到" in answer.text


def test_every_answer_forbids_inline_scripts_and_framing(site: Site) -> None:
    headers = site.browser().get("/sign-in").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_a_supervisor_of_processes_learns_whether_the_pages_can_serve(site: Site) -> None:
    assert site.browser().get("/health/live").status_code == 200
    assert site.browser().get("/health/ready").json == {"status": "ok", "checks": {"database": "ok"}}


def test_a_missing_field_is_named_and_nothing_starts(site: Site) -> None:
    answer = begin(site, site.signed_in("manager"), subject="")
    assert answer.status_code == 400
    assert "事由" in answer.text
    assert not site.services.engine.process_instances.list(site.members["manager"].actor).rows


def test_a_refused_start_form_uses_no_application_number_up(site: Site) -> None:
    manager = site.signed_in("manager")
    begin(site, manager, subject="")
    begin(site, manager, subject="开户")
    [case] = site.services.engine.process_instances.list(site.members["manager"].actor).rows
    assert case.business_key == "AO-20260302-0001"


def test_a_start_form_sent_twice_starts_one_case_and_takes_one_number(site: Site) -> None:
    client = site.signed_in("manager")
    first, second = (begin(site, client, subject="开户", _idempotency_key="shown-once") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    begin(site, client, subject="开户", _idempotency_key="shown-again")
    listing = client.get("/cases/").text
    assert "AO-20260302-0001" in listing
    assert "AO-20260302-0002" in listing
    assert "AO-20260302-0003" not in listing


def test_an_extra_field_is_refused_and_nothing_starts(site: Site) -> None:
    assert begin(site, site.signed_in("manager"), subject="开户", rating="low").status_code == 400
    assert not site.services.engine.process_instances.list(site.members["manager"].actor).rows


@pytest.mark.requirement("R044", "R049", "R076")
def test_the_task_page_shows_what_to_check_the_norm_and_the_risk(site: Site) -> None:
    reviewer = site.signed_in("reviewer")
    page = reviewer.get(f"/inbox/tasks/{claimed_task(site, reviewer)}").text
    assert all(text in page for text in ("核对事由。", "制度第一条", "事由不实"))


def test_a_task_held_by_another_person_can_be_neither_claimed_nor_completed(site: Site) -> None:
    manager = site.signed_in("manager")
    key = claimed_task(site, site.signed_in("reviewer"))
    data = {"csrf_token": token(manager, "/"), "subject": "x"}
    assert manager.post(f"/inbox/tasks/{key}/claim", data={"csrf_token": data["csrf_token"]}).status_code == 403
    assert manager.post(f"/inbox/tasks/{key}/complete", data=data).status_code == 403


def test_a_task_that_does_not_exist_is_not_found(site: Site) -> None:
    assert site.signed_in("reviewer").get("/inbox/tasks/12345").status_code == 404


@pytest.mark.requirement("R057")
def test_a_case_goes_from_start_to_end_through_the_pages(site: Site) -> None:
    reviewer = site.signed_in("reviewer")
    key = claimed_task(site, reviewer)
    data = {"csrf_token": token(reviewer, "/"), "subject": "已核对"}
    assert reviewer.post(f"/inbox/tasks/{key}/complete", data=data).status_code == 303
    [case] = site.services.engine.process_instances.list(site.members["reviewer"].actor).rows
    assert case.ended_at
    for tab in ("progress", "journal", "data"):
        assert reviewer.get(f"/cases/{case.key}?tab={tab}").status_code == 200
    assert "复核" in reviewer.get(f"/cases/{case.key}").text
    assert "已核对" in reviewer.get(f"/cases/{case.key}?tab=data").text
    assert b"bpmn:process" in reviewer.get(f"/cases/{case.key}/diagrams/errand.bpmn").data


def test_a_task_that_is_done_cannot_be_done_again(site: Site) -> None:
    reviewer = site.signed_in("reviewer")
    key = claimed_task(site, reviewer)
    data = {"csrf_token": token(reviewer, "/"), "subject": "已核对"}
    reviewer.post(f"/inbox/tasks/{key}/complete", data=data)
    assert reviewer.post(f"/inbox/tasks/{key}/complete", data=data).status_code == 409


def test_a_page_that_polls_does_not_prolong_the_session(site: Site) -> None:
    client = site.signed_in("manager")
    client.get("/inbox/")
    assert "Set-Cookie" not in client.get("/inbox/", headers={"HX-Request": "true"}).headers
