"""Every name and code that a page may show has a word in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from lxml import etree

from bank.agreements.consent_check import Objection
from cli.functions import calendar_functions
from engine.forms import Component, DynamicList, Field, Group, parse_form
from engine.simulation import Library, play, read_scenario
from persistence.database import Database
from tests.conftest import TestClock
from tests.processes.opening_bank import open_bank, shipped
from web.languages import speak
from web.settings import WebSettings
from web.vocabulary import FIELDS, WORDS, field_label, word_label
from workers import HANDLERS

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
HAN = re.compile(r"[\u3400-\u9fff]")
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
"""A text of several words joined by underscores is a code; one word may as well be a word."""

Named = tuple[str, str]
"""A name or code, and where it comes from."""


@contextmanager
def read_in(pages: Flask, language: str) -> Iterator[None]:
    """A request of a reader of this language."""
    with pages.test_request_context() as context:
        context.session["language"] = language
        yield


def components(parts: tuple[Component, ...]) -> Iterator[Component]:
    for part in parts:
        yield part
        if isinstance(part, Group | DynamicList):
            yield from components(part.components)


def inputs() -> Iterator[tuple[str, Field | DynamicList]]:
    """Fields and lists of the forms that ship, with the form's file."""
    for path in sorted((ROOT / "forms").glob("*.form")):
        for part in components(parse_form(path.read_bytes(), path.name).components):
            if isinstance(part, Field | DynamicList):
                yield path.name, part


def form_keys() -> Iterator[Named]:
    for form, part in inputs():
        yield from ((name, form) for name in part.key.split("."))


def worker_outputs() -> Iterator[Named]:
    for handler in HANDLERS.values():
        yield from ((output.name, handler.type) for output in handler.outputs)


def decision_outputs() -> Iterator[Named]:
    """Names of the tables' variables, outputs and columns."""
    for path in sorted(PROCESSES.rglob("*.dmn")):
        for element in etree.fromstring(path.read_bytes()).iter("{*}variable", "{*}output", "{*}column"):
            yield element.get("name", ""), path.name


def parts_of(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every named value inside a variable, the items of a list under the list's name."""
    if isinstance(value, Mapping):
        for inner, part in value.items():
            yield inner, part
            yield from parts_of(part, inner)
    elif isinstance(value, list | tuple):
        for part in value:
            if not isinstance(part, Mapping):
                yield name, part
            yield from parts_of(part, name)


@cache
def _library(folder: Path) -> Library:
    return Library.of_folder(folder)


@pytest.fixture(scope="module")
def played() -> list[tuple[str, object]]:
    """The named values of all cases of the scenarios; the decision tables are the real ones."""
    found: list[tuple[str, object]] = []
    for path in sorted(PROCESSES.glob("*/scenarios/*.json")):
        library = _library(path.parents[1])
        scenario = read_scenario(path.read_bytes(), path.stem)
        zone = ZoneInfo("Asia/Shanghai")
        playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=zone)
        found += parts_of(dict(playback.variables))
    return found


@pytest.fixture(scope="module")
def pages() -> Flask:
    app = Flask(__name__)
    app.secret_key = "of this test"
    speak(app, WebSettings(secret_key="of this test"))
    return app


@pytest.mark.parametrize("named", [form_keys, worker_outputs, decision_outputs], ids=lambda named: str(named.__name__))
def test_every_name_has_a_word(named: object) -> None:
    assert callable(named)
    assert sorted({(name, source) for name, source in named() if name not in FIELDS}) == []


def test_every_variable_of_a_case_has_a_word(played: list[tuple[str, object]]) -> None:
    assert sorted({name for name, _ in played if name not in FIELDS}) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everything_the_workers_of_the_bank_write_has_a_word(database: Database, tmp_path: Path) -> None:
    bank = open_bank(database, TestClock(), tmp_path)
    bank.deploy(shipped())
    case = bank.open_account()
    bank.act_as_customer("await_activation", case)
    journal = bank.engine.history.journal(bank.staff("internal_auditor"), case)
    events = [event for entry in journal for event in entry.body["events"]]
    written = {event["name"]: event["value"] for event in events if event["type"] == "variable"}
    assert {"ledger", "operation_log", "service_file"} <= set(written)
    assert sorted({name for name, _ in parts_of(written) if name not in FIELDS}) == []


def test_every_code_of_a_case_has_a_word(pages: Flask, played: list[tuple[str, object]]) -> None:
    codes = {(name, value) for name, value in played if isinstance(value, str) and CODE.fullmatch(value)}
    with read_in(pages, "zh"):
        assert sorted((name, code) for name, code in codes if not HAN.search(word_label(code, name))) == []
    assert ("group", "risk_officer") in codes


@pytest.mark.requirement("R044")
def test_every_source_and_unit_a_table_gives_reads_in_english(pages: Flask, played: list[tuple[str, object]]) -> None:
    given = {(name, str(value)) for name, value in played}
    for path in sorted(PROCESSES.rglob("*.dmn")):
        for table in etree.fromstring(path.read_bytes()).iter("{*}relation", "{*}decisionTable"):
            columns = [each.get("name", "") for each in table.iterfind("{*}column")]
            columns += [each.get("name", "") for each in table.iterfind("{*}output")]
            for row in (*table.iterfind("{*}row"), *table.iterfind("{*}rule")):
                cells = [*row.iterfind("{*}literalExpression"), *row.iterfind("{*}outputEntry")]
                texts = [(cell.findtext("{*}text") or "").strip('"') for cell in cells]
                given |= set(zip(columns, texts, strict=True))
    given = {(name, text) for name, text in given if name in ("source", "unit")}
    assert len(given) > 8
    with read_in(pages, "en"):
        assert sorted(text for name, text in given if HAN.search(word_label(text, name))) == []


def test_every_option_of_a_form_has_a_word(pages: Flask) -> None:
    options = {
        (part.key.rpartition(".")[2], option.value)
        for _, part in inputs()
        if isinstance(part, Field)
        for option in part.options
    }
    with read_in(pages, "zh"):
        assert sorted(named for named in options if not HAN.search(word_label(named[1], named[0]))) == []


def test_every_objection_to_a_consent_has_a_word() -> None:
    assert [each.code for each in Objection if f"reason.{each.code}" not in WORDS] == []


def test_chinese_words_are_chinese_and_english_ones_are_not() -> None:
    words = {**FIELDS, **WORDS}
    assert [name for name, (zh, en) in words.items() if HAN.search(en) or not en] == []
    assert [name for name, (zh, _) in words.items() if not HAN.search(zh)] == []


def test_a_value_that_names_a_role_or_a_field_reads_as_they_do(pages: Flask) -> None:
    with read_in(pages, "en"):
        assert word_label("risk_officer", "group") == "Risk officer"
        assert word_label("legal_representative.id_number", "field") == "Legal representative · ID number"
        assert word_label("charter", "code") == field_label("charter")
        assert word_label("a.b@example.com", "field") == "a.b@example.com"
