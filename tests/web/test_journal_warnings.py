"""The journal of a case tells what its expressions and decisions warned of, and which cells decided."""

from __future__ import annotations

import pytest

from engine.services.answers import Resource
from tests.decisions.models import decision, definitions, table
from tests.interpreter.diagrams import document, element, end, path, process, rule, script, start
from tests.web.conftest import Site, token
from tests.web.test_case_page import words

DIAGRAM = document(
    process(
        "p",
        start(),
        script("sum", "=takings + missing", "total"),
        rule("rate", "band", "band"),
        element("userTask", "wait", '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="reviewer"/>'),
        end(),
        path("s", "sum", "rate", "wait", "e"),
    )
)
BAND = definitions(
    decision(
        "band",
        table(
            "UNIQUE", ["takings", "unknown"], ["band"],
            ("> 100", "-", '"high"'), ("<= 100", "null", '"low"'), ("<= 100", "> 1", '"odd"'),
        ),
    )
)  # fmt: skip


@pytest.fixture
def journal(site: Site) -> dict[str, str]:
    """What a reader of each language reads in the journal."""
    engine, members = site.services.engine, site.members
    resources = [Resource("p.bpmn", DIAGRAM), Resource("band.dmn", BAND)]
    engine.deployments.deploy(members["administrator"].actor, resources)
    manager = members["manager"].actor
    case = engine.process_instances.start(manager, "p", business_key="AO-20260302-0777", variables={"takings": 7})
    client = site.signed_in("manager")
    pages = {"zh": words(client.get(f"/cases/{case.key}?tab=journal").text)}
    client.post("/language", data={"csrf_token": token(client, "/"), "language": "en", "next": "/"})
    return pages | {"en": words(client.get(f"/cases/{case.key}?tab=journal").text)}


@pytest.mark.requirement("R062")
def test_warnings_of_expressions_and_decisions_are_told_in_the_readers_language(journal: dict[str, str]) -> None:
    assert "表达式提示 (3) sum： 没有名为 missing 的变量，按 null 处理。 takings + missing" in journal["zh"]
    assert "rate： 没有名为 unknown 的变量，按 null 处理。" in journal["zh"]
    assert "Warnings (3) sum: There is no variable named missing; it is null. takings + missing" in journal["en"]
    assert "rate: There is no variable named unknown; it is null." in journal["en"]


@pytest.mark.requirement("R062")
def test_the_fired_rule_and_the_cells_that_decided_against_the_others_are_told(journal: dict[str, str]) -> None:
    assert "适用规则 2" in journal["zh"]
    assert "未适用规则 2 条，附首个不满足的条件 第 1 条 · takings： > 100 第 3 条 · unknown： > 1" in journal["zh"]
    assert "Rule 2" in journal["en"]
    told = "Not applied 2 rules, each with its first condition that was not met"
    assert f"{told} No. 1 · takings: > 100 No. 3 · unknown: > 1" in journal["en"]
