"""Reading the kit: `compliance-level-N/<test>/*.xml` beside their models (format: testCases.xsd).

A folder may hold other levels, other files and broken ones: what cannot be read is a case that fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

from engine.feel import FeelValue
from engine.feel.arithmetic import shortest
from engine.feel.temporal import parse_temporal

LEVELS = (2, 3)
"""The levels of conformance that can be tested (DMN 1.5, 2.2)."""

_KIT = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_LEVEL = re.compile(r"compliance-level-([0-9]+)")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NUMBERS = frozenset({"decimal", "double", "integer", "float", "int", "long"})
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True)
class Unreadable:
    """An expected text our types cannot hold: no result of ours equals it."""

    text: str


Expected = FeelValue | Unreadable


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test case: what goes in, and by result node what must come out."""

    id: str
    level: int
    model: Path | None
    """None where the file of the cases cannot be read."""
    invocable: str | None = None
    """A business knowledge model or decision service to call in place of a decision."""
    inputs: Mapping[str, Expected] = field(default_factory=dict)
    expected: Mapping[str, Expected] = field(default_factory=dict)

    @property
    def valued(self) -> bool:
        """Whether the case expects a value: nearly half of the kit expects null."""
        return any(value is not None for value in self.expected.values())


def cases_in(kit: Path) -> Iterator[Case]:
    """Every case of the levels below the kit's folder, in a stable order."""
    for folder in sorted(path for path in (kit, *kit.rglob("compliance-level-*")) if path.is_dir()):
        match = _LEVEL.fullmatch(folder.name)
        if match and int(match[1]) in LEVELS:
            for file in sorted(folder.glob("*/*.xml")):
                yield from _cases_of(file, int(match[1]))


def _cases_of(file: Path, level: int) -> Iterator[Case]:
    place = f"{file.parent.name}/{file.stem}"
    try:
        root = etree.parse(file, _PARSER).getroot()
    except (etree.XMLSyntaxError, OSError):
        yield Case(id=place, level=level, model=None)
        return
    if root.tag != f"{_KIT}testCases":
        return
    name = (root.findtext(f"{_KIT}modelName") or "").strip()
    for element in root.findall(f"{_KIT}testCase"):
        yield _case(element, place, level, file.parent / name if name else None)


def _case(element: etree._Element, place: str, level: int, model: Path | None) -> Case:
    called = element.get("type") in {"bkm", "decisionService"}
    return Case(
        id=f"{place}#{element.get('id')}",
        level=level,
        model=model,
        invocable=element.get("invocableName") if called else None,
        inputs={node.get("name", ""): _value(node) for node in element.findall(f"{_KIT}inputNode")},
        expected={node.get("name", ""): _expected(node) for node in element.findall(f"{_KIT}resultNode")},
    )


def _expected(node: etree._Element) -> Expected:
    expected = node.find(f"{_KIT}expected")
    return None if expected is None else _value(expected)


def _value(element: etree._Element) -> Expected:
    rows = element.find(f"{_KIT}list")
    if rows is not None:
        return None if _is_null(rows) else [_value(item) for item in rows.findall(f"{_KIT}item")]
    parts = element.findall(f"{_KIT}component")
    if parts:
        return {part.get("name", ""): _value(part) for part in parts}
    value = element.find(f"{_KIT}value")
    return None if value is None or _is_null(value) else _simple(value)


def _is_null(element: etree._Element) -> bool:
    return element.get(f"{_XSI}nil") == "true"


def _simple(value: etree._Element) -> Expected:
    kind = (value.get(f"{_XSI}type") or "xsd:string").rpartition(":")[2]
    text = value.text or ""
    if kind == "string":
        return text
    if kind == "boolean":
        return text.strip() == "true"
    if kind in _NUMBERS:
        return _number(text.strip())
    temporal = parse_temporal(text.strip())
    return Unreadable(text) if temporal is None else temporal


def _number(text: str) -> Expected:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Unreadable(text)
    return shortest(value) if value.is_finite() else Unreadable(text)
