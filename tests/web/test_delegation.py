"""Deputies and absences on their page: one's own, and for team leads everybody's."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.journal import Outcome
from engine.model.actor import Actor
from tests.web.conftest import Member, Site, token


def lead(site: Site) -> Member:
    """A team lead, who signs in as `lead`."""
    people = site.services.bank.people
    with site.services.database.transaction() as transaction:
        connection = transaction.connection
        person = people.add(connection, name_zh="王芳", name_en="Wang Fang")
        login, password = people.logins.add(connection, person.key, "lead", must_change_password=False)
        administrator = site.members["administrator"].actor.person
        people.grant(connection, person.key, "team_lead", by=administrator)
    member = Member(login.name, password, Actor.staff(person.key, login.key))
    site.members["lead"] = member
    return member


def key_of(site: Site, name: str) -> str:
    return str(site.members[name].actor.person)


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client, "/delegation/"), **fields})


TIME = {"first": "2026-03-02", "last": "2026-03-06", "reason": "年休假"}


@pytest.mark.requirement("R082", "R083")
@pytest.mark.control("CP2")
def test_a_person_enters_a_deputy_who_then_sees_it_and_cannot_end_it(site: Site) -> None:
    manager = site.signed_in("manager")
    fields = TIME | {"deputy": key_of(site, "reviewer"), "role": "relationship_manager"}
    assert post(manager, "/delegation/deputies", **fields).status_code == 303
    page = manager.get("/delegation/").text
    assert "2026-03-02 – 2026-03-06" in page
    key = re.search(r"/delegation/deputies/(\d+)/end", page)
    assert key
    deputy = site.signed_in("reviewer")
    assert "测试manager" in deputy.get("/delegation/").text
    assert f"/delegation/deputies/{key[1]}/end" not in deputy.get("/delegation/").text
    refused = post(deputy, f"/delegation/deputies/{key[1]}/end")
    assert refused.status_code == 403
    assert 'role="alert"' in refused.text
    assert post(manager, f"/delegation/deputies/{key[1]}/end").status_code == 303
    assert "2026-03-02 – 2026-03-06" not in manager.get("/delegation/").text


@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
def test_a_refused_delegation_keeps_what_was_typed_and_is_on_record(site: Site) -> None:
    reviewer, key = site.signed_in("reviewer"), key_of(site, "reviewer")
    fields = TIME | {"deputy": key, "role": "reviewer", "person": key_of(site, "manager")}
    answer = post(reviewer, "/delegation/deputies", **fields)
    assert answer.status_code == 403
    assert 'value="年休假"' in answer.text
    [line] = [
        each
        for each in site.services.engine.history.operations(site.members["manager"].actor, outcome=Outcome.REFUSED)
        if each.action == "give_delegation"
    ]
    assert (line.code, line.actor.person) == ("deputy_may_not_give", site.members["reviewer"].actor.person)


@pytest.mark.requirement("R082")
@pytest.mark.control("CP2")
def test_a_team_lead_enters_deputies_and_absences_of_others_and_nobody_else_does(site: Site) -> None:
    lead(site)
    client, manager = site.signed_in("lead"), site.signed_in("manager")
    fields = TIME | {"person": key_of(site, "manager"), "deputy": key_of(site, "reviewer")}
    assert post(client, "/delegation/deputies", **fields, role="relationship_manager").status_code == 303
    assert post(client, "/delegation/absences", **TIME, person=key_of(site, "manager")).status_code == 303
    assert post(manager, "/delegation/absences", **TIME, person=key_of(site, "reviewer")).status_code == 403
    absence = re.search(r"/delegation/absences/(\d+)/end", manager.get("/delegation/").text)
    assert absence
    assert post(manager, f"/delegation/absences/{absence[1]}/end").status_code == 303
    assert post(manager, f"/delegation/absences/{absence[1]}/end").status_code == 409


@pytest.mark.parametrize(
    "changed",
    [{"first": "gestern"}, {"last": ""}, {"last": "9999-12-31"}, {"reason": " "}, {"role": "president"}, {"role": ""}],
)
def test_what_cannot_be_a_delegation_is_refused_with_a_sentence(site: Site, changed: dict[str, str]) -> None:
    manager = site.signed_in("manager")
    fields = TIME | {"deputy": key_of(site, "reviewer"), "role": "relationship_manager"} | changed
    answer = post(manager, "/delegation/deputies", **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "暂无代理登记" in manager.get("/delegation/").text


def test_nobody_comes_to_the_page_without_signing_in(site: Site) -> None:
    for path in ("/delegation/", "/delegation/deputies", "/delegation/absences"):
        client = site.browser()
        answer = client.get(path) if path == "/delegation/" else post(client, path)
        assert answer.status_code in (302, 303)
        assert "/sign-in" in answer.headers["Location"]
