"""What people type, to the values variables hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import FormInvalid, FormRefused
from tests.forms.submissions import bank_form, environment, form_of


def value(component: dict[str, Any], raw: object) -> object:
    form = form_of({"key": "it", "label": "值", **component})
    return form.validate({"it": raw}, {}, environment())["it"]


def code(component: dict[str, Any], raw: object) -> str:
    with pytest.raises(FormInvalid) as caught:
        value(component, raw)
    return caught.value.errors["it"].code


MONEY = {"type": "number", "decimalDigits": 2, "properties": {"unit": "fen"}, "validate": {"min": 0}}
TEXT = {"type": "textfield"}
CHOICES = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("0", 0), ("0.01", 1), ("1234.5", 123450), ("1,234.56", 123456), ("１２.３", 1230), (19.99, 1999),
        (Decimal("0.29"), 29), (7, 700), ("90071992547409.93", 9007199254740993), ("1.500", 150),
    ],
)  # fmt: skip
def test_yuan_become_exactly_fen(typed: object, fen: int) -> None:
    found = value(MONEY, typed)
    assert found == fen
    assert type(found) is int


@given(st.integers(min_value=0, max_value=10**15))
def test_money_shown_and_typed_again_stays_the_same(fen: int) -> None:
    form = form_of({"key": "it", "label": "值", **MONEY})
    assert form.validate(form.prefill({"it": fen}, environment()), {}, environment()) == {"it": fen}


@pytest.mark.parametrize(
    ("component", "raw", "expected"),
    [
        (MONEY, "0.001", "too_many_decimals"),
        (MONEY, "-1", "too_small"),
        (MONEY, "1e5", "not_a_number"),
        (MONEY, "NaN", "not_a_number"),
        (MONEY, "1,23", "not_a_number"),
        (MONEY, True, "not_a_number"),
        (MONEY, float("inf"), "not_a_number"),
        (MONEY, [1], "not_a_number"),
        ({"type": "number"}, "1.5", "too_many_decimals"),
        ({"type": "number", "validate": {"max": 5}}, "6", "too_large"),
        (TEXT, 5, "not_text"),
        (TEXT, "a\x00b", "control_character"),
        (TEXT, "a\nb", "control_character"),
        (TEXT, "x" * 501, "too_long"),
        ({"type": "textfield", "validate": {"minLength": 3}}, "ab", "too_short"),
        ({"type": "textfield", "validate": {"pattern": "^[0-9]+$"}}, "a1", "pattern"),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "name@host", "not_an_email"),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "tel. 110", "not_a_phone"),
        ({"type": "datetime"}, "2026-02-30", "not_a_date"),
        ({"type": "datetime"}, "02/03/2026", "not_a_date"),
        ({"type": "datetime", "properties": {"latest": "=today()"}}, "2026-03-03", "too_late"),
        ({"type": "datetime", "properties": {"earliest": "=date(12026, 1, 1)"}}, "2026-03-03", "too_early"),
        ({"type": "datetime", "properties": {"latest": "=date(-44, 3, 15)"}}, "2026-03-03", "too_late"),
        ({"type": "checkbox"}, "maybe", "not_a_boolean"),
        ({"type": "radio", "values": CHOICES}, "c", "not_an_option"),
        ({"type": "select", "values": CHOICES}, ["a"], "not_an_option"),
        ({"type": "checklist", "values": CHOICES}, "a", "not_a_list"),
        ({"type": "checklist", "values": CHOICES}, ["a", "c"], "not_an_option"),
        ({"type": "filepicker"}, ["../etc/passwd"], "not_a_document"),
        ({"type": "filepicker"}, ["1", "2"], "too_many_files"),
    ],
)
def test_wrong_values_are_refused_by_reason(component: dict[str, Any], raw: object, expected: str) -> None:
    assert code(component, raw) == expected


@pytest.mark.parametrize(
    ("component", "raw", "expected"),
    [
        (TEXT, "  王芳 ", "王芳"),
        ({"type": "textarea"}, "a\r\nb", "a\nb"),
        (TEXT, "", None),
        ({"type": "number", "decimalDigits": 4}, "33.3333", Decimal("33.3333")),
        ({"type": "datetime"}, "2026-03-02", "2026-03-02"),
        ({"type": "checkbox"}, "true", True),
        ({"type": "checkbox"}, None, False),
        ({"type": "checklist", "values": CHOICES}, ["b", "a", "b"], ["a", "b"]),
        ({"type": "filepicker", "multiple": True}, ["2", "1"], ["2", "1"]),
        ({"type": "filepicker"}, None, []),
    ],
)
def test_values_take_their_canonical_form(component: dict[str, Any], raw: object, expected: object) -> None:
    assert value(component, raw) == expected


@pytest.mark.parametrize("typed", ["\u202e张\u200b伟", "\ufeff张伟\u200f", "张\u2060伟\u2069"])
def test_invisible_signs_are_dropped(typed: str) -> None:
    assert form_of({"key": "name", **TEXT}).validate({"name": typed}, {}, environment()) == {"name": "张伟"}
    required = form_of({"key": "name", **TEXT, "validate": {"required": True}})
    with pytest.raises(FormInvalid):
        required.validate({"name": "\u200b\u2060"}, {}, environment())


def test_zero_counts_as_given() -> None:
    assert value({"type": "number", "validate": {"required": True}}, "0") == 0


def test_an_authors_hint_replaces_the_general_sentence() -> None:
    field = {
        "type": "textfield",
        "validate": {"pattern": "^x$"},
        "properties": {"pattern_hint": "只能是 x。", "pattern_hint_en": "Only x."},
    }
    with pytest.raises(FormInvalid) as caught:
        value(field, "y")
    assert caught.value.errors["it"].text("zh") == "只能是 x。"
    assert caught.value.errors["it"].text("en") == "Only x."


def test_messages_never_repeat_what_was_typed() -> None:
    with pytest.raises(FormInvalid) as caught:
        value(MONEY, "110105194912310021x")
    said = caught.value.message("en") + caught.value.errors["it"].en + caught.value.errors["it"].zh
    assert "1101" not in said


def test_a_pattern_that_would_explode_elsewhere_answers_at_once() -> None:
    assert code({"type": "textfield", "validate": {"pattern": "^(a+)+$"}}, "a" * 400 + "!") == "pattern"


OFFERED = {"type": "textfield", "key": "copy", "label": "名称", "defaultValue": "=given.name"}


def test_a_default_that_is_an_expression_offers_what_the_case_holds_elsewhere() -> None:
    form = form_of(OFFERED)
    assert form.prefill({"given": {"name": "陆知秋"}}, environment()) == {"copy": "陆知秋"}
    assert form.prefill({"given": {"name": "陆知秋"}, "copy": "旧名"}, environment()) == {"copy": "旧名"}
    assert form.prefill({}, environment()) == {"copy": None}


def test_a_default_that_is_an_expression_sees_its_row_before_the_case() -> None:
    row = {"type": "dynamiclist", "path": "rows", "label": "行", "components": [{**OFFERED, "defaultValue": "=name"}]}
    case = {"name": "case", "rows": [{"name": "row"}, {}]}
    assert form_of(row).prefill(case, environment()) == {"rows": [{"copy": "row"}, {"copy": "case"}]}


def test_a_default_that_is_no_expression_is_refused() -> None:
    with pytest.raises(FormRefused):
        form_of({**OFFERED, "defaultValue": "=given."})


def test_nothing_is_offered_against_what_was_typed() -> None:
    form = form_of(OFFERED)
    assert form.validate({"copy": ""}, {"given": {"name": "陆知秋"}}, environment()) == {"copy": None}


@pytest.mark.requirement("R020")
def test_entry_begins_with_the_name_and_number_the_applicant_gave() -> None:
    given = {"applicant_name": "陆知秋", "contact": {"name": "陆知秋", "phone": "13512345678"}}
    another = {**given, "contact": {"name": "陆父", "phone": "13912345678"}}
    enterprise, individual = bank_form("enterprise_application"), bank_form("individual_application")
    assert enterprise.prefill({"application": given}, environment())["application"]["enterprise"]["name"] == "陆知秋"
    entered = individual.prefill({"application": given}, environment())["application"]["individual"]
    assert (entered["name"], entered["phone"]) == ("陆知秋", "13512345678")
    entered = individual.prefill({"application": another}, environment())["application"]["individual"]
    assert (entered["name"], entered["phone"]) == ("陆知秋", None)
