"""The HTML of forms: every input labelled, everything escaped, errors where they belong, no script needed."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from lxml.html import HtmlElement

from engine.forms import Form, FormInvalid, read_posted
from tests.forms.submissions import CASE, NAMES, VALID, bank_form, environment, form_of
from web.forms import DocumentView, render_fields


def page(
    form: Form,
    data: dict[str, Any] | None = None,
    case: dict[str, Any] | None = None,
    language: str = "zh",
    *,
    checked: bool = False,
) -> HtmlElement:
    case = case or {}
    data = form.prefill(case, environment()) if data is None else data
    errors = None
    if checked:
        with pytest.raises(FormInvalid) as caught:
            form.validate(data, case, environment())
        errors = caught.value.errors
    markup = render_fields(form, data, scope=case, environment=environment(), language=language, errors=errors)
    return html.fromstring(f"<form>{markup}</form>")


def inputs(tree: HtmlElement) -> list[HtmlElement]:
    return tree.xpath(".//input[@type!='hidden'] | .//select | .//textarea")


class Post(dict[str, list[str]]):
    def lists(self) -> Any:
        return self.items()


def posted_by(tree: HtmlElement) -> Post:
    """What a browser would post of the page as it stands."""
    post = Post()
    for name, value in tree.form_values():
        post.setdefault(name, []).append(value)
    return post


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_input_has_a_label_and_every_id_is_unique(name: str, language: str) -> None:
    tree = page(bank_form(name), VALID[name], CASE.get(name), language)
    labelled = {label.get("for") for label in tree.xpath(".//label") if label.text_content().strip()}
    assert inputs(tree)
    for element in inputs(tree):
        assert element.get("id") in labelled, element.get("name")
    ids = tree.xpath(".//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_says_beside_its_fields_is_there_to_be_read(name: str) -> None:
    tree = page(bank_form(name), {}, CASE.get(name), checked=True)
    ids = set(tree.xpath(".//@id"))
    for described in tree.xpath(".//@aria-describedby"):
        assert set(described.split()) <= ids
    for target in tree.xpath(".//*[@data-focus]//a/@href"):
        assert target.removeprefix("#") in ids


@pytest.mark.parametrize("name", NAMES)
def test_a_page_posts_what_it_was_shown_with(name: str) -> None:
    form, case = bank_form(name), CASE.get(name, {})
    read = read_posted(form, posted_by(page(form, VALID[name], case)))
    assert form.validate(read, case, environment()) == form.validate(VALID[name], case, environment())


@pytest.mark.parametrize("name", NAMES)
def test_an_english_page_holds_no_chinese(name: str) -> None:
    text = page(bank_form(name), {}, CASE.get(name), "en", checked=True).text_content()
    assert not [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]


HOSTILE = "\"><script>alert(1)</script>'&{{7*7}}</textarea>"


def test_hostile_values_are_escaped_everywhere() -> None:
    kinds = ("textfield", "textarea", "number", "datetime", "filepicker")
    form = form_of(
        *({"type": kind, "key": kind, "label": kind} for kind in kinds),
        {"type": "radio", "key": "radio", "label": "单选", "values": [{"value": "a", "label": "甲"}]},
        {"type": "textfield", "key": "kept", "label": "只读", "readonly": True},
    )
    data: dict[str, Any] = dict.fromkeys((*kinds, "radio"), HOSTILE) | {"filepicker": [HOSTILE], HOSTILE: "x"}
    tree = page(form, data, {"kept": HOSTILE}, checked=True)
    assert not tree.xpath(".//script")
    assert tree.xpath(".//textarea")[0].text.strip() == HOSTILE
    assert tree.xpath(".//input[@name='textfield']/@value") == [HOSTILE]
    assert HOSTILE in tree.xpath(".//*[contains(@class, 'form-control-plaintext')]")[0].text_content()


def test_hostile_labels_of_a_form_file_are_escaped() -> None:
    form = form_of(
        {
            "type": "select",
            "key": "a",
            "label": "<script>1</script>",
            "description": "<img src=x onerror=1>",
            "values": [{"value": '"><b>', "label": "<i>x</i>"}],
        }
    )
    tree = page(form, {})
    assert not tree.xpath(".//script | .//img | .//b | .//i")


def test_an_error_stands_beside_its_field_and_in_the_summary() -> None:
    form = bank_form("document_review")
    tree = page(form, {"review": {"decision": "reject"}}, language="en", checked=True)
    field = tree.xpath(".//textarea[@name='review.reason']")[0]
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby").split()[0] == "field-review-reason-error"
    assert tree.xpath("string(.//*[@id='field-review-reason-error'])") == "Please fill in this field."
    (link,) = tree.xpath(".//*[@data-focus]//a")
    assert link.get("href") == "#field-review-reason"
    assert link.text_content() == "Conclusion · Reason"


def test_what_was_typed_is_shown_again_even_when_it_is_wrong() -> None:
    form = form_of(
        {"type": "number", "key": "sum_fen", "label": "金额", "decimalDigits": 2, "properties": {"unit": "fen"}}
    )
    tree = page(form, {"sum_fen": "12,3x"}, checked=True)
    assert tree.xpath(".//input[@name='sum_fen']/@value") == ["12,3x"]


def test_rows_are_added_and_removed_by_buttons_that_skip_the_checks() -> None:
    tree = page(bank_form("account_setup"), VALID["account_setup"])
    names = tree.xpath(".//button[@formnovalidate]/@name")
    assert "__add:account_setup.operators" in names
    assert "__remove:account_setup.operators:0" in names


def test_enter_in_a_field_submits_and_never_removes_a_row() -> None:
    tree = page(bank_form("account_setup"), VALID["account_setup"])
    assert tree.xpath(".//button")[0].get("name") is None


def test_only_fields_that_decide_about_others_offer_to_update_the_form() -> None:
    tree = page(bank_form("new_application"), {})
    assert tree.xpath(".//button[@name='__refresh']/@value") == ["application.kind"]


def test_a_hidden_field_is_not_on_the_page() -> None:
    accepted = page(bank_form("document_review"), {"review": {"decision": "accept"}})
    rejected = page(bank_form("document_review"), {"review": {"decision": "reject"}})
    assert not accepted.xpath(".//*[@name='review.reason']")
    assert rejected.xpath(".//*[@name='review.reason']")


def test_required_is_said_to_eyes_and_to_screen_readers() -> None:
    tree = page(bank_form("service_outage"), {}, language="en")
    (label,) = tree.xpath(".//label[@for='field-outage-note']")
    assert "(required)" in label.text_content()
    assert tree.xpath(".//textarea/@aria-required") == ["true"]


def test_fields_of_a_row_stand_side_by_side() -> None:
    tree = page(bank_form("individual_application"), {})
    name = tree.xpath(".//input[@name='application.individual.name']")[0]
    cell = name.getparent()
    assert "col-md-6" in cell.get("class")
    assert len(cell.getparent().xpath("./div")) == 2


def with_documents(held: list[str]) -> html.HtmlElement:
    markup = render_fields(
        bank_form("document_collection"),
        {"documents": {"charter": held}},
        scope=CASE["document_collection"],
        environment=environment(),
        language="zh",
        documents={
            "77": DocumentView("章程 2024.pdf", "1.2 MB", "/documents/77"),
            "78": DocumentView("<b>执照.png", "80 KB"),
        },
    )
    return html.fromstring(f"<form>{markup}</form>")


def test_documents_already_there_are_sent_again_with_name_size_link_and_a_box_to_remove_them() -> None:
    tree = with_documents(["77"])
    (kept,) = tree.xpath(".//input[@type='hidden'][@value='77']")
    (removal,) = tree.xpath(".//input[@type='checkbox'][@value='77']")
    assert kept.get("name") == "documents.charter"
    assert removal.get("name") == "__detach:documents.charter"
    text = kept.getparent().text_content()
    assert "章程 2024.pdf" in text
    assert "1.2 MB" in text
    assert kept.getparent().xpath(".//a/@href") == ["/documents/77"]


def test_a_document_without_an_address_is_named_but_not_linked() -> None:
    tree = with_documents(["78"])
    (kept,) = tree.xpath(".//input[@type='hidden'][@value='78']")
    assert "<b>执照.png" in kept.getparent().text_content()
    assert not kept.getparent().xpath(".//a")


def test_documents_no_field_holds_are_offered_at_each_file_field() -> None:
    tree = with_documents(["77"])
    offered = tree.xpath(".//select[@name='documents.charter']/option/@value")
    assert offered == ["", "78"]


def test_no_script_is_needed() -> None:
    for name in NAMES:
        tree = page(bank_form(name), VALID[name], CASE.get(name))
        assert not tree.xpath(".//script | .//@onclick | .//@onchange")


def test_a_file_field_takes_several_files_only_where_the_form_says_so() -> None:
    form = form_of(
        {"type": "filepicker", "key": "one", "label": "单个"},
        {"type": "filepicker", "key": "many", "label": "多个", "multiple": True, "accept": ".pdf"},
    )
    tree = page(form, {})
    assert tree.xpath(".//input[@type='file'][@multiple]/@name") == ["many"]
    assert tree.xpath(".//input[@name='many']/@accept") == [".pdf"]


def test_a_default_is_offered_when_its_field_appears_but_not_over_an_emptied_one() -> None:
    form = bank_form("special_approval")
    appeared = page(form, {"approval_decision": {"decision": "approve"}})
    emptied = page(form, {"approval_decision": {"decision": "approve", "review_months": ""}})
    months = ".//input[@name='approval_decision.review_months']/@value"
    assert (appeared.xpath(months), emptied.xpath(months)) == (["6"], [""])
