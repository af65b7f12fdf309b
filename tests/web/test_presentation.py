"""How values look on a page."""

from __future__ import annotations

import pytest
from flask import Flask

from web.languages import speak
from web.presentation import target
from web.settings import WebSettings


@pytest.fixture
def app() -> Flask:
    found = Flask("web")
    found.secret_key = "of this test"
    speak(found, WebSettings(secret_key="of this test"))
    return found


@pytest.mark.requirement("R006", "R088")
@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("15 min", "15 分钟", "15 minutes"),
        ("4 h", "4 个营业小时", "4 business hours"),
        ("1 b", "1 个工作日", "1 business day"),
        ("0.5 b", "半个工作日", "half a business day"),
        ("1.5 b", "1.5 个工作日", "1.5 business days"),
        ("10 b", "10 个工作日", "10 business days"),
        ("30 d", "30 天", "30 days"),
        ("at once", "at once", "at once"),
    ],
)
def test_a_target_is_told_in_words(app: Flask, text: str, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        with app.test_request_context() as context:
            context.session["language"] = language
            assert target(text) == words
