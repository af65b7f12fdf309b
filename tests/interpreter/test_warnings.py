"""What expressions and decisions warn of becomes part of what a command did."""

from __future__ import annotations

from engine.decisions import parse_decisions
from engine.model.events import DecisionEvaluated, ExpressionWarned, IncidentRaised
from tests.decisions.models import decision, definitions, table
from tests.interpreter.diagrams import document, end, path, process, rule, script, start
from tests.interpreter.driving import Drive


def warnings_of(case: Drive) -> list[tuple[str, str, str, str | None]]:
    """Element, code, subject and text of each warning."""
    warned = [event for event in case.events if isinstance(event, ExpressionWarned)]
    return [(event.element, event.code, event.subject, event.expression) for event in warned]


def running(element: str, name: str) -> bytes:
    return document(process("p", start(), element, end(), path("s", name, "e")))


def test_an_expression_that_gives_null_says_why_at_its_element_with_its_text() -> None:
    case = Drive(running(script("sum", "=1 + missing", "total"), "sum"))
    assert case.variables == {"total": None}
    assert warnings_of(case) == [
        ("sum", "unknown_name", "missing", "1 + missing"),
        ("sum", "wrong_kinds", "+", "1 + missing"),
    ]


def test_what_a_decision_warns_of_comes_before_its_trace() -> None:
    model = definitions(decision("band", table("UNIQUE", ["score"], ["band"], ("> 10", '"high"'))))
    decisions = parse_decisions(model, "band.dmn").decisions
    case = Drive(running(rule("rate", "band", "band"), "rate"), decisions=decisions)
    assert warnings_of(case) == [("rate", "unknown_name", "score", None)]
    kinds = [type(event) for event in case.events]
    assert kinds.index(ExpressionWarned) < kinds.index(DecisionEvaluated)


def test_the_warnings_before_an_error_are_kept_and_none_is_told_twice() -> None:
    rules = [(">= 0", '"a"'), ("-", "missing"), ("-", '"b"')]
    model = definitions(decision("band", table("UNIQUE", ["unknown"], ["band"], *rules)))
    decisions = parse_decisions(model, "band.dmn").decisions
    case = Drive(running(rule("rate", "band", "band"), "rate"), decisions=decisions)
    assert [event.code for event in case.events if isinstance(event, IncidentRaised)] == ["hit_policy_violated"]
    assert [subject for _, _, subject, _ in warnings_of(case)] == ["unknown", "missing"]
