"""Decision tables by hit policy, and what the trace says of them."""

from __future__ import annotations

import pytest

from engine.decisions import HitPolicyViolated, parse_decisions
from engine.decisions.document import ZEEBE
from engine.decisions.tables import MAX_MISSED
from engine.feel.errors import StepBudgetSpent, WarningCode
from engine.model.values import dumps, normalise
from tests.decisions.models import decision, definitions, literal, requires_function, table, take
from tests.feel.evaluation import environment

BANDS = ('"high", "medium", "low"',)


def risk(policy: str, *rules: tuple[str, str], default: str = "", aggregation: str = "") -> bytes:
    """A table from `score` to `band`."""
    output = ("band", BANDS[0], default)
    return definitions(decision("risk", table(policy, ["score"], [output], *rules, aggregation=aggregation)))


OVERLAPPING = (("> 10", '"low"'), ("> 20", '"high"'), ("> 30", '"medium"'))


def test_unique_gives_the_one_rule_that_matches() -> None:
    xml = risk("UNIQUE", ("< 10", '"low"'), (">= 10", '"high"'))
    assert take(xml, "risk", {"score": 9}).value == "low"
    assert take(xml, "risk", {"score": 10}).value == "high"


def test_unique_refuses_to_choose_between_two_rules() -> None:
    with pytest.raises(HitPolicyViolated) as caught:
        take(risk("UNIQUE", *OVERLAPPING), "risk", {"score": 25})
    assert caught.value.message("en") == "The decision risk has hit policy UNIQUE, but the rules 1, 2 all match."
    assert "规则 1, 2 同时命中" in caught.value.message("zh")


def test_any_accepts_two_rules_that_agree_and_refuses_two_that_do_not() -> None:
    agreeing = risk("ANY", ("> 1", '"low"'), ("> 2", '"low"'))
    assert take(agreeing, "risk", {"score": 3}).value == "low"
    with pytest.raises(HitPolicyViolated):
        take(risk("ANY", *OVERLAPPING), "risk", {"score": 25})


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        ("FIRST", "low"),
        ("PRIORITY", "high"),
        ("RULE ORDER", ["low", "high", "medium"]),
        ("OUTPUT ORDER", ["high", "medium", "low"]),
        ("COLLECT", ["low", "high", "medium"]),
    ],
)
def test_each_policy_takes_its_own_from_three_matching_rules(policy: str, value: object) -> None:
    assert take(risk(policy, *OVERLAPPING), "risk", {"score": 31}).value == value


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 60), ("MIN", 10), ("MAX", 30), ("COUNT", 3)])
def test_collect_can_aggregate(aggregation: str, value: int) -> None:
    rules = [("-", "10"), ("-", "20"), ("-", "30")]
    xml = definitions(decision("points", table("COLLECT", ["x"], ["p"], *rules, aggregation=aggregation)))
    assert take(xml, "points").value == value


@pytest.mark.parametrize(
    ("aggregation", "outputs"),
    [
        ("SUM", ('"a"', '"b"')),
        ("SUM", ('"a"',)),
        ("SUM", ("1", "null")),
        ("SUM", ("9e6144", "9e6144")),
        ("SUM", ('@"2020-01-01"', '@"P999999999Y"')),
        ("MIN", ("1", '"b"')),
        ("MAX", ("true",)),
    ],
)
def test_outputs_that_cannot_be_aggregated_give_null_and_a_warning(aggregation: str, outputs: tuple[str, ...]) -> None:
    rules = [("-", output) for output in outputs]
    xml = definitions(decision("points", table("COLLECT", ["x"], ["p"], *rules, aggregation=aggregation)))
    where = environment()
    assert parse_decisions(xml, "test.dmn").decisions["points"].evaluate({"x": 1}, where).value is None
    (warning,) = where.warnings
    assert warning.subject == aggregation.lower()


def test_several_output_columns_make_a_context() -> None:
    xml = definitions(
        decision("limits", table("UNIQUE", ["class"], ["single_fen", "daily_fen"], ('"II"', "1000000", "2000000")))
    )
    assert take(xml, "limits", {"class": "II"}).value == {"single_fen": 1_000_000, "daily_fen": 2_000_000}


def test_without_a_match_the_result_is_null_and_the_trace_says_why() -> None:
    result = take(risk("UNIQUE", ("> 10", '"low"')), "risk", {"score": 3})
    assert result.value is None
    (record,) = result.trace
    assert record["note"] == "no_rule_matched"
    assert record["rules"] == []
    missed = {"id": "rule1", "index": 1, "input": 1, "column": "score", "text": "> 10", "matched": False}
    assert record["missed"] == [missed]


def test_without_a_match_the_default_output_is_used_and_noted() -> None:
    result = take(risk("UNIQUE", ("> 10", '"low"'), default='"high"'), "risk", {"score": 3})
    assert result.value == "high"
    assert result.trace[0]["note"] == "default_output"


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        ("UNIQUE", None),
        ("FIRST", None),
        ("PRIORITY", "low"),
        ("COLLECT", [None, "low"]),
        ("RULE ORDER", [None, "low"]),
        ("OUTPUT ORDER", ["low", None]),
    ],
)
def test_an_output_that_is_not_among_the_output_values_is_null_with_a_warning(policy: str, value: object) -> None:
    where = environment()
    rules = [("> 10", '"hgih"')] + ([] if policy == "UNIQUE" else [("> 10", '"low"')])
    model = parse_decisions(risk(policy, *rules), "test.dmn")
    assert model.decisions["risk"].evaluate({"score": 11}, where).value == value
    assert [(warning.code, warning.subject) for warning in where.warnings] == [(WarningCode.NOT_ALLOWED, "band")]


def test_a_default_output_that_is_not_among_the_output_values_is_null_with_a_warning() -> None:
    where = environment()
    model = parse_decisions(risk("UNIQUE", ("> 10", '"low"'), default='"none"'), "test.dmn")
    assert model.decisions["risk"].evaluate({"score": 1}, where).value is None
    assert [warning.code for warning in where.warnings] == [WarningCode.NOT_ALLOWED]


@pytest.mark.parametrize("output", ['"low"', '["high", "low"]', "null", 'if score > 0 then "medium" else 1'])
def test_an_output_among_the_output_values_a_list_of_them_and_null_stay_as_they_are(output: str) -> None:
    where = environment()
    model = parse_decisions(risk("UNIQUE", ("> 10", output)), "test.dmn")
    expected = {'"low"': "low", "null": None, '["high", "low"]': ["high", "low"]}.get(output, "medium")
    assert model.decisions["risk"].evaluate({"score": 11}, where).value == expected
    assert where.warnings == []


def test_a_missing_input_matches_only_cells_that_ask_nothing() -> None:
    xml = risk("FIRST", ("> 10", '"low"'), ("-", '"high"'))
    assert take(xml, "risk").value == "high"


def test_the_trace_names_inputs_and_the_rules_that_fired() -> None:
    xml = definitions(
        decision(
            "eligible",
            table(
                "COLLECT", ["age", "country"], ["reason"],
                ("< 18", "-", '"minor"', "guardian needed"),
                ("-", 'not("CN")', '"foreign"', ""),
                (">= 18", "-", '"adult"', ""),
                notes=True,
            ),
            name="是否符合条件",
        )
    )  # fmt: skip
    result = take(xml, "eligible", {"age": 17, "country": "FR"})
    assert result.value == ["minor", "foreign"]
    (record,) = result.trace
    assert (record["id"], record["name"], record["hit_policy"]) == ("eligible", "是否符合条件", "COLLECT")
    assert [(column["expression"], column["value"]) for column in record["inputs"]] == [
        ("age", 17), ("country", "FR"),
    ]  # fmt: skip
    assert [(rule["id"], rule["index"]) for rule in record["rules"]] == [("rule1", 1), ("rule2", 2)]
    assert record["rules"][0]["annotation"] == "guardian needed"
    assert record["rules"][1]["cells"][1] == {"text": 'not("CN")', "matched": True}
    assert record["output"] == ["minor", "foreign"]


def english(name: str, value: str) -> str:
    properties = f'<z:properties><z:property name="{name}" value="{value}"/></z:properties>'
    return f'<extensionElements xmlns:z="{ZEEBE}">{properties}</extensionElements>'


@pytest.mark.requirement("R088")
def test_the_trace_carries_the_english_texts_of_decision_input_and_rule() -> None:
    logic = table("COLLECT", ["age"], ["reason"], ("< 18", '"minor"'), ("< 21", '"young"'))
    logic = logic.replace("<input>", "<input label='年龄'>" + english("label_en", "Age"), 1)
    logic = logic.replace('<rule id="rule1">', '<rule id="rule1">' + english("annotation_en", "Guardian needed"))
    xml = definitions(decision("eligible", english("name_en", "Eligibility") + logic, name="资格"))
    (record,) = take(xml, "eligible", {"age": 17}).trace
    assert (record["name"], record["name_en"]) == ("资格", "Eligibility")
    assert record["inputs"] == [{"label": "年龄", "label_en": "Age", "expression": "age", "value": 17}]
    assert [rule.get("annotation_en") for rule in record["rules"]] == ["Guardian needed", None]


def test_a_trace_can_be_stored_whatever_the_decision_gives() -> None:
    xml = definitions(decision("odd", table("UNIQUE", ["[1..5]"], ["f"], ("-", "{day: today(), f: abs, r: [1..2]}"))))
    stored = dumps(normalise(take(xml, "odd").trace))
    assert b"2026-11-23" in stored
    assert b"[1..2]" in stored


def test_expressions_in_cells_and_outputs_may_read_other_variables() -> None:
    xml = definitions(decision("d", table("UNIQUE", ["age"], ["x"], (">= least", "age - least"))))
    assert take(xml, "d", {"age": 20, "least": 18}).value == 2


def test_the_trace_names_for_every_missed_rule_the_first_cell_that_was_not_met() -> None:
    rows = [("> 10", '"CN"', "1"), ("<= 10", 'not("CN")', "2"), ("<= 10", '"CN", "HK"', "3")]
    xml = definitions(decision("d", table("UNIQUE", ["score", "country"], ["x"], *rows)))
    (record,) = take(xml, "d", {"score": 3, "country": "CN"}).trace
    assert [(miss["index"], miss["input"], miss["text"]) for miss in record["missed"]] == [
        (1, 1, "> 10"),
        (2, 2, 'not("CN")'),
    ]
    assert [rule["index"] for rule in record["rules"]] == [3]


def test_first_asks_no_rule_after_the_one_that_matches() -> None:
    (record,) = take(risk("FIRST", *OVERLAPPING), "risk", {"score": 15}).trace
    assert [rule["index"] for rule in record["rules"]] == [1]
    assert record["missed"] == []


def test_a_table_of_hundreds_of_rules_keeps_its_trace_short_and_says_how_much_it_left_out() -> None:
    rows = [(f"{number}", f"{number}") for number in range(250)]
    result = take(definitions(decision("d", table("UNIQUE", ["x"], ["y"], *rows))), "d", {"x": 249})
    (record,) = result.trace
    assert result.value == 249
    assert (len(record["missed"]), record["further_missed"]) == (MAX_MISSED, 249 - MAX_MISSED)


def test_a_table_costs_steps_so_that_a_loop_over_it_comes_to_an_end() -> None:
    rows = [(f"{number}", "1") for number in range(300)]
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        f"{table('FIRST', ['x'], ['y'], *rows)}</encapsulatedLogic></businessKnowledgeModel>"
    )
    loop = decision("loop", literal("for i in 1..2000 return k(i)"), requires=requires_function("k"))
    with pytest.raises(StepBudgetSpent):
        take(definitions(knowledge, loop), "loop")
