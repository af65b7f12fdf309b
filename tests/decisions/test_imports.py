"""Models that use what other models declare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.decisions import DecisionModel, DecisionRefused, Library, parse_decisions
from engine.decisions.library import MAX_DEPTH
from engine.simulation.library import Library as Play
from tests.decisions.models import NAMESPACE, decision, environment, literal, table

PEOPLE = "urn:people"


def model(namespace: str, *elements: str, imports: Mapping[str, str] | None = None) -> bytes:
    """A file with a namespace; `imports` are namespaces by name."""
    imported = "".join(
        f'<import name="{name}" namespace="{other}" importType="{NAMESPACE}"/>'
        for name, other in (imports or {}).items()
    )
    content = imported + "".join(elements)
    return f'<definitions xmlns="{NAMESPACE}" name="m" namespace="{namespace}">{content}</definitions>'.encode()


def requires(kind: str, namespace: str, id_: str) -> str:
    outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{outer}><required{kind} href="{namespace}#{id_}"/></{outer}>'


PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
)
PERSON_INPUT = '<inputData id="person" name="A Person"><variable name="A Person" typeRef="tPerson"/></inputData>'
GREETING = (
    '<businessKnowledgeModel id="greet" name="Say Hello"><variable name="Say Hello" typeRef="string"/>'
    '<encapsulatedLogic><formalParameter name="who" typeRef="tPerson"/>'
    + literal('"Hello " + who.full name')
    + "</encapsulatedLogic></businessKnowledgeModel>"
)
ADULT = decision(
    "adult", literal("A Person.age >= 18"), name="Is Adult",
    requires='<informationRequirement><requiredInput href="#person"/></informationRequirement>',
)  # fmt: skip
SERVICE = (
    '<decisionService id="judge" name="Judge"><outputDecision href="#adult"/><inputData href="#person"/>'
    "</decisionService>"
)
PEOPLE_FILE = model(PEOPLE, PERSON, PERSON_INPUT, GREETING, ADULT, SERVICE)
ANNE = {"full name": "Anne", "age": 20}


def using(logic: str, *requirements: str, name: str = "people", further: str = "") -> DecisionModel:
    """A model whose decision `d` has the logic and imports the people."""
    xml = model("urn:main", further, decision("d", logic, requires="".join(requirements)), imports={name: PEOPLE})
    return parse_decisions(xml, "main.dmn", {"people.dmn": PEOPLE_FILE})


def value(of: DecisionModel, variables: Mapping[str, Any] | None = None) -> object:
    return of.decisions["d"].evaluate(variables or {}, environment()).value


def test_an_imported_decision_is_read_under_the_name_of_its_import() -> None:
    found = using(literal("people.Is Adult"), requires("Decision", PEOPLE, "adult"))
    result = found.decisions["d"].evaluate({"A Person": ANNE}, environment())
    assert result.value is True
    assert [(record["id"], record.get("model")) for record in result.trace] == [("adult", "m"), ("d", None)]


def test_imported_input_data_is_read_under_the_name_of_its_import() -> None:
    found = using(literal("people.A Person.full name"), requires("Input", PEOPLE, "person"))
    assert value(found, {"A Person": ANNE}) == "Anne"


def test_input_data_of_an_import_may_be_given_in_a_context_under_its_name() -> None:
    found = using(literal("people.A Person.age"), requires("Input", PEOPLE, "person"))
    assert value(found, {"people": {"A Person": ANNE}, "A Person": {"full name": "Bo", "age": 3}}) == 20


def test_imported_input_data_is_checked_by_its_own_types() -> None:
    found = using(literal("people.A Person = null"), requires("Input", PEOPLE, "person"))
    assert value(found, {"A Person": {"full name": "Anne", "age": "twenty"}}) is True


@pytest.mark.parametrize(
    "logic",
    [
        literal("people.Say Hello(x)"),
        literal("people.Say Hello(who: x)"),
        f"<invocation>{literal('people.Say Hello')}"
        f'<binding><parameter name="who"/>{literal("x")}</binding></invocation>',
    ],
)
def test_an_imported_function_is_called_in_every_way(logic: str) -> None:
    assert value(using(logic, requires("Knowledge", PEOPLE, "greet")), {"x": ANNE}) == "Hello Anne"


def test_an_imported_service_is_called_as_a_function() -> None:
    found = using(literal("people.Judge(x)"), requires("Knowledge", PEOPLE, "judge"))
    assert value(found, {"x": ANNE}) is True


def test_imported_types_check_values_and_answer_instance_of() -> None:
    typed = '<inputData id="x" name="x"><variable name="x" typeRef="people.tPerson"/></inputData>'
    reading = '<informationRequirement><requiredInput href="#x"/></informationRequirement>'
    found = using(literal("[x, y instance of people.tPerson]"), reading, further=typed)
    assert value(found, {"x": ANNE, "y": ANNE}) == [ANNE, True]
    assert value(found, {"x": {"age": 1}, "y": {"age": 1}}) == [None, False]


def test_a_type_named_by_an_xml_prefix_is_the_imported_one() -> None:
    xml = model("urn:main", decision("d", literal("x"), type_ref="p:tPerson"), imports={"people": PEOPLE})
    xml = xml.replace(b"<definitions ", f'<definitions xmlns:p="{PEOPLE}" '.encode())
    found = parse_decisions(xml, "main.dmn", {"people.dmn": PEOPLE_FILE})
    assert value(found, {"x": ANNE}) == ANNE
    assert value(found, {"x": 1}) is None


def test_an_import_without_a_name_is_read_as_if_it_were_here() -> None:
    found = using(
        literal("Say Hello(A Person) + string(Is Adult)"), requires("Knowledge", PEOPLE, "greet"),
        requires("Decision", PEOPLE, "adult"), requires("Input", PEOPLE, "person"), name="",
    )  # fmt: skip
    assert value(found, {"A Person": ANNE}) == "Hello Annetrue"


def test_only_what_is_required_of_an_import_is_there() -> None:
    assert value(using(literal("people.Is Adult")), {"A Person": ANNE}) is None


def test_a_model_reached_by_two_ways_is_evaluated_once() -> None:
    def stage(namespace: str) -> bytes:
        asking = decision("s", literal("p.Is Adult"), requires=requires("Decision", PEOPLE, "adult"))
        return model(namespace, asking, imports={"p": PEOPLE})

    xml = model(
        "urn:main",
        decision(
            "d", literal("one.s and two.s"),
            requires=requires("Decision", "urn:1", "s") + requires("Decision", "urn:2", "s"),
        ),
        imports={"one": "urn:1", "two": "urn:2"},
    )  # fmt: skip
    files = {"1.dmn": stage("urn:1"), "2.dmn": stage("urn:2"), "people.dmn": PEOPLE_FILE}
    chosen = parse_decisions(xml, "main.dmn", files).decisions["d"]
    for variables in ({"A Person": ANNE}, {"two": {"p": {"A Person": ANNE}}}):
        result = chosen.evaluate(variables, environment())
        assert result.value is True
        assert [record["id"] for record in result.trace] == ["adult", "s", "s", "d"]


def test_a_decision_knows_the_imported_inputs_it_needs() -> None:
    found = using(literal("people.Is Adult and x"), requires("Decision", PEOPLE, "adult"))
    assert found.decisions["d"].inputs == {"A Person", "x"}


def test_elements_of_imports_do_not_become_elements_of_the_model() -> None:
    assert list(using(literal("1")).decisions) == ["d"]


def refused(xml: bytes, files: Mapping[str, bytes] | Library | None = None) -> str:
    with pytest.raises(DecisionRefused) as caught:
        parse_decisions(xml, "main.dmn", files)
    assert all(problem.element and problem.reason_zh for problem in caught.value.problems)
    return caught.value.message("en")


def of_type(import_type: str) -> bytes:
    return MAIN.replace(f'importType="{NAMESPACE}"'.encode(), f'importType="{import_type}"'.encode())


def requiring(namespace: str, id_: str) -> bytes:
    return model(
        "urn:main", decision("d", literal("1"), requires=requires("Decision", namespace, id_)), imports={"p": PEOPLE}
    )


MAIN = model("urn:main", decision("d", literal("1")), imports={"people": PEOPLE})


@pytest.mark.parametrize(
    ("xml", "files", "reason"),
    [
        (MAIN, {}, "There is no model of the namespace urn:people."),
        (
            MAIN,
            {"a.dmn": PEOPLE_FILE, "b.dmn": PEOPLE_FILE + b" "},
            "Several models have the namespace urn:people: a.dmn, b.dmn.",
        ),
        (
            MAIN,
            {"a.dmn": model(PEOPLE, decision("x", literal("1 +")))},
            "The imported file a.dmn is refused. x: The text '1 +' is not FEEL.",
        ),
        (
            MAIN,
            {"a.dmn": model(PEOPLE, imports={"m": "urn:main"}), "main.dmn": MAIN},
            "The models import each other: main.dmn → a.dmn → main.dmn.",
        ),
        (model("urn:main", imports={"me": "urn:main"}), {}, "The model imports itself"),
        (model("urn:main", imports={"": ""}), {}, "The import has no namespace."),
        (
            of_type("http://www.dmg.org/PMML-4_2"),
            {},
            "Only DMN models can be imported, not http://www.dmg.org/PMML-4_2.",
        ),
        (of_type("http://www.w3.org/2001/XMLSchema"), {}, "Only DMN models can be imported"),
        (
            MAIN.replace(b"<decision ", b'<import name="people" namespace="urn:x"/><decision '),
            {"a.dmn": PEOPLE_FILE},
            "imported twice",
        ),
        (MAIN.replace(b'name="d"', b'name="people"'), {"a.dmn": PEOPLE_FILE}, "The name people is used twice."),
        (requiring("urn:x", "y"), {"a.dmn": PEOPLE_FILE}, "It requires y of urn:x, which is not imported."),
        (
            requiring(PEOPLE, "nobody"),
            {"a.dmn": PEOPLE_FILE},
            "It requires nobody, which the imported model m does not have.",
        ),
        (
            model("urn:main", decision("d", literal("1"), type_ref="p.tNothing"), imports={"p": PEOPLE}),
            {"a.dmn": PEOPLE_FILE},
            "There is no type p.tNothing.",
        ),
        (requiring("other.dmn", "x"), {"a.dmn": PEOPLE_FILE}, "It requires x of other.dmn, which is not imported."),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused_with_the_reason(
    xml: bytes, files: dict[str, bytes], reason: str
) -> None:
    assert reason in refused(xml, files)


def test_the_location_tells_two_models_of_one_namespace_apart() -> None:
    xml = MAIN.replace(b"<import ", b'<import locationURI="../models/b.dmn" ')
    other = model(PEOPLE, decision("adult", literal("2")))
    found = parse_decisions(xml, "main.dmn", {"a.dmn": PEOPLE_FILE, "b.dmn": other})
    assert found.imports[0].model.file.name == "b.dmn"


def test_models_that_import_models_without_end_are_refused() -> None:
    files = {f"{n}.dmn": model(f"urn:{n}", imports={"next": f"urn:{n + 1}"}) for n in range(MAX_DEPTH + 3)}
    assert f"{MAX_DEPTH} models deep" in refused(files["0.dmn"], files)


def test_a_library_keeps_the_models_it_has_read() -> None:
    files = Library({"people.dmn": PEOPLE_FILE})
    first, second = (parse_decisions(MAIN.replace(b"urn:main", name), "m", files) for name in (b"urn:a", b"urn:b"))
    assert first.imports[0].model is second.imports[0].model


def test_a_play_finds_imported_models_in_the_folder_of_the_table(tmp_path: Path) -> None:
    asking = table("UNIQUE", ["people.Is Adult"], ["y"], ("true", '"yes"'))
    main = model(
        "urn:main", decision("d", asking, requires=requires("Decision", PEOPLE, "adult")), imports={"people": PEOPLE}
    )
    (tmp_path / "a_main.dmn").write_bytes(main)
    (tmp_path / "people.dmn").write_bytes(PEOPLE_FILE)
    found = Play.of_folder(tmp_path).decisions["d"]
    assert found.evaluate({"A Person": ANNE}, environment()).value == "yes"
