"""Filling in a form on a page: by its headings and labels, as a person reads them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from playwright.sync_api import FilePayload, Locator, Page

from cli.demo_paper import paper
from tests.web.openings.program import ROOT

_ADD_ROW = {"zh": "添加一行", "en": "Add a row"}


@dataclass(frozen=True)
class Question:
    """One field of a form, in words."""

    key: str
    kind: str
    label: str
    options: Mapping[str, str]
    """What an option is called, by its value."""
    rows: tuple[Question, ...] = ()


@cache
def questions(form: str, language: str) -> tuple[tuple[str, Question], ...]:
    """(heading of the section, question) in the form's order."""
    schema = orjson.loads((ROOT / "forms" / f"{form}.form").read_bytes())
    return tuple(
        (_words(group, language), question)
        for group in schema["components"]
        for question in _questions(group["components"], language)
    )


def _questions(components: Sequence[Mapping[str, Any]], language: str) -> tuple[Question, ...]:
    return tuple(
        Question(
            key=each.get("key") or each["path"],
            kind=each["type"],
            label=_words(each, language),
            options={option["value"]: _words(option, language) for option in each.get("values", ())},
            rows=_questions(each.get("components", ()), language),
        )
        for each in components
        if each["type"] != "text"
    )


def _words(component: Mapping[str, Any], language: str) -> str:
    english = component.get("label_en") or component.get("properties", {}).get("label_en")
    return str(english if language == "en" else component["label"])


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Answers by dotted key; rows and lists stay whole."""
    answers: dict[str, Any] = {}
    for name, value in data.items():
        key = f"{prefix}{name}"
        answers |= flat(value, f"{key}.") if isinstance(value, Mapping) and "buffer" not in value else {key: value}
    return answers


def pdf(name: str) -> FilePayload:
    """A one-page PDF file that differs with its name."""
    return FilePayload(name=name, mimeType="application/pdf", buffer=paper(name))


def png(name: str) -> FilePayload:
    """A picture of one grey point (PNG, ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return FilePayload(name=name, mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


class Sheet:
    """The form on a page."""

    def __init__(self, page: Page, form: str, language: str) -> None:
        self._page = page
        self._form = form
        self._language = language

    def fill_in(self, data: Mapping[str, Any]) -> None:
        """Answer every question `data` has an answer for, from top to bottom."""
        answers = flat(data)
        for heading, question in questions(self._form, self._language):
            answer = answers.get(question.key)
            if answer is None or (question.options and isinstance(answer, str) and answer not in question.options):
                continue  # the same question is asked of another kind of customer with other options
            self._answer(self.section(heading), question, answer)

    def section(self, heading: str) -> Locator:
        """The part of the form under a heading."""
        return self._page.get_by_role("region", name=heading, exact=True)

    def field(self, key: str) -> Locator:
        """The one field for a key, found by its heading and label."""
        heading, question = next(each for each in questions(self._form, self._language) if each[1].key == key)
        return self.section(heading).get_by_label(_label(question.label))

    def _answer(self, place: Locator, question: Question, answer: Any) -> None:
        if question.kind == "dynamiclist":
            self._rows(place, question, answer)
            return
        if question.kind in ("radio", "checklist"):
            group = place.get_by_role("radiogroup" if question.kind == "radio" else "group", name=question.label)
            for value in [answer] if isinstance(answer, str) else answer:
                group.get_by_label(_label(question.options[value])).check()
            self._settled(group.get_by_role("radio").first if question.kind == "radio" else None)
            return
        field = place.get_by_label(_label(question.label))
        if question.kind == "select":
            field.select_option(label=question.options[answer])
        elif question.kind == "checkbox":
            field.check()
        elif question.kind == "filepicker":
            field.set_input_files(answer)
        else:
            field.fill(answer)
        self._settled(field)

    def _rows(self, place: Locator, question: Question, rows: Sequence[Mapping[str, Any]]) -> None:
        table = place.get_by_role("group", name=question.label, exact=True)
        items = table.get_by_role("group", name=re.compile(rf"^{re.escape(question.label)} · "))
        for index, row in enumerate(rows):
            if items.count() <= index:
                table.get_by_role("button", name=_ADD_ROW[self._language]).click()
            items.nth(index).wait_for()
            for each in question.rows:
                if each.key in row:
                    self._answer(items.nth(index), each, row[each.key])

    def _settled(self, field: Locator | None) -> None:
        """Leave the field and wait until what depends on this answer has come."""
        if field is not None:
            field.blur()
            self._page.locator("[data-fields]:not([aria-busy])").wait_for()


def _label(text: str) -> re.Pattern[str]:
    """A label with nothing but the mark of a required field behind it."""
    return re.compile(rf"^\s*{re.escape(text)}\s*(\*\s*)?(\((必填|required)\))?\s*$")
