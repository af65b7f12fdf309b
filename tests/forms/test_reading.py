"""A form that was filled in, read again: every value with its label, nothing to fill in."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from lxml.html import HtmlElement

from engine.forms import Form
from tests.forms.submissions import CASE, NAMES, VALID, bank_form, environment, form_of
from web.forms import DocumentView, render_values


def page(form: Form, variables: dict[str, Any], language: str = "zh", **documents: DocumentView) -> HtmlElement:
    markup = render_values(form, variables, language=language, documents=documents)
    tree: HtmlElement = html.fromstring(f"<div>{markup}</div>")
    return tree


def texts(tree: HtmlElement, tag: str) -> list[str]:
    """What stands in all elements of a kind."""
    found: list[HtmlElement] = tree.xpath(f".//{tag}")
    return [" ".join(each.text_content().split()) for each in found]


def read(form: Form, variables: dict[str, Any], language: str = "zh") -> dict[str, str]:
    """Labels with the text beside them."""
    tree = page(form, variables, language)
    return dict(zip(texts(tree, "dt"), texts(tree, "dd"), strict=True))


def field(kind: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": label, "properties": {"label_en": f"{key} in English"}, **more}


DECISION = field(
    "select",
    "decision",
    "结论",
    values=[{"label": "同意", "value": "approve"}, {"label": "拒绝", "value": "reject"}],
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_ships_can_be_read_after_it_was_filled_in(name: str, language: str) -> None:
    form = bank_form(name)
    variables = form.validate(VALID[name], CASE.get(name, {}), environment())
    shown = read(form, variables, language)
    assert shown
    assert all(label and value for label, value in shown.items())
    assert "<input" not in render_values(form, variables, language=language)


def test_a_choice_reads_as_its_label_and_money_as_yuan() -> None:
    fee = field("number", "fee_fen", "费用", decimalDigits=2)
    fee["properties"]["unit"] = "fen"
    assert read(form_of(DECISION, fee), {"decision": "reject", "fee_fen": 1234567}) == {
        "结论": "拒绝",
        "费用": "12,345.67",
    }


def test_what_was_left_empty_is_not_shown_and_no_is() -> None:
    form = form_of(field("textfield", "note", "备注"), field("checkbox", "urgent", "加急"))
    assert read(form, {"note": None, "urgent": False}) == {"加急": "否"}
    assert render_values(form, {"note": None}, language="zh") == ""


def test_only_what_the_form_declares_is_shown() -> None:
    variables = {"decision": "approve", "suspicion": "秘密"}
    assert read(form_of(DECISION), variables) == {"结论": "同意"}


def test_of_two_fields_with_one_key_the_one_that_offers_the_value_is_shown() -> None:
    first = {**DECISION, "id": "first", "conditional": {"hide": "=again"}}
    second = {**DECISION, "id": "second", "label": "复核结论", "conditional": {"hide": "=not(again)"}}
    other = {**second, "values": [{"label": "退回", "value": "return"}]}
    assert read(form_of(first, other), {"decision": "return"}) == {"复核结论": "退回"}
    assert read(form_of(first, second), {"decision": "approve"}) == {"结论": "同意"}


def test_rows_are_numbered_and_text_is_escaped() -> None:
    name = field("textfield", "name", "姓名")
    owners = form_of({"type": "dynamiclist", "path": "owners", "label": "股东", "components": [name]})
    tree = page(owners, {"owners": [{"name": "<b>甲</b>"}, {"name": "乙"}]})
    assert texts(tree, "h3") + texts(tree, "h4") == ["股东", "第 1 行", "第 2 行"]
    assert texts(tree, "dd") == ["<b>甲</b>", "乙"]


def test_a_file_reads_as_its_name_and_opens_only_where_the_reader_may_look() -> None:
    papers = form_of(field("filepicker", "papers", "资料", multiple=True))
    known = {"1": DocumentView("执照.pdf", "1 MB", "/documents/1"), "2": DocumentView("章程.pdf")}
    tree = page(papers, {"papers": ["1", "2", "3"]}, "en", **known)
    assert tree.xpath(".//a/@href") == ["/documents/1"]
    assert texts(tree, "li") == ["执照.pdf (opens in a new tab) 1 MB", "章程.pdf", "Attached 3"]
