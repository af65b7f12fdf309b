"""Forms, diagrams and tables name the same things: a misspelt value would send a case down the default path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from engine.forms import Field
from tests.forms.submissions import NAMES, bank_form
from web.vocabulary import FIELDS

PROCESSES = Path(__file__).parents[2] / "processes"
DIAGRAMS = sorted(PROCESSES.rglob("*.bpmn"))
_COMPARED = re.compile(r'([a-z_]+(?:\.[a-z_]+)+) != "([a-z_0-9]+)"|([a-z_]+(?:\.[a-z_]+)+) = "([a-z_0-9]+)"')


def options() -> dict[str, set[str]]:
    """The values each choice of any form can have, by its key."""
    found: dict[str, set[str]] = {}
    for name in NAMES:
        for field in bank_form(name).fields():
            if isinstance(field, Field) and field.options:
                found.setdefault(field.key, set()).update(option.value for option in field.options)
    return found


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_form_a_diagram_names_exists(diagram: Path) -> None:
    tree = etree.fromstring(diagram.read_bytes())
    named = tree.xpath("//*[local-name()='formDefinition']/@formId")
    assert set(named) <= set(NAMES)


def test_every_form_is_used_by_a_diagram() -> None:
    used = {name for path in DIAGRAMS for name in re.findall(r'formId="([a-z_]+)"', path.read_text(encoding="utf-8"))}
    assert used == set(NAMES)


def test_the_values_conditions_ask_for_can_be_chosen() -> None:
    choices, compared = options(), set()
    for path in DIAGRAMS:
        tree = etree.fromstring(path.read_bytes())
        for text in tree.xpath("//*[local-name()='conditionExpression']/text()"):
            for unequal_key, unequal, key, value in _COMPARED.findall(text):
                compared.add((unequal_key or key, unequal or value))
    asked = {(key, value) for key, value in compared if key in choices}
    assert ("review.decision", "accept") in asked
    assert not [(key, value) for key, value in asked if value not in choices[key]]


@pytest.mark.requirement("R021", "R079")
def test_every_document_of_the_checklist_can_be_handed_in() -> None:
    tree = etree.fromstring((PROCESSES / "account_opening" / "document_checklist.dmn").read_bytes())
    ((column,),) = [
        [index for index, output in enumerate(table.xpath("*[local-name()='output']")) if output.get("name") == "code"]
        for table in tree.xpath("//*[local-name()='decisionTable']")
    ]
    codes = {
        rule.xpath("*[local-name()='outputEntry']")[column].xpath("string(*[local-name()='text'])").strip('"')
        for rule in tree.xpath("//*[local-name()='rule']")
    }
    assert len(codes) > 10
    for name in ("document_collection", "document_supplement"):
        keys = {field.key.removeprefix("documents.") for field in bank_form(name).fields()}
        assert codes <= keys


@pytest.mark.requirement("R021", "R088")
def test_a_document_has_one_name_in_each_language_wherever_it_is_asked_for() -> None:
    names: dict[str, set[tuple[str, str]]] = {}
    for rule in etree.fromstring((PROCESSES / "account_opening" / "document_checklist.dmn").read_bytes()).iterfind(
        ".//{*}rule"
    ):
        code, _, zh, en = [(cell.findtext("{*}text") or "").strip('"') for cell in rule.iterfind("{*}outputEntry")]
        names.setdefault(code, set()).add((zh, en))
    assert len(names) > 10
    for form in NAMES:
        for field in bank_form(form).fields():
            code = field.key.removeprefix("documents.")
            if field.key.startswith("documents.") and code in names:
                names[code].add((field.label, field.label_en))
    for code, said in names.items():
        said.add(tuple(FIELDS[code]))
    assert {code: said for code, said in names.items() if len(said) > 1} == {}
