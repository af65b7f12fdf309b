"""The access code a relationship manager hands to a customer who applied at the counter."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from engine.journal import Operation, Outcome
from tests.web.conftest import Site, token

pytestmark = pytest.mark.requirement("R020", "R082")

NUMBER = "AO-20260302-0042"
CODE = re.compile(r"\b(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\b")


@pytest.fixture
def case(site: Site) -> int:
    manager = site.members["manager"].actor
    started = site.services.engine.process_instances.start(
        manager, "errand", business_key=NUMBER, form_data={"subject": "开户"}
    )
    return started.key


def issue(site: Site, case: int, name: str) -> TestResponse:
    client = site.signed_in(name)
    return client.post(f"/cases/{case}/access-code", data={"csrf_token": token(client, f"/cases/{case}")})


def granted(site: Site, code: str) -> bool:
    with site.services.database.reading() as connection:
        return site.services.bank.applications.access_granted(connection, NUMBER, code)


def recorded(site: Site) -> list[Operation]:
    operations = site.services.engine.history.operations(site.members["manager"].actor)
    return [each for each in operations if each.action == "issue_access_code"]


def test_the_code_on_the_page_lets_the_customer_in(site: Site, case: int) -> None:
    page = issue(site, case, "manager").text
    found = CODE.search(page)
    assert found
    assert NUMBER in page
    assert granted(site, found[0])


def test_a_new_code_ends_the_earlier_one(site: Site, case: int) -> None:
    first, second = (CODE.findall(issue(site, case, "manager").text)[0] for _ in range(2))
    assert (granted(site, first), granted(site, second)) == (False, True)


def test_the_issue_is_recorded_without_the_code(site: Site, case: int) -> None:
    [code] = CODE.findall(issue(site, case, "manager").text)
    [operation] = recorded(site)
    assert operation.actor == site.members["manager"].actor
    assert operation.subject["instance_key"] == case
    assert operation.outcome is Outcome.DONE
    assert code not in repr(operation)


def test_a_reviewer_neither_sees_the_button_nor_gets_a_code(site: Site, case: int) -> None:
    assert "access-code" in site.signed_in("manager").get(f"/cases/{case}").text
    assert "access-code" not in site.signed_in("reviewer").get(f"/cases/{case}").text
    answer = issue(site, case, "reviewer")
    assert answer.status_code == 403
    assert CODE.search(answer.text) is None
    [operation] = recorded(site)
    assert (operation.outcome, operation.code) == (Outcome.REFUSED, "action_not_authorised")


def test_no_code_is_issued_for_a_case_that_has_ended(site: Site, case: int) -> None:
    engine, reviewer = site.services.engine, site.members["reviewer"].actor
    [task] = engine.user_tasks.of_case(reviewer, case)
    engine.user_tasks.claim(reviewer, task.key)
    engine.user_tasks.complete(reviewer, task.key, {"subject": "开户"})
    assert issue(site, case, "manager").status_code == 409
    assert recorded(site) == []
