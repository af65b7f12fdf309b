"""Sign-ins, sign-outs and looks at cases stand in the operations log without anything that was typed."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from engine.journal import Operation, Outcome
from engine.model.actor import ActorKind
from tests.web.conftest import Site, sign_in, token

pytestmark = pytest.mark.requirement("R082")

TYPED = "gu.mingyuan-typed-by-mistake"


def recorded(site: Site, action: str) -> list[Operation]:
    operations = site.services.engine.history.operations(site.members["manager"].actor)
    return [each for each in operations if each.action == action]


def test_a_sign_in_is_recorded_with_person_and_login(site: Site) -> None:
    assert sign_in(site.browser(), "manager", site.members["manager"].password).status_code == 303
    [operation] = recorded(site, "sign_in")
    assert (operation.actor, operation.outcome) == (site.members["manager"].actor, Outcome.DONE)


def test_a_wrong_password_is_recorded_against_the_login_but_not_as_its_person(site: Site) -> None:
    assert sign_in(site.browser(), "manager", TYPED).status_code == 403
    [operation] = recorded(site, "sign_in")
    assert (operation.outcome, operation.code) == (Outcome.REFUSED, "sign_in_refused")
    assert (operation.actor.kind, operation.actor.person) == (ActorKind.SYSTEM, None)
    assert operation.detail == f"login {site.members['manager'].actor.login}"
    assert TYPED not in repr(operation)


def test_an_unknown_name_is_recorded_without_the_name(site: Site) -> None:
    assert sign_in(site.browser(), TYPED, "x").status_code == 403
    [operation] = recorded(site, "sign_in")
    assert (operation.outcome, operation.detail) == (Outcome.REFUSED, "")
    assert TYPED not in repr(operation)


def test_a_changed_password_is_recorded(site: Site) -> None:
    client, password = site.signed_in("manager"), "一句只有我知道的话-2026"
    current = site.members["manager"].password
    data = {"csrf_token": token(client, "/password"), "current": current, "new": password, "repeated": password}
    assert client.post("/password", data=data).status_code == 303
    [operation] = recorded(site, "change_password")
    assert operation.actor == site.members["manager"].actor
    assert password not in repr(operation)


def test_a_refused_change_of_password_is_recorded(site: Site) -> None:
    client = site.signed_in("manager")
    data = {"csrf_token": token(client, "/password"), "current": TYPED, "new": TYPED + "1", "repeated": TYPED + "1"}
    assert client.post("/password", data=data).status_code == 400
    [operation] = recorded(site, "change_password")
    assert (operation.actor, operation.code) == (site.members["manager"].actor, "current_password_wrong")
    assert TYPED not in repr(operation)


def test_a_sign_out_is_recorded(site: Site) -> None:
    client = site.signed_in("manager")
    client.post("/sign-out", data={"csrf_token": token(client, "/password")})
    [operation] = recorded(site, "sign_out")
    assert (operation.actor, operation.outcome) == (site.members["manager"].actor, Outcome.DONE)


def begun(site: Site) -> int:
    manager = site.members["manager"].actor
    started = site.services.engine.process_instances.start(
        manager, "errand", business_key="AO-20260302-0042", form_data={"subject": "开户"}
    )
    return started.key


def test_every_opening_of_a_case_page_is_recorded(site: Site) -> None:
    case, reviewer = begun(site), site.signed_in("reviewer")
    assert recorded(site, "view_case") == []
    for path in (f"/cases/{case}", f"/cases/{case}?tab=data"):
        assert reviewer.get(path).status_code == 200
    first, second = recorded(site, "view_case")
    assert first.actor == second.actor == site.members["reviewer"].actor
    assert (first.subject["instance_key"], first.subject["process_id"]) == (case, "errand")


def test_a_look_at_a_case_that_may_not_be_seen_is_recorded_as_refused(site: Site) -> None:
    assert site.signed_in("reviewer").get("/cases/4711").status_code == 404
    [operation] = recorded(site, "view_case")
    assert (operation.outcome, operation.code, operation.detail) == (Outcome.REFUSED, "not_found", "case 4711")


def test_people_work_on_while_the_log_cannot_be_written(site: Site) -> None:
    case = begun(site)
    with site.services.database.transaction() as transaction:
        transaction.connection.exec_driver_sql("ALTER TABLE operations_log RENAME TO put_away")
    with capture_logs() as lines:
        client = site.signed_in("manager")
        assert client.get(f"/cases/{case}").status_code == 200
    with site.services.database.transaction() as transaction:
        transaction.connection.exec_driver_sql("ALTER TABLE put_away RENAME TO operations_log")
    assert [line["action"] for line in lines if line["event"] == "web.not_recorded"] == ["sign_in", "view_case"]
    assert recorded(site, "view_case") == []
