"""Files that are not accepted, and what their author is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions import DecisionRefused, parse_decisions
from engine.decisions.document import MAX_BYTES
from tests.decisions.models import (
    NAMESPACE,
    decision,
    definitions,
    literal,
    requires_decision,
    requires_function,
    table,
)


def refusal(xml: bytes) -> DecisionRefused:
    with pytest.raises(DecisionRefused) as caught:
        parse_decisions(xml, "file.dmn")
    return caught.value


BOMB = (
    f'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions xmlns="{NAMESPACE}" name="&b;"/>'
).encode()


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<definitions",
        b"<html/>",
        b'<definitions xmlns="urn:something-else"/>',
        BOMB,
        f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="{NAMESPACE}"/>'.encode(),
    ],
)
def test_what_is_not_plain_dmn_is_refused(xml: bytes) -> None:
    assert refusal(xml).problems[0].element == "file.dmn"


def test_a_file_larger_than_any_table_is_refused() -> None:
    assert str(MAX_BYTES) in refusal(b" " * (MAX_BYTES + 1)).message("en")


@pytest.mark.parametrize(
    ("xml", "element", "reason"),
    [
        (definitions(decision("d", literal("1 +"))), "d", "not FEEL"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1 1", "1")))), "rule1", "not FEEL"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1", "")), requires=requires_decision("z"))),
         "d", "not in this file"),
        (definitions(decision("d", literal("1"), requires=requires_function("nowhere"))), "d", "not in this file"),
        (definitions(decision("a", literal("b"), requires=requires_decision("b")),
                     decision("b", literal("a"), requires=requires_decision("a"))), "a", "requires itself"),
        (definitions(decision("d", literal("1")), decision("d", literal("2"))), "d", "twice"),
        (definitions(decision("d", table("PRIORITY", ["x"], ["y"], ("1", "1")))), "d", "output values"),
        (definitions(decision("d", table("BEST", ["x"], ["y"], ("1", "1")))), "d", "no hit policy BEST"),
        (definitions(decision("d", table("UNIQUE", ["x"], ["y"], ("1",)))), "rule1", "one cell per column"),
        (definitions(decision("d", table("COLLECT", ["x"], ["y", "z"], ("1", "1", "1"), aggregation="SUM"))),
         "d", "aggregated"),
        (definitions(decision("d", '<literalExpression expressionLanguage="java"><text>1</text>'
                                   "</literalExpression>")), "d", "not supported"),
        (definitions('<import name="other" namespace="urn:x" importType="dmn"/>'), "other", "Only DMN models"),
        (definitions(decision("d", "<context><contextEntry>" * 40 + literal("1")
                              + "</contextEntry></context>" * 40)), "d", "nested too deeply"),
    ],
)  # fmt: skip
def test_a_problem_names_the_element_the_reason_and_both_languages(xml: bytes, element: str, reason: str) -> None:
    problems = refusal(xml).problems
    assert element in [problem.element for problem in problems]
    assert reason in problems[0].reason_en
    assert problems[0].reason_zh


def test_all_problems_of_a_file_are_said_at_once() -> None:
    rules = [("< (", "1"), ("-", "+")]
    problems = refusal(definitions(decision("d", table("UNIQUE", ["x"], ["y"], *rules)))).problems
    assert [problem.element for problem in problems] == ["rule1", "rule2"]


def is_read(xml: bytes) -> bool:
    try:
        parse_decisions(xml, "file.dmn")
    except DecisionRefused:
        return False
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert not is_read(data)
    inside = b'<definitions xmlns="' + NAMESPACE.encode() + b'">' + data + b"</definitions>"
    assert is_read(inside) is is_read(inside)
