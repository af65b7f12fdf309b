"""What a deployment is told although nothing is refused."""

from __future__ import annotations

from engine.model.actor import Action
from engine.process_engine import ProcessEngine
from engine.services.answers import Resource
from tests.decisions.models import decision, definitions, table
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import diagram


def branches(first: str, second: str) -> Resource:
    def script(id_: str, variable: str) -> str:
        return (
            f'<bpmn:scriptTask id="{id_}" name="{id_.upper()}"><bpmn:extensionElements>'
            f'<zeebe:script expression="=1" resultVariable="{variable}"/></bpmn:extensionElements></bpmn:scriptTask>'
        )

    flows = [("begin", "fork"), ("fork", "a"), ("fork", "b"), ("a", "join"), ("b", "join"), ("join", "finish")]
    return diagram(
        "branches",
        '<bpmn:startEvent id="begin"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>'
        + '<bpmn:endEvent id="finish"/>'
        + script("a", first)
        + script("b", second)
        + "".join(f'<bpmn:sequenceFlow id="{s}-{t}" sourceRef="{s}" targetRef="{t}"/>' for s, t in flows),
    )


def test_branches_that_write_one_variable_are_deployed_with_a_warning_that_is_kept(engine: ProcessEngine) -> None:
    result = engine.deployments.deploy(administrator, [branches("x", "x")])
    (warning,) = result.warnings
    assert result.created
    assert (warning.process_id, warning.code, warning.elements) == ("branches", "shared_write", ("a", "b"))
    assert "A (a), B (b)" in warning.text("en")
    assert warning.text("zh").startswith("branches.bpmn: 并行分支写入同一变量 x")
    lines = engine.history.operations(clerk)
    assert [(line.action, line.code, line.subject["element_id"]) for line in lines] == [
        (Action.DEPLOY, "shared_write", "a"),
        (Action.DEPLOY, "", None),
    ]
    assert result.content_hash in lines[1].detail


def test_the_same_content_again_gives_the_same_warnings_and_no_further_lines(engine: ProcessEngine) -> None:
    first = engine.deployments.deploy(administrator, [branches("x", "x")])
    again = engine.deployments.deploy(administrator, [branches("x", "x")])
    assert (again.created, again.warnings) == (False, first.warnings)
    assert len(engine.history.operations(clerk)) == 2


def test_branches_with_variables_of_their_own_are_deployed_without_warning(engine: ProcessEngine) -> None:
    assert engine.deployments.deploy(administrator, [branches("x", "y")]).warnings == ()


def test_what_is_found_in_a_decision_table_is_deployed_with_a_warning_that_is_kept(engine: ProcessEngine) -> None:
    rules = [("<= 10", '"low"'), (">= 10", '"high"')]
    file = Resource(
        "bands.dmn", definitions(decision("band", table("UNIQUE", ["score"], ["band"], *rules), name="等级"))
    )
    result = engine.deployments.deploy(administrator, [file])
    (warning,) = result.warnings
    assert result.created
    assert (warning.decision_id, warning.code) == ("band", "table_overlap")
    assert warning.elements == ("band", "rule1", "rule2")
    assert warning.text("en").startswith(
        "bands.dmn: Decision “等级”: Rules 1 (rule1) and 2 (rule2) match together for score = 10."
    )
    assert warning.text("zh").startswith(
        "bands.dmn: 决策“等级”：规则 1（rule1）和规则 2（rule2）会同时命中，例如 score = 10。"
    )
    lines = engine.history.operations(clerk)
    assert [(line.code, line.subject["process_id"], line.subject["element_id"]) for line in lines] == [
        ("table_overlap", None, "band"),
        ("", None, None),
    ]
