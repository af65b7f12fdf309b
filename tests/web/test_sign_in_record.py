"""Who signed in, and who was refused, stands in the operations log without anything that was typed."""

from __future__ import annotations

import pytest

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
