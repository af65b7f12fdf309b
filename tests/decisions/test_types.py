"""What declared types do to values (DMN 1.5, 7.3.2 and 10.3.2.9.4), in every place that has one."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine.decisions import parse_decisions
from tests.decisions.models import decision, definitions, environment, literal, requires_function, table, take


def item(name: str, content: str, *, collection: bool = False) -> str:
    many = ' isCollection="true"' if collection else ""
    return f'<itemDefinition name="{name}"{many}>{content}</itemDefinition>'


def component(name: str, type_ref: str, *, collection: bool = False) -> str:
    many = ' isCollection="true"' if collection else ""
    return f'<itemComponent name="{name}"{many}><typeRef>{type_ref}</typeRef></itemComponent>'


def of(base: str, allowed: str = "", constraint: str = "") -> str:
    tests = f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    whole = f"<typeConstraint><text>{constraint}</text></typeConstraint>" if constraint else ""
    return f"<typeRef>{base}</typeRef>{tests}{whole}"


TYPES = (
    item("tGrade", of("string", '"A", "B"')),
    item("tGrades", of("tGrade"), collection=True),
    item("tShort", of("number", constraint="count(?) &lt; 3"), collection=True),
    item("tAge", of("number", "[0..150]")),
    item("tParent", of("tAge", "&gt;= 18")),
    item(
        "tPerson",
        component("name", "string") + component("age", "tAge") + component("marks", "number", collection=True),
    ),
    item("tTree", component("value", "number") + component("parts", "tTree", collection=True)),
    item("tCheck", '<functionItem outputTypeRef="boolean"><parameters name="x" typeRef="number"/></functionItem>'),
    item("tAnything", ""),
)
ANNE = {"name": "Anne", "age": 20, "marks": [1, 2]}
TREE = {"value": 1, "parts": [{"value": 2, "parts": []}]}


@pytest.mark.parametrize(
    ("type_ref", "given", "value"),
    [
        ("tGrade", "A", "A"), ("tGrade", "C", None), ("tGrade", ["A"], "A"), ("tGrade", ["A", "B"], None),
        ("tGrades", ["A", "B"], ["A", "B"]), ("tGrades", ["A", "C"], None), ("tGrades", "A", ["A"]),
        ("tGrades", [], []), ("tGrades", ["A", None], ["A", None]),
        ("tShort", [1, 2], [1, 2]), ("tShort", [1, 2, 3], None), ("tShort", 1, [1]),
        ("tAge", 150, 150), ("tAge", 151, None), ("tAge", "20", None), ("tAge", True, None),
        ("tParent", 18, 18), ("tParent", 17, None), ("tParent", 200, None),
        ("tPerson", ANNE, ANNE), ("tPerson", ANNE | {"more": 1}, ANNE | {"more": 1}),
        ("tPerson", {"name": "Anne"}, None), ("tPerson", ANNE | {"age": 200}, None),
        ("tPerson", ANNE | {"age": None}, ANNE | {"age": None}), ("tPerson", ANNE | {"marks": 1}, None),
        ("tTree", TREE, TREE), ("tTree", {"value": 1, "parts": [{"value": "2", "parts": []}]}, None),
        ("tAnything", {"x": [1]}, {"x": [1]}),
        ("number", 1, 1), ("number", [1], 1), ("number", "1", None), ("integer", 1, 1), ("string", "a", "a"),
        ("boolean", 1, None), ("Any", [1, "a"], [1, "a"]), ("list", 1, [1]), ("context", {"a": 1}, {"a": 1}),
        ("date", dt.date(2026, 1, 5), dt.date(2026, 1, 5)),
        ("date and time", dt.date(2026, 1, 5), dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
        ("dateTime", dt.date(2026, 1, 5), dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
        ("date", dt.datetime(2026, 1, 5, tzinfo=dt.UTC), None),
        ("days and time duration", dt.timedelta(days=1), dt.timedelta(days=1)),
        ("feel:string", "a", "a"), ("feel:string", 1, None),
        ("list<number>", [1, 2], [1, 2]), ("list<number>", ["a"], None), ("list<number>", 1, [1]),
        ("list<tGrade>", ["A"], ["A"]), ("context<a: number>", {"a": "b"}, None),
    ],
)  # fmt: skip
def test_a_result_is_made_to_fit_its_declared_type(type_ref: str, given: Any, value: object) -> None:
    xml = definitions(*TYPES, decision("d", literal("x"), type_ref=escape(type_ref)))
    where = environment()
    result = parse_decisions(xml, "file.dmn").decisions["d"].evaluate({"x": given}, where).value
    assert result == value
    assert bool(where.warnings) is (value is None)


@pytest.mark.parametrize(("text", "value"), [("function(x) x &gt; 1", True), ("function(a, b) a", False), ("1", False)])
def test_a_function_type_asks_for_the_number_of_parameters(text: str, value: bool) -> None:
    logic = f"<literalExpression><text>({text}) instance of tCheck</text></literalExpression>"
    assert take(definitions(*TYPES, decision("d", logic)), "d").value is value


@pytest.mark.parametrize(("type_ref", "value"), [("tCheck", True), ("boolean", True), ("number", None)])
def test_a_function_may_be_declared_with_its_own_type_or_that_of_its_result(type_ref: str, value: object) -> None:
    function = (
        f'<businessKnowledgeModel id="f" name="f"><variable name="f" typeRef="{type_ref}"/><encapsulatedLogic>'
        f'<formalParameter name="x"/>{literal("x > 1")}</encapsulatedLogic></businessKnowledgeModel>'
    )
    xml = definitions(*TYPES, function, decision("d", literal("f(2)"), requires=requires_function("f")))
    assert take(xml, "d").value is value


def test_a_type_made_of_itself_answers_instance_of() -> None:
    xml = definitions(*TYPES, decision("d", literal("[x instance of tTree, x.parts[1] instance of tTree]")))
    assert take(xml, "d", {"x": TREE}).value == [True, True]
    assert take(xml, "d", {"x": {"value": 1, "parts": [1]}}).value == [False, False]


def test_parameters_of_declared_types_make_a_value_a_list_and_back() -> None:
    xml = definitions(*TYPES, decision("d", literal('(function(g: tGrades) count(g))("A")')))
    assert take(xml, "d").value == 1


# --- columns of tables ----------------------------------------------------------------------------


def typed_table(policy: str = "FIRST") -> bytes:
    logic = table(policy, ["x"], [("y", '"low", "high"', "")], ("< 5", '"low"'), ("-", '"high"'))
    logic = logic.replace("<inputExpression>", '<inputExpression typeRef="number">')
    logic = logic.replace("</inputExpression>", "</inputExpression><inputValues><text>[0..9]</text></inputValues>")
    return definitions(decision("d", logic))


@pytest.mark.parametrize(("given", "value"), [(4, "low"), (9, "high"), ([4], "low"), (None, "high")])
def test_a_table_takes_the_values_its_input_column_allows(given: Any, value: str) -> None:
    assert take(typed_table(), "d", {"x": given}).value == value


def test_a_value_outside_the_input_values_gives_null_whatever_the_rules_say() -> None:
    where = environment()
    result = parse_decisions(typed_table(), "file.dmn").decisions["d"].evaluate({"x": 10}, where)
    assert result.value is None
    assert (result.trace[0]["note"], result.trace[0]["refused"]) == ("input_not_allowed", ["x"])
    assert [warning.message("en") for warning in where.warnings] == [
        "The value of x is not among those the decision table allows; the result is null."
    ]
    assert "取值范围" in where.warnings[0].message("zh")


def test_a_value_of_another_type_counts_as_null_in_its_column() -> None:
    assert take(typed_table(), "d", {"x": "four"}).value == "high"


def test_an_output_that_does_not_fit_its_column_is_null() -> None:
    logic = table("UNIQUE", ["x"], ["y"], ("1", '"one"'), ("2", "2")).replace('name="y"', 'name="y" typeRef="number"')
    xml = definitions(decision("d", logic))
    assert [take(xml, "d", {"x": x}).value for x in (1, 2)] == [None, 2]


def test_priorities_may_come_from_the_allowed_values_of_the_type() -> None:
    logic = table("PRIORITY", ["x"], ["y"], ("-", '"B"'), ("-", '"A"')).replace('name="y"', 'name="y" typeRef="tGrade"')
    assert take(definitions(*TYPES, decision("d", logic)), "d").value == "A"


# --- DMN 1.1 --------------------------------------------------------------------------------------


def test_dmn_1_1_names_types_by_xml_prefixes() -> None:
    namespace = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
    xml = definitions(
        item("tGrade", of("feel:string", '"A", "B"')),
        '<inputData id="i" name="grade"><variable name="grade" typeRef="me:tGrade"/></inputData>',
        decision(
            "d", literal("grade"),
            requires='<informationRequirement><requiredInput href="#i"/></informationRequirement>',
        ),
        namespace=namespace,
    )  # fmt: skip
    prefixes = b'<definitions namespace="urn:me" xmlns:me="urn:me" xmlns:feel="http://www.omg.org/spec/FEEL/20140401" '
    xml = xml.replace(b"<definitions ", prefixes)
    assert [take(xml, "d", {"grade": grade}).value for grade in ("A", "C", 1)] == ["A", None, None]
