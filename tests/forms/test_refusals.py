"""Form files that are not accepted, each told to its author in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.forms import FormRefused, parse_form
from engine.forms.parser import MAX_BYTES, MAX_COMPONENTS, MAX_DEPTH


def problems(*components: Any, **root: Any) -> list[tuple[str, str]]:
    return refusals(json.dumps({"id": "sample", "components": list(components), **root}).encode())


def refusals(content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(FormRefused) as caught:
        parse_form(content, "sample.form")
    assert all(problem.reason_en and problem.reason_zh for problem in caught.value.problems)
    return [(problem.element, problem.reason_en) for problem in caught.value.problems]


def text(key: str = "name", **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": "名称", **more}


@pytest.mark.parametrize("kind", ["html", "iframe", "button", "image", "expression", "taglist", "table", "", None])
def test_an_unknown_type_is_refused_by_its_key(kind: object) -> None:
    ((element, reason),) = problems({"type": kind, "key": "name"})
    assert element == "name"
    assert "not supported" in reason


@pytest.mark.parametrize(
    "component",
    [
        text(valuesKey="names"),
        text(validate={"requird": True}),
        text(properties={"requried_when": "=true"}),
        text(layout={"column": 3}),
        text(conditional={"show": "=true"}),
        text(appearance={"colour": "red"}),
        text(decimalDigits=2),
        {"type": "radio", "key": "name", "valuesExpression": "=choices"},
    ],
)
def test_an_attribute_that_would_do_nothing_is_refused(component: dict[str, Any]) -> None:
    assert problems(component)[0][0] == "name"


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (text(conditional={"hide": "=a +"}), "expected"),
        (text(conditional={"hide": "a = 1"}), "beginning with ="),
        (text(validate={"pattern": r"(a)\1"}), "regular expression"),
        (text(validate={"pattern": r"(?=a)a"}), "regular expression"),
        (text(validate={"minLength": -1}), "whole number"),
        (text(validate={"validationType": "iban"}), "validationType"),
        (text(label="=name"), "plain text"),
        (text(label="{{name}}"), "plain text"),
        (text(key="a..b"), "joined by dots"),
        (text(key="$date"), "joined by dots"),
        (text(key="__proto[0]"), "joined by dots"),
        (text(disabled=True, readonly=True), "either disabled or read-only"),
        ({"type": "number", "key": "name", "properties": {"unit": "fen"}}, "two decimal digits"),
        ({"type": "number", "key": "name", "properties": {"unit": "cents"}}, "not known"),
        ({"type": "number", "key": "name", "validate": {"min": "NaN"}}, "a number"),
        ({"type": "datetime", "key": "name", "subtype": "datetime"}, "subtype"),
        ({"type": "select", "key": "name", "values": []}, "listed under values"),
        ({"type": "select", "key": "name", "values": [{"value": 1, "label": "一"}]}, "as text"),
        ({"type": "radio", "key": "name", "values": [{"value": "a", "label": "甲"}] * 2}, "same value"),
        ({"type": "group", "id": "name", "components": []}, "no components"),
        ({"type": "dynamiclist", "id": "name", "components": [text("x")]}, "path must be"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_reason(component: dict[str, Any], words: str) -> None:
    assert any(words in reason for _, reason in problems(component))


def test_two_fields_of_one_key_are_refused_unless_conditions_choose_between_them() -> None:
    twice = [text(id="first"), text(id="second")]
    assert ("name", "The key is used twice.") in problems(*twice)
    choosing = [{**field, "conditional": {"hide": f"=kind = {field['id']!r}".replace("'", '"')}} for field in twice]
    form = parse_form(json.dumps({"id": "sample", "components": choosing}).encode(), "sample.form")
    assert len(list(form.fields())) == 2


def test_a_key_inside_another_fields_value_is_refused() -> None:
    assert ("name.first", "The key lies inside another field's value.") in problems(text(), text("name.first"))


def test_all_problems_are_told_at_once() -> None:
    assert {element for element, _ in problems(text("a", foo=1), {"type": "html", "key": "b"})} == {"a", "b"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"type": "dmn"}', b'{"components": []}'])
def test_what_is_no_form_is_refused(content: bytes) -> None:
    assert refusals(content)


def test_a_form_is_bounded_in_bytes_components_and_depth() -> None:
    assert "larger" in refusals(b" " * (MAX_BYTES + 1))[0][1]
    assert "More than" in problems(*(text(f"f{number}") for number in range(MAX_COMPONENTS + 1)))[0][1]
    nested = text()
    for number in range(MAX_DEPTH + 1):
        nested = {"type": "group", "id": f"g{number}", "components": [nested]}
    assert any("levels" in reason for _, reason in problems(nested))
