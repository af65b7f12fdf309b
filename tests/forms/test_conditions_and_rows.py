"""Fields that come and go, fields that only show, and rows that repeat."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import (
    FormDataTooLarge,
    FormInvalid,
    RowAction,
    is_refresh,
    read_posted,
    row_action,
    with_row_action,
)
from tests.forms.submissions import environment, form_of


class Post(dict[str, list[str]]):
    """A posted form: names with their values."""

    def lists(self) -> Any:
        return self.items()


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key, **more}


def hidden_unless(condition: str) -> dict[str, str]:
    return {"hide": f"=not({condition})"}


REQUIRED = {"required": True}
OWNERS = form_of(
    {
        "type": "dynamiclist",
        "path": "case.owners",
        "label": "股东",
        "properties": {"max_rows": 3, "min_rows": 1},
        "components": [
            field("name", validate=REQUIRED),
            {"type": "checkbox", "key": "control", "label": "控制"},
            {
                "type": "checklist",
                "key": "roles",
                "label": "角色",
                "values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
            },
            field("reason", validate=REQUIRED, conditional=hidden_unless("control and parent.case.strict")),
        ],
    },
    {"type": "checkbox", "key": "case.strict", "label": "严格"},
)


def validated(form: Any, data: dict[str, Any], case: dict[str, Any] | None = None) -> Any:
    return form.validate(data, case or {}, environment())


def codes(form: Any, data: dict[str, Any], case: dict[str, Any] | None = None) -> dict[str, str]:
    with pytest.raises(FormInvalid) as caught:
        validated(form, data, case)
    return {name: error.code for name, error in caught.value.errors.items()}


def test_a_hidden_field_is_dropped_and_not_required() -> None:
    form = form_of(field("why", validate=REQUIRED, conditional={"hide": '=what != "other"'}), field("what"))
    assert validated(form, {"what": "usual", "why": "smuggled"}) == {"what": "usual"}
    assert codes(form, {"what": "other"}) == {"why": "required"}


def test_a_hidden_field_cannot_keep_another_visible() -> None:
    form = form_of(
        field("a"),
        field("b", conditional=hidden_unless('a = "yes"')),
        field("c", conditional=hidden_unless('b = "yes"')),
    )
    assert validated(form, {"a": "no", "b": "yes", "c": "smuggled"}) == {"a": "no"}
    assert validated(form, {"a": "yes", "b": "yes", "c": "kept"}) == {"a": "yes", "b": "yes", "c": "kept"}


def test_a_condition_that_is_null_does_not_hide() -> None:
    form = form_of(field("a", conditional={"hide": "=missing > 5"}))
    assert validated(form, {"a": "x"}) == {"a": "x"}


def test_a_hidden_group_hides_all_it_holds() -> None:
    group = {"type": "group", "id": "g", "path": "extra", "conditional": {"hide": "=true"}}
    form = form_of({**group, "components": [field("x", validate=REQUIRED)]}, field("y"))
    assert validated(form, {"y": "1"}, {"extra": {"x": "old"}}) == {"y": "1", "extra": None}


def test_a_read_only_field_keeps_the_cases_value_whatever_is_posted() -> None:
    form = form_of(field("rating.band", readonly=True), field("rating.note"))
    case = {"rating": {"band": "high", "score": 70}}
    posted = {"rating": {"band": "low", "note": "ok"}}
    assert validated(form, posted, case) == {"rating": {"band": "high", "note": "ok", "score": 70}}


def test_a_field_may_be_disabled_by_an_expression() -> None:
    form = form_of(field("limit", disabled="=locked"))
    assert validated(form, {"limit": "9"}, {"locked": True, "limit": "5"}) == {"limit": "5"}
    assert validated(form, {"limit": "9"}, {"locked": False, "limit": "5"}) == {"limit": "9"}


def test_validation_leaves_the_cases_own_values_untouched() -> None:
    case = {"rating": {"note": "old", "deep": {"kept": 1}}}
    validated(form_of(field("rating.note")), {"rating": {"note": "new"}}, case)
    assert case == {"rating": {"note": "old", "deep": {"kept": 1}}}


def test_rows_are_read_from_names_and_gaps_close() -> None:
    posted = Post(
        {
            "case.owners[0].name": ["甲"],
            "case.owners[7].name": ["乙"],
            "case.owners[7].control": ["true"],
            "case.owners[7].roles": ["a", "b"],
            "__row:case.owners[9]": ["1"],
            "csrf_token": ["t"],
            "_revision": ["3"],
        }
    )
    data = read_posted(OWNERS, posted)
    assert data == {"case": {"owners": [{"name": "甲"}, {"name": "乙", "control": "true", "roles": ["a", "b"]}, {}]}}
    assert codes(OWNERS, data) == {"case.owners[2].name": "required"}


def test_conditions_in_a_row_see_the_row_and_the_form() -> None:
    rows = [{"name": "甲", "control": "true"}, {"name": "乙"}]
    assert codes(OWNERS, {"case": {"owners": rows, "strict": True}}) == {"case.owners[0].reason": "required"}
    owners = validated(OWNERS, {"case": {"owners": rows}})["case"]["owners"]
    assert owners[0] == {"name": "甲", "control": True, "roles": []}


def test_rows_are_bounded() -> None:
    assert codes(OWNERS, {"case": {"owners": []}}) == {"case.owners": "too_few_rows"}
    assert codes(OWNERS, {"case": {"owners": [{"name": "x"}] * 4}}) == {"case.owners": "too_many_rows"}
    assert codes(OWNERS, {"case": {"owners": "x"}})["case.owners"] == "not_a_list"
    assert codes(OWNERS, {"case": {"owners": ["x"]}})["case.owners[0]"] == "not_a_context"
    assert codes(OWNERS, {"case": {"owners": [{"name": "x", "z": 1}]}}) == {"case.owners[0].z": "unknown_field"}


def test_row_buttons_add_and_remove() -> None:
    data: dict[str, Any] = {"case": {"owners": [{"name": "甲"}, {"name": "乙"}]}}
    add = row_action({"__add:case.owners": "1"})
    remove = row_action({"__remove:case.owners:0": "1"})
    assert add == RowAction(("case", "owners"), None)
    assert remove == RowAction(("case", "owners"), 0)
    assert with_row_action(OWNERS, data, add)["case"]["owners"] == [{"name": "甲"}, {"name": "乙"}, {}]
    assert with_row_action(OWNERS, data, remove)["case"]["owners"] == [{"name": "乙"}]
    assert data["case"]["owners"][0] == {"name": "甲"}


def test_row_buttons_respect_the_bounds_and_ignore_unknown_lists() -> None:
    full: dict[str, Any] = {"case": {"owners": [{}, {}, {}]}}
    assert with_row_action(OWNERS, full, RowAction(("case", "owners"), None)) == full
    one: dict[str, Any] = {"case": {"owners": [{}]}}
    assert with_row_action(OWNERS, one, RowAction(("case", "owners"), 0)) == one
    assert with_row_action(OWNERS, one, RowAction(("other",), None)) == one


@pytest.mark.parametrize("name", ["__remove:case.owners:x", "__remove:case.owners", "__add:", "complete"])
def test_a_malformed_button_is_no_row_action(name: str) -> None:
    assert row_action({name: "1"}) is None


def test_the_refresh_button_is_recognised() -> None:
    assert is_refresh({"__refresh": "review.decision"})
    assert not is_refresh({"complete": "1"})


def test_a_list_that_was_not_on_the_page_gets_the_rows_it_needs() -> None:
    assert read_posted(OWNERS, Post())["case"]["owners"] == [{}]


@pytest.mark.parametrize("name", ["case.owners[", "case..x", "a b", "case.strict.deeper", "[0]", "x" * 400])
def test_strange_names_are_refused_as_unknown(name: str) -> None:
    posted = Post({"case.strict": ["true"], "case.owners[0].name": ["甲"], name: ["v"]})
    assert set(codes(OWNERS, read_posted(OWNERS, posted)).values()) == {"unknown_field"}


def test_a_flood_of_names_is_refused() -> None:
    with pytest.raises(FormDataTooLarge):
        read_posted(OWNERS, Post({f"n{number}": ["1"] for number in range(3_001)}))
