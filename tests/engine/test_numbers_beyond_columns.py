"""A number in a diagram or in a case that no column holds is an incident at its element, not an error of ours."""

from __future__ import annotations

import pytest

from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start
from tests.interpreter.diagrams import element

HIGHEST = 2**63 - 1
BEYOND = str(HIGHEST + 1)


def deployed(engine: ProcessEngine, tag: str, extensions: str) -> None:
    node = "what", element(tag, "what", extensions, "{flows}")
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), node, end()))])


def task(assignment: str) -> str:
    return f"<zeebe:userTask/>{assignment}"


@pytest.mark.parametrize(
    ("tag", "extensions", "attribute"),
    [
        ("userTask", task(f'<zeebe:assignmentDefinition assignee="{BEYOND}"/>'), "assignee"),
        ("userTask", task('<zeebe:assignmentDefinition assignee="=given"/>'), "assignee"),
        ("userTask", task('<zeebe:assignmentDefinition candidateUsers="=&quot;7, &quot; + given"/>'), "candidateUsers"),
        ("userTask", task('<zeebe:priorityDefinition priority="=2147483648"/>'), "priority"),
        ("serviceTask", '<zeebe:taskDefinition type="ask-registry" retries="2147483648"/>', "retries"),
        ("serviceTask", '<zeebe:taskDefinition type="ask-registry" retries="²"/>', "retries"),
    ],
)
def test_a_number_that_no_column_holds_is_an_incident_that_names_it(
    engine: ProcessEngine, tag: str, extensions: str, attribute: str
) -> None:
    deployed(engine, tag, extensions)
    case = engine.process_instances.start(clerk, "p", business_key="A", variables={"given": BEYOND})
    (incident,) = engine.incidents.list(administrator)
    assert (incident.instance_key, incident.element_id, incident.code) == (case.key, "what", "unexpected_result")
    assert attribute in incident.message
    assert BEYOND not in incident.message  # it may be personal data


@pytest.mark.parametrize("assignee", [HIGHEST, clerk.person, "someone"])
def test_every_key_there_can_be_is_taken_and_a_name_is_nobody(engine: ProcessEngine, assignee: object) -> None:
    deployed(engine, "userTask", task('<zeebe:assignmentDefinition assignee="=given"/>'))
    engine.process_instances.start(clerk, "p", business_key="A", variables={"given": assignee})
    assert engine.incidents.list(administrator) == []
    assert len(engine.user_tasks.inbox(clerk, InboxView.MINE).rows) == (assignee == clerk.person)
