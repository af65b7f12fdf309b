"""The pages on a real database with the real engine and the bank's people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from bank.bank import build
from bank.notifications import Outbox
from bank.people import People
from bank.simulators import build_systems
from engine.model.actor import Actor
from engine.model.errors import NotAuthorised
from engine.model.ports import PlainAuthority
from engine.process_engine import ProcessEngine
from engine.services.answers import Resource
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import Keys
from persistence.telemetry.readiness import Readiness, database_answers
from tests.conftest import TestClock
from tests.engine.conftest import EveryDay
from tests.web.browsing import address, chromium
from web import WebServices, WebSettings, create_web

__all__ = ["address", "chromium"]  # fixtures that live beside the browser

HERE = Path(__file__).parent
PROCESS, FORM = HERE / "errand.bpmn", HERE / "errand.form"


class RolesOfThePeople(PlainAuthority):
    """Whoever holds any role may do business."""

    def __init__(self, people: People) -> None:
        self._people = people

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        return self._people.roles(connection, person)

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        return None if self.roles(connection, person) else NotAuthorised(action=action)


@dataclass(frozen=True)
class Member:
    """A person of the tests: how they sign in and who they are to the engine."""

    login: str
    password: str
    actor: Actor


@dataclass
class Site:
    """The running pages and their people."""

    app: Flask
    services: WebServices
    members: dict[str, Member]

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, name: str) -> FlaskClient:
        client = self.browser()
        answer = sign_in(client, self.members[name].login, self.members[name].password)
        assert answer.status_code == 303
        return client


def token(client: FlaskClient, path: str = "/sign-in") -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, follow_redirects=True).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, name: str, password: str) -> TestResponse:
    return client.post("/sign-in", data={"csrf_token": token(client), "name": name, "password": password})


def _members(database: Database, people: People) -> dict[str, Member]:
    roles = {"administrator": "administrator", "manager": "relationship_manager", "reviewer": "reviewer"}
    members: dict[str, Member] = {}
    with database.transaction() as transaction:
        connection, first = transaction.connection, None
        for name, role in roles.items():
            person = people.add(connection, name_zh=f"测试{name}", name_en=f"Test {name}")
            login, password = people.logins.add(connection, person.key, name, must_change_password=False)
            people.grant(connection, person.key, role, by=first)
            first = first or person.key
            members[name] = Member(login.name, password, Actor.staff(person.key, login.key))
    return members


@pytest.fixture
def site(database: Database, tmp_path: Path, clock: TestClock) -> Site:
    """The pages on each kind of database."""
    bank = build(clock, tmp_path)
    members = _members(database, bank.people)
    given: dict[str, str] = {}
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOfThePeople(bank.people),
        calendar=EveryDay(),
        handlers={},
        resources=None,
        attachments=bank.documents,
    )
    services = WebServices(
        engine=engine,
        bank=bank,
        outbox=Outbox(database, clock, build_systems(tmp_path).mail),
        database=database,
        clock=clock,
        number_for=lambda request, prefix: given.setdefault(request, f"{prefix}-20260302-{len(given) + 1:04}"),
        handlers={},
        readiness=Readiness({"database": lambda: database_answers(database)}),
    )
    resources = [Resource(path.name, path.read_bytes()) for path in (PROCESS, FORM)]
    engine.deployments.deploy(members["administrator"].actor, resources)
    settings = WebSettings(secret_key="for tests only", sign_in_limit="20 per minute")
    return Site(create_web(services, settings), services, members)
