"""Deployed decisions that import others: what they mean is frozen with them."""

from __future__ import annotations

import pytest

from engine.process_engine import ProcessEngine
from engine.services.answers import Resource
from engine.services.errors import DeploymentRefused
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start, user_task

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def rule_task(id_: str, decision: str) -> tuple[str, str]:
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="answer"/>'
    extension = f"<bpmn:extensionElements>{called}</bpmn:extensionElements>"
    return id_, f'<bpmn:businessRuleTask id="{id_}">{extension}{{flows}}</bpmn:businessRuleTask>'


def model(name: str, *imports: str, text: str) -> Resource:
    """The file `<name>.dmn` of the namespace `urn:<name>` with one decision of the name, that requires the
    decisions of the models it imports."""
    content = "".join(f'<import name="{each}" namespace="urn:{each}" importType="{DMN}"/>' for each in imports)
    required = "".join(
        f'<informationRequirement><requiredDecision href="urn:{each}#{each}"/></informationRequirement>'
        for each in imports
    )
    logic = f"<literalExpression><text>{text}</text></literalExpression>"
    xml = (
        f'<definitions xmlns="{DMN}" name="{name}" namespace="urn:{name}">{content}'
        f'<decision id="{name}" name="{name}">{required}{logic}</decision></definitions>'
    )
    return Resource(f"{name}.dmn", xml.encode())


def base(number: int) -> Resource:
    return model("base", text=str(number))


MIDDLE = model("middle", "base", text="base.base * 10")
TOP = model("top", "middle", "base", text="middle.middle + base.base")
CASE = diagram("p", chain(start(), rule_task("rate", "top"), user_task("look", "clerk"), end()))


def answer(engine: ProcessEngine, business_key: str) -> object:
    case = engine.process_instances.start(clerk, "p", business_key=business_key)
    return engine.history.variables(clerk, case.key).root["answer"]


def test_files_of_one_deployment_import_each_other(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [CASE, TOP, MIDDLE, base(1)])
    assert answer(engine, "AO-1") == 11


def test_a_model_is_imported_as_it_was_last_deployed(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [base(1)])
    engine.deployments.deploy(administrator, [base(2)])
    engine.deployments.deploy(administrator, [CASE, TOP, MIDDLE])
    assert answer(engine, "AO-1") == 22


@pytest.mark.requirement("R074")
def test_a_deployed_decision_goes_on_importing_what_it_was_deployed_with(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [CASE, TOP, MIDDLE, base(1)])
    engine.deployments.deploy(administrator, [base(2)])
    assert answer(engine, "AO-1") == 11


def test_a_process_deployed_later_calls_a_decision_with_the_imports_it_was_deployed_with(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [TOP, MIDDLE, base(1)])
    engine.deployments.deploy(administrator, [base(2), CASE])
    assert answer(engine, "AO-1") == 11


def test_an_imported_model_keeps_its_own_version_of_what_it_imports(engine: ProcessEngine) -> None:
    engine.deployments.deploy(administrator, [MIDDLE, base(1)])
    engine.deployments.deploy(administrator, [CASE, TOP, base(2)])
    assert answer(engine, "AO-1") == 12


def test_what_is_imported_but_nowhere_deployed_is_refused(engine: ProcessEngine) -> None:
    with pytest.raises(DeploymentRefused) as caught:
        engine.deployments.deploy(administrator, [MIDDLE])
    assert "There is no model of the namespace urn:base." in caught.value.message("en")
    assert "没有命名空间为 urn:base 的模型。" in caught.value.message("zh")


def test_files_that_import_each_other_in_a_circle_are_refused(engine: ProcessEngine) -> None:
    circle = model("base", "top", text="1")
    with pytest.raises(DeploymentRefused) as caught:
        engine.deployments.deploy(administrator, [TOP, MIDDLE, circle])
    assert "The models import each other" in caught.value.message("en")


def test_a_file_of_ten_megabytes_is_refused_by_its_size(engine: ProcessEngine) -> None:
    with pytest.raises(DeploymentRefused) as caught:
        engine.deployments.deploy(administrator, [Resource("large.dmn", b" " * 10_000_000)])
    assert "larger than" in caught.value.message("en")
