"""How values look on a page."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.model.values import Value
from web.facts import spoken
from web.languages import speak
from web.presentation import annotated, shown, target
from web.settings import WebSettings
from web.vocabulary import input_label


@pytest.fixture
def app() -> Flask:
    found = Flask("web")
    found.secret_key = "of this test"
    speak(found, WebSettings(secret_key="of this test"))
    return found


@pytest.mark.requirement("R006", "R044")
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


@pytest.mark.requirement("R044")
@pytest.mark.parametrize(
    ("language", "name", "reason"), [("zh", "公司章程", "证件已过期"), ("en", "Charter", "The document has expired")]
)
def test_rows_in_both_languages_are_shown_in_the_readers(app: Flask, language: str, name: str, reason: str) -> None:
    rows: list[Value] = [
        {"code": "charter", "name": "公司章程", "name_en": "Charter", "required": True},
        {"code": "expired", "reason_zh": "证件已过期", "reason_en": "The document has expired"},
        {"name": "李晨", "phone": "13800000000"},
        "顾明远",
    ]
    with app.test_request_context() as context:
        context.session["language"] = language
        assert spoken(rows) == [
            {"code": "charter", "name": name, "required": True},
            {"code": "expired", "reason": reason},
            {"name": "李晨", "phone": "13800000000"},
            "顾明远",
        ]


@pytest.mark.requirement("R044")
@pytest.mark.parametrize(
    ("traced", "zh", "en"),
    [
        ({"label": "等级", "label_en": "Band", "expression": "rating.band"}, "等级", "Band"),
        ({"label": "等级", "expression": "rating.band"}, "等级", "Risk rating · Band"),
        ({"label": "rating.band", "expression": "rating.band"}, "风险评级 · 等级", "Risk rating · Band"),
        ({"label": "未成年", "expression": "age < 18"}, "未成年", "未成年"),
        ({"label": "age < 18", "expression": "age < 18"}, "age < 18", "age < 18"),
    ],
)
def test_a_decisions_input_is_labelled_in_the_readers_language_by_label_or_path(
    app: Flask, traced: dict[str, str], zh: str, en: str
) -> None:
    for language, label in (("zh", zh), ("en", en)):
        with app.test_request_context() as context:
            context.session["language"] = language
            assert input_label(traced) == label


@pytest.mark.requirement("R044")
def test_how_well_a_rule_is_attested_is_said_in_words(app: Flask) -> None:
    noted = {"H": ("已确认", "confirmed")} | dict.fromkeys("ML", ("待合规确认", "to be confirmed by compliance"))
    for letter, (zh, en) in noted.items():
        for language, words in (("zh", zh), ("en", en)):
            with app.test_request_context() as context:
                context.session["language"] = language
                assert annotated(f"Order No. 11; 2026-01-01; {letter}; H") == f"Order No. 11; 2026-01-01; {words}; H"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("signing_deadline", "2026-11-28T13:58:18.339062Z", "2026-11-28 21:58"),
        ("expires_on", "2026-12-23T13:58:28.451324+00:00", "2026-12-23 21:58"),
        ("expires_on", "2026-12-23", "2026-12-23"),
        ("decided_at", "2026-12-23T13:58", "2026-12-23 13:58"),
        ("decided_at", "2026-12-23T13:58:18@UTC", "2026-12-23 21:58"),
        ("decided_at", "2026-12-23T13:58:18@Nowhere/Else", "2026-12-23T13:58:18@Nowhere/Else"),
        ("note", "T", "T"),
    ],
)
def test_a_time_reads_as_one_in_the_banks_zone_whatever_its_name(app: Flask, name: str, value: str, text: str) -> None:
    with app.test_request_context():
        assert shown(name, value) == text
