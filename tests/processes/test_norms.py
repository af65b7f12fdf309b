"""Every norm a diagram, a table or a form cites is in the register of rule bases (R008, R039, R049)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bank.parameters import ParameterSet

PROCESSES = Path(__file__).parents[2] / "processes"
PARAMETERS = Path("parameters.json")
FORMS = PROCESSES.parent / "forms"
CONTROLS = {"userTask", "serviceTask", "sendTask", "businessRuleTask", "callActivity"}
KINDS = {"law", "regulation", "standard", "internal"}


def norms() -> list[dict[str, Any]]:
    register: dict[str, list[dict[str, Any]]] = json.loads((PROCESSES / "norms.json").read_bytes())
    return register["norms"]


def texts(file: Path, path: str) -> list[str]:
    found: Any = etree.fromstring(file.read_bytes()).xpath(path)
    return [str(text) for text in found]


def cited() -> Iterator[tuple[str, str]]:
    """Where a norm is cited, and the text that cites it; several are separated by ；."""
    first_annotation = "//*[local-name()='rule']/*[local-name()='annotationEntry'][1]/*/text()"
    found = {
        PARAMETERS: [entry.source for entry in ParameterSet.shipped()],
        **{diagram: texts(diagram, "//*[@name='standardRef']/@value") for diagram in PROCESSES.rglob("*.bpmn")},
        **{table: texts(table, first_annotation) for table in PROCESSES.rglob("*.dmn")},
        **{form: re.findall(r'"norm": "([^"]+)"', form.read_text(encoding="utf-8")) for form in FORMS.glob("*.form")},
    }
    return ((file.name, part) for file, whole in found.items() for text in whole for part in text.split("；"))


def named(text: str) -> dict[str, Any] | None:
    """The norm of a citation, which is its name, and after a blank or a colon what of it applies."""
    name = text.replace("《", "").replace("》", "")
    whole = ((norm, re.escape(cite) + r"([ ：].+)?") for norm in norms() for cite in norm["cites"])
    return next((norm for norm, pattern in whole if re.fullmatch(pattern, name)), None)


@pytest.mark.requirement("R008", "R039", "R049")
def test_every_norm_cited_is_in_the_register() -> None:
    found = list(cited())
    assert len(found) > 100
    assert [(where, text) for where, text in found if named(text) is None] == []


def controls() -> Iterator[tuple[str, dict[str, str]]]:
    """Every step that is a control: what has a control point, and every decision by a table. Its properties."""
    for diagram in sorted(PROCESSES.rglob("*.bpmn")):
        for step in etree.fromstring(diagram.read_bytes()).iter(*(f"{{*}}{tag}" for tag in CONTROLS)):
            found = step.iterfind("{*}extensionElements/{*}properties/{*}property")
            properties = {str(each.get("name")): str(each.get("value") or "") for each in found}
            if "controlPoint" in properties or etree.QName(step).localname == "businessRuleTask":
                yield f"{diagram.stem}/{step.get('id')}", properties


def rules() -> Iterator[tuple[str, str]]:
    """Every rule of every table, and the norm it names; several rules of a table have several."""
    for table in sorted(PROCESSES.rglob("*.dmn")):
        for rule in etree.fromstring(table.read_bytes()).iter("{*}rule"):
            yield f"{table.stem}/{rule.get('id')}", "".join(rule.xpath("*[local-name()='annotationEntry'][1]/*/text()"))


@pytest.mark.requirement("R008", "R039")
def test_every_control_names_the_norm_it_stands_on_in_both_languages() -> None:
    found = list(controls())
    assert len(found) > 30
    wanted = ("standardRef", "standardRef_en")
    assert [step for step, properties in found if not all(properties.get(each) for each in wanted)] == []


@pytest.mark.requirement("R008")
def test_a_control_point_is_one_of_the_five() -> None:
    named = {properties["controlPoint"] for _, properties in controls() if "controlPoint" in properties}
    assert named == {"CP1", "CP2", "CP3", "CP4", "CP5"}


@pytest.mark.requirement("R008", "R039")
def test_every_rule_of_every_table_names_the_norm_it_stands_on() -> None:
    found = list(rules())
    assert len(found) > 50
    assert [rule for rule, norm in found if not norm] == []


@pytest.mark.requirement("R039")
def test_every_norm_of_the_register_is_cited() -> None:
    names = [text.replace("《", "").replace("》", "") for _, text in cited()]
    idle = [norm["id"] for norm in norms() if not any(text.startswith(tuple(norm["cites"])) for text in names)]
    assert idle == []


@pytest.mark.requirement("R088")
def test_an_english_citation_of_a_step_names_the_same_norms_by_their_english_titles() -> None:
    said = {key: [text for file in sorted(PROCESSES.rglob("*.bpmn"))
                  for text in texts(file, f"//*[@name='{key}']/@value")]
            for key in ("standardRef", "standardRef_en")}  # fmt: skip
    assert len(said["standardRef"]) > 50
    for chinese, english in zip(said["standardRef"], said["standardRef_en"], strict=True):
        for citation, translated in zip(chinese.split("；"), english.split("; "), strict=True):
            norm = named(citation)
            assert norm is not None
            assert norm["title_en"] in translated, chinese


@pytest.mark.requirement("R039")
def test_an_english_source_of_a_parameter_names_the_norm_by_its_english_title() -> None:
    shipped = ParameterSet.shipped()
    wrong = [entry.name for entry in shipped if (named(entry.source) or {})["title_en"] not in entry.source_en]
    assert wrong == []


@pytest.mark.requirement("R088")
def test_an_english_citation_of_a_form_names_the_norm_by_its_english_title() -> None:
    pairs = [
        pair
        for form in sorted(FORMS.glob("*.form"))
        for pair in re.findall(r'"norm": "([^"]+)",\s*"norm_en": "([^"]+)"', form.read_text(encoding="utf-8"))
    ]
    assert len(pairs) > 10
    assert [english for chinese, english in pairs if (named(chinese) or {})["title_en"] not in english] == []


@pytest.mark.requirement("R088")
@pytest.mark.parametrize(
    ("tag", "property_"), [("decision", "name_en"), ("input", "label_en"), ("rule", "annotation_en")]
)
def test_what_a_table_says_of_a_decision_it_says_in_english_too(tag: str, property_: str) -> None:
    path = f"string(*[local-name()='extensionElements']/*/*[@name='{property_}']/@value)"
    for table in sorted(PROCESSES.rglob("*.dmn")):
        said = [str(found.xpath(path)) for found in etree.fromstring(table.read_bytes()).iter(f"{{*}}{tag}")]
        assert [text for text in said if not text or re.search(r"[\u3000-\u9fff]", text)] == [], table.name


@pytest.mark.requirement("R039", "R088")
def test_the_english_note_of_a_rule_gives_the_same_norms_date_and_certainty() -> None:
    compared = 0
    for table in sorted(PROCESSES.rglob("*.dmn")):
        notes = texts(table, "//*[local-name()='rule']/*[local-name()='annotationEntry']/*/text()")
        for source, date, certainty, note in zip(
            notes[::3], notes[1::3], notes[2::3], texts(table, "//*[@name='annotation_en']/@value"), strict=True
        ):
            titles = [(named(citation) or {})["title_en"] for citation in source.split("；")]
            assert all(title in note for title in titles), note
            assert f"; {date}; {certainty}; " in note
            compared += 1
    assert compared > 50


def test_a_citation_means_one_norm() -> None:
    counts = Counter(name for norm in norms() for name in norm["cites"])
    assert [name for name, count in counts.items() if count > 1] == []
    assert len({norm["id"] for norm in norms()}) == len(norms())


def test_each_norm_has_a_title_in_both_languages_a_kind_and_an_issuer() -> None:
    for norm in norms():
        assert norm["kind"] in KINDS
        assert norm["certainty"] in {"H", "M", "L"}
        assert all(norm[key] for key in ("title", "title_en", "issuer", "issuer_en", "number"))


@pytest.mark.requirement("R008")
def test_the_banks_own_norms_are_marked_as_samples_and_no_others() -> None:
    for norm in norms():
        assert ("示例" in norm.get("note", "")) is (norm["kind"] == "internal")
        assert norm["id"].startswith("KH-") is (norm["kind"] == "internal")
