"""A generated password is good for one thing: choosing one's own (R082)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Site, sign_in, token

OWN = "一句只有我知道的话-2026"

pytestmark = pytest.mark.requirement("R082")


@pytest.fixture
def generated(site: Site) -> str:
    """The manager's password after an administrator has reset it."""
    member = site.members["manager"]
    assert member.actor.login is not None
    with site.services.database.transaction() as transaction:
        return site.services.bank.people.logins.reset_password(transaction.connection, member.actor.login)


def with_generated_password(site: Site, password: str) -> FlaskClient:
    client = site.browser()
    assert sign_in(client, "manager", password).status_code == 303
    return client


def choose(client: FlaskClient, current: str, new: str, repeated: str | None = None) -> TestResponse:
    data = {"csrf_token": token(client, "/password"), "current": current, "new": new, "repeated": repeated or new}
    return client.post("/password", data=data)


def test_every_page_leads_to_the_choice_of_a_password_first(site: Site, generated: str) -> None:
    client = with_generated_password(site, generated)
    for path in ("/", "/inbox/", "/cases/", "/start/errand", "/sign-in"):
        assert client.get(path).headers.get("Location") == "/password"
    data = {"csrf_token": token(client, "/password"), "subject": "开户"}
    assert client.post("/start/errand", data=data).headers["Location"] == "/password"
    assert not site.services.engine.process_instances.list(site.members["manager"].actor).rows


def test_the_language_can_be_switched_and_the_person_can_leave_before(site: Site, generated: str) -> None:
    client = with_generated_password(site, generated)
    assert client.get("/health/live").status_code == 200
    client.post("/language", data={"csrf_token": token(client, "/password"), "language": "en", "next": "/password"})
    assert "Choose your own password" in client.get("/password").text
    assert client.post("/sign-out", data={"csrf_token": token(client, "/password")}).headers["Location"] == "/sign-in"


def test_with_their_own_password_the_person_stays_signed_in_and_other_browsers_do_not(
    site: Site, generated: str
) -> None:
    client, other = with_generated_password(site, generated), with_generated_password(site, generated)
    assert choose(client, generated, OWN).status_code == 303
    assert client.get("/inbox/").status_code == 200
    assert other.get("/inbox/").headers["Location"].startswith("/sign-in")
    assert sign_in(site.browser(), "manager", generated).status_code == 403
    assert with_generated_password(site, OWN).get("/").status_code == 200


@pytest.mark.parametrize(
    ("new", "repeated", "reason"),
    [("short", None, "密码至少"), ("my-MANAGER-password", None, "密码至少"), (OWN, "another sentence", "不一致")],
)
def test_a_password_that_breaks_the_rule_is_refused_at_its_field(
    site: Site, generated: str, new: str, repeated: str | None, reason: str
) -> None:
    client = with_generated_password(site, generated)
    answer = choose(client, generated, new, repeated)
    assert answer.status_code == 400
    assert reason in answer.text
    assert client.get("/").headers["Location"] == "/password"


def test_the_generated_password_cannot_be_kept_and_a_wrong_one_changes_nothing(site: Site, generated: str) -> None:
    client = with_generated_password(site, generated)
    assert choose(client, generated, generated).status_code == 400
    wrong = choose(client, "wrong", OWN)
    assert wrong.status_code == 400
    assert "当前密码不正确" in wrong.text
    assert sign_in(site.browser(), "manager", OWN).status_code == 403
