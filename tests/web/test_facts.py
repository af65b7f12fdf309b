"""Variables in depth on a page: groups, tables and lists, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string

from engine.model.values import Value
from web.facts import present_facts
from web.languages import speak
from web.settings import WebSettings

Draw = Callable[[Value], str]


@pytest.fixture
def draw() -> Draw:
    app = Flask("web")
    app.secret_key = "of this test"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    speak(app, WebSettings(secret_key="of this test"))
    present_facts(app)

    def drawn(value: Value) -> str:
        with app.test_request_context():
            page = render_template_string("{% from 'facts.html' import one %}{{ one('variable', value) }}", value=value)
        return re.sub(r"\s*(<[^>]+>)\s*", r"\1", page)

    return drawn


@pytest.mark.requirement("R062")
def test_a_group_shows_what_it_holds_by_its_words(draw: Draw) -> None:
    assert draw({"purpose": "high", "note": "", "owners": [], "unknown_field": None, "visited": False}) == (
        '<dl class="facts"><dt>开户用途</dt><dd>高</dd><dt>visited</dt><dd>否</dd></dl>'
    )


def test_a_group_within_a_group_stands_indented_below_its_name(draw: Draw) -> None:
    assert draw({"inner": {"daily_fen": 123_456}}) == (
        '<dl class="facts"><dt class="fw-semibold">inner</dt><dd></dd>'
        '<dt class="ps-3">日累计限额</dt><dd>¥ 1,234.56</dd></dl>'
    )


def test_rows_of_few_single_values_are_a_table_and_others_a_list(draw: Draw) -> None:
    assert draw([{"a": 1, "b": "x"}, {"a": 2, "b": None}]) == (
        '<table class="table table-sm rows"><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        "<tbody><tr><td>1</td><td>x</td></tr><tr><td>2</td><td>–</td></tr></tbody></table>"
    )
    assert draw([{"a": [1, 2]}, "x"]) == (
        '<ul class="list-unstyled mb-0"><li><dl class="facts"><dt>a</dt><dd>'
        '<ul class="list-unstyled mb-0"><li>1</li><li>2</li></ul></dd></dl></li><li>x</li></ul>'
    )
    assert "<table" not in draw([dict.fromkeys("abcdefg", 1)])
    assert draw([]) == "–"


def test_whatever_was_typed_stays_text(draw: Draw) -> None:
    assert "<b>" not in draw({"<b>name": "<b>", "rows": [{"<b>": "<b>"}], "list": ["<b>"]})
