"""What a command changed, read from the journal's events."""

from __future__ import annotations

from typing import Any

from web.cases.changes import Data


def written(name: str, value: Any, scope: int = 0) -> dict[str, Any]:
    return {"type": "variable", "name": name, "value": value, "scope": scope}


def leaves(data: Data, *events: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(leaf.path, leaf.before, leaf.after) for change in data.take(events) for leaf in change.leaves]


def test_only_the_leaves_that_differ_are_told() -> None:
    data = Data()
    data.take([written("application", {"purpose": "结算", "contact": {"name": "甲", "phone": "1"}})])
    after = written("application", {"purpose": "结算", "contact": {"name": "甲", "phone": "2"}})
    assert leaves(data, after) == [(("application", "contact", "phone"), "1", "2")]


def test_a_part_that_comes_or_goes_is_told_with_nothing_on_the_other_side() -> None:
    data = Data()
    data.take([written("limits", {"daily_fen": 5})])
    assert leaves(data, written("limits", {"yearly_fen": 0})) == [
        (("limits", "yearly_fen"), None, 0),
        (("limits", "daily_fen"), 5, None),
    ]


def test_rows_are_compared_by_their_place_and_plain_lists_as_one_value() -> None:
    data = Data()
    data.take([written("owners", [{"name": "甲"}]), written("codes", ["a"])])
    events = [written("owners", [{"name": "甲"}, {"name": "乙"}]), written("codes", ["a", "b"])]
    assert leaves(data, *events) == [(("owners", 2, "name"), None, "乙"), (("codes",), ["a"], ["a", "b"])]


def test_copies_for_a_called_process_and_back_are_no_changes() -> None:
    data = Data()
    data.take([written("rating", {"band": "low"})])
    assert data.take([written("rating", {"band": "low"}, scope=-4)]) == []
    assert leaves(data, written("rating", {"band": "high"}, scope=-4)) == [(("rating", "band"), "low", "high")]
    assert data.take([written("rating", {"band": "high"})]) == []


def test_what_belongs_to_one_step_is_kept_apart_from_the_case() -> None:
    data = Data()
    data.take([written("note", "case")])
    [change] = data.take([written("note", "step", scope=7)])
    assert change.new
    assert data.take([written("note", "case")]) == []


def test_a_value_that_returns_within_one_entry_is_no_change() -> None:
    data = Data()
    data.take([written("state", "a")])
    assert data.take([written("state", "b"), written("state", "a")]) == []


def test_a_variable_set_to_null_is_a_change_to_nothing() -> None:
    """The journal leaves out what is null."""
    data = Data()
    data.take([written("note", "first")])
    assert leaves(data, {"type": "variable", "scope": 0, "name": "note"}) == [(("note",), "first", None)]


def test_a_list_that_is_gathered_item_by_item_shows_the_item() -> None:
    data = Data()
    data.take([written("results", [None, None], scope=5)])
    item = {"type": "variable_item", "scope": 5, "name": "results", "index": 1, "value": {"passed": True}}
    assert leaves(data, item) == [(("results", 2, "passed"), None, True)]
    assert data.take([item]) == []
