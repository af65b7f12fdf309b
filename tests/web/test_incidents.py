"""A case that cannot go on says so on its page, and who may try again does it there."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.services.answers import Incident, Resource
from engine.store.states import InstanceState
from persistence.database import Database
from tests.conftest import TestClock
from tests.engine.diagrams import chain, diagram, end, service_task, start
from tests.engine.taking import claim_batch, complete, fail
from tests.web.conftest import token
from tests.web.opening import Opening, at_work, open_bank

NUMBER = "AO-20260302-0042"
ASKING = diagram("asking", chain(start(), service_task("问询", "query-registry", retries=1), end()))
DEAD = diagram(
    "dead",
    '<bpmn:startEvent id="begin"/><bpmn:exclusiveGateway id="choice" default="right"/>'
    '<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:parallelGateway id="join" name="会合"/><bpmn:endEvent id="finish"/>'
    '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="choice"/>'
    '<bpmn:sequenceFlow id="left" sourceRef="choice" targetRef="a">'
    "<bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:sequenceFlow>"
    '<bpmn:sequenceFlow id="right" sourceRef="choice" targetRef="b"/>'
    '<bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="join"/>'
    '<bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="join"/>'
    '<bpmn:sequenceFlow id="f4" sourceRef="join" targetRef="finish"/>',
)
LOST = diagram(
    "lost",
    '<bpmn:startEvent id="begin"/><bpmn:exclusiveGateway id="choice" name="去向"/><bpmn:endEvent id="finish"/>'
    '<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="choice"/>'
    '<bpmn:sequenceFlow id="f2" sourceRef="choice" targetRef="finish">'
    "<bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:sequenceFlow>",
)


@pytest.fixture
def opening(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Opening]:
    with open_bank(database, clock, tmp_path) as opened:
        yield opened


def stopped(opening: Opening, resource: Resource) -> Incident:
    """A case of this process, at its incident."""
    engine = opening.engine
    engine.deployments.deploy(opening.staff("process_owner"), [resource])
    process_id = resource.name.partition(".")[0]
    case = engine.process_instances.start(opening.staff("relationship_manager"), process_id, business_key=NUMBER)
    if resource is ASKING:
        let_it_fail(opening)
    [incident] = engine.incidents.list(opening.staff("account_operator"), instance_key=case.key)
    return incident


def let_it_fail(opening: Opening) -> None:
    """The one attempt at the step fails."""
    [claimed] = claim_batch(opening.engine, "somebody", ["query-registry"], 1, dt.timedelta(minutes=1))
    fail(opening.engine, claimed, "nobody at home")


def try_again(client: FlaskClient, incident: Incident, case: int | None = None) -> TestResponse:
    page = f"/cases/{incident.instance_key}"
    data = {"csrf_token": token(client, page)}
    path = f"/cases/{case or incident.instance_key}/incidents/{incident.key}/resolve"
    return client.post(path, data=data, follow_redirects=True)


def words(page: str) -> str:
    """What a reader reads of the page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def shown_on_the_diagram(page: str) -> str:
    """The marks of the page's diagram."""
    found = re.search(r'data-steps="([^"]*)"', page)
    assert found
    return str(html.unescape(found[1]).encode().decode("unicode_escape"))


def test_the_case_page_shows_the_incident_and_tries_again(opening: Opening) -> None:
    incident, operator = stopped(opening, ASKING), at_work(opening, "account_operator")
    page = words(operator.get(f"/cases/{incident.instance_key}").text)
    for told in ("案件停在此处", "问询", "任务多次执行失败", "nobody at home", "重试"):
        assert told in page
    answer = try_again(operator, incident)
    assert "正在重试" in answer.text
    assert "nobody at home" not in answer.text
    [claimed] = claim_batch(opening.engine, "somebody", ["query-registry"], 1, dt.timedelta(minutes=1))
    complete(opening.engine, claimed, {})
    done = opening.engine.process_instances.get(opening.staff("account_operator"), incident.instance_key)
    assert done.state is InstanceState.COMPLETED


def test_diagram_and_steps_show_where_the_case_stopped_until_it_goes_on(opening: Opening) -> None:
    incident, operator = stopped(opening, ASKING), at_work(opening, "account_operator")
    page = operator.get(f"/cases/{incident.instance_key}").text
    mark = '{"element": "问询", "state": "incident"}'
    assert mark in shown_on_the_diagram(page)
    assert "问询 异常" in words(page)
    page = try_again(operator, incident).text
    assert mark not in shown_on_the_diagram(page)
    assert "问询 进行中" in words(page)


def test_an_english_reader_reads_of_the_incident_in_english(opening: Opening) -> None:
    incident, operator = stopped(opening, ASKING), at_work(opening, "account_operator")
    page = f"/cases/{incident.instance_key}"
    operator.post("/language", data={"csrf_token": token(operator, page), "language": "en", "next": page})
    read = words(operator.get(page).text)
    for told in ("The case cannot go on here", "The job failed on every attempt", "Try again"):
        assert told in read


def test_who_may_not_resolve_learns_of_the_incident_alone(opening: Opening) -> None:
    incident, reviewer = stopped(opening, ASKING), at_work(opening, "reviewer")
    page = words(reviewer.get(f"/cases/{incident.instance_key}").text)
    assert "任务多次执行失败" in page
    assert "nobody at home" not in page
    assert "重试" not in page
    assert try_again(reviewer, incident).status_code == 403
    assert opening.engine.incidents.list(opening.staff("account_operator")) == [incident]


def test_what_trying_again_cannot_mend_is_said_to_be_so(opening: Opening) -> None:
    incident, operator = stopped(opening, DEAD), at_work(opening, "account_operator")
    answer = try_again(operator, incident)
    assert answer.status_code == 200
    assert "重试无效" in answer.text
    assert "并行汇聚无法完成" in answer.text


def test_a_step_that_stops_again_is_said_to_have_stopped_again(opening: Opening) -> None:
    incident, operator = stopped(opening, LOST), at_work(opening, "account_operator")
    assert "已重试，但仍无法继续" in try_again(operator, incident).text
    [again] = opening.engine.incidents.list(opening.staff("account_operator"), instance_key=incident.instance_key)
    assert again.key != incident.key


def test_the_second_of_two_who_try_again_is_told_so(opening: Opening) -> None:
    incident, operator = stopped(opening, ASKING), at_work(opening, "account_operator")
    try_again(operator, incident)
    assert "已有人重试过" in try_again(operator, incident).text


def test_an_incident_belongs_to_its_own_case(opening: Opening) -> None:
    incident, operator = stopped(opening, ASKING), at_work(opening, "account_operator")
    manager = opening.staff("relationship_manager")
    other = opening.engine.process_instances.start(manager, "asking", business_key="AO-20260302-0043")
    assert try_again(operator, incident, case=other.key).status_code == 404
    assert opening.engine.incidents.list(opening.staff("account_operator")) == [incident]
