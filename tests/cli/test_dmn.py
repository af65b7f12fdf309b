"""`kaihu dmn`: a decision of a file, why it came out so, and what is said of files and names that are wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.decisions.document import MAX_BYTES
from tests.cli.conftest import Kaihu
from tests.decisions.models import (
    decision,
    definitions,
    literal,
    requires_decision,
    requires_function,
    requires_input,
    table,
)

KNOWLEDGE = (
    '<businessKnowledgeModel id="twice_id" name="twice"><encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
    f"{literal('x * 2')}</encapsulatedLogic></businessKnowledgeModel>"
)
SERVICE = (
    '<decisionService id="asked" name="asked"><outputDecision href="#score"/><inputData href="#income"/>'
    "</decisionService>"
    '<inputData id="income" name="income"><variable name="income" typeRef="number"/></inputData>'
)
BANDS = table(
    "UNIQUE", ["score", "country"], ["band"],
    ("< 10", "-", '"low"', "a small one"),
    ("[10..20)", 'not("US")', '"medium"', ""),
    (">= 15", '"US"', '"high"', ""),
    (">= 16", '"US"', '"high"', ""),
    notes=True,
)  # fmt: skip
MODEL = definitions(
    KNOWLEDGE,
    SERVICE,
    decision("score", literal("twice(income)"), requires=requires_function("twice_id")),
    decision("band", BANDS, requires=requires_decision("score"), name="Risk band 风险"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "model.dmn"
    found.write_bytes(MODEL)
    return found


def test_without_a_name_the_file_says_what_it_has(kaihu: Kaihu, file: Path) -> None:
    told = kaihu("dmn", file)
    assert told.exit_code == 0
    assert told.stdout == "  score\n  band  Risk band 风险\n  twice_id  twice\n  asked\n"
    listed = json.loads(kaihu("dmn", file, "--json").stdout)
    assert listed["decisions"][2] == {"kind": "business knowledge model", "id": "twice_id", "name": "twice"}


def test_an_unknown_name_is_refused_with_those_there_are(kaihu: Kaihu, file: Path) -> None:
    refused = kaihu("dmn", file, "--decision", "nothing")
    assert refused.exit_code == 1
    assert "The model has no decision nothing." in refused.stderr
    assert "  band  Risk band 风险" in refused.stderr


@pytest.mark.parametrize("named", ["band", "Risk band 风险"])
def test_a_decision_is_taken_by_its_id_or_its_name(kaihu: Kaihu, file: Path, named: str) -> None:
    taken = kaihu("dmn", file, "--decision", named, "--context", '{"income": 2.25, "country": "CN"}')
    assert (taken.exit_code, taken.stdout) == (0, '"low"\n')


def test_the_trace_shows_inputs_fired_rules_and_for_missed_ones_the_cell_that_decided(kaihu: Kaihu, file: Path) -> None:
    told = kaihu("dmn", file, "--decision", "band", "--trace", "--context", '{"income": 6, "country": "CN"}')
    assert told.stdout.splitlines() == [
        "score",
        "  = twice(income)",
        "  → 12",
        "band  Risk band 风险  [UNIQUE]",
        "  score = 12",
        '  country = "CN"',
        "  ✗ 1  score < 10",
        '  ✓ 2  score [10..20) · country not("US")  →  "medium"',
        "  ✗ 3  score >= 15",
        "  ✗ 4  score >= 16",
        '  → "medium"',
        '"medium"',
    ]


def test_an_annotation_stands_behind_its_rule(kaihu: Kaihu, file: Path) -> None:
    told = kaihu("dmn", file, "--decision", "band", "--trace", "--context", '{"income": 1, "country": "CN"}')
    assert '  ✓ 1  score < 10  →  "low"  — a small one' in told.stdout.splitlines()


def test_a_table_without_a_match_says_so_in_the_persons_language(kaihu: Kaihu, file: Path) -> None:
    told = kaihu("dmn", file, "--decision", "band", "--trace", "--context", '{"income": 20}', KAIHU_LANGUAGE="zh")
    assert "  没有规则命中。" in told.stdout.splitlines()
    assert told.stdout.splitlines()[-1] == "null"
    assert "提示：没有名为 country 的变量，按 null 处理。" in told.stderr


def test_a_violated_hit_policy_is_an_error_and_the_trace_shows_both_rules(kaihu: Kaihu, file: Path) -> None:
    arguments = ("dmn", file, "--decision", "band", "--trace", "--context", '{"income": 9, "country": "US"}')
    refused = kaihu(*arguments)
    assert refused.exit_code == 1
    assert "hit policy UNIQUE, but the rules 3, 4 all match" in refused.stderr
    assert [line[:5] for line in refused.stdout.splitlines() if "✓" in line] == ["  ✓ 3", "  ✓ 4"]
    assert refused.stdout.splitlines()[-1] == "  → no result, see the error"
    found = json.loads(kaihu(*arguments, "--json").stdout)
    assert found["error"]["code"] == "hit_policy_violated"
    assert [rule["index"] for rule in found["trace"][1]["rules"]] == [3, 4]


def test_functions_of_the_model_are_called_by_id_or_name(kaihu: Kaihu, file: Path) -> None:
    assert kaihu("dmn", file, "--decision", "twice", "--context", '{"x": 0.1}').stdout == "0.2\n"
    assert kaihu("dmn", file, "--decision", "twice_id", "--context", '{"x": 4}').stdout == "8\n"
    refused = kaihu("dmn", file, "--decision", "twice", "--context", '{"x": "four"}')
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "The values given do not fit the parameters of twice." in refused.stderr


def test_the_object_for_programs_has_the_value_and_on_demand_the_trace(kaihu: Kaihu, file: Path) -> None:
    arguments = ("dmn", file, "--decision", "band", "--json", "--context", '{"income": 6, "country": "CN"}')
    found = json.loads(kaihu(*arguments).stdout)
    assert found == {"decision": "band", "value": "medium", "text": '"medium"', "kind": "string", "warnings": []}
    traced = json.loads(kaihu(*arguments, "--trace").stdout)["trace"]
    assert [record["id"] for record in traced] == ["score", "band"]
    assert traced[1]["missed"][0] == {
        "id": "rule1", "index": 1, "input": 1, "column": "score", "text": "< 10", "matched": False,
    }  # fmt: skip


TYPED = definitions(
    '<itemDefinition name="tPerson"><itemComponent name="born"><typeRef>date</typeRef></itemComponent>'
    '<itemComponent name="name"><typeRef>string</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tDays" isCollection="true"><typeRef>date</typeRef></itemDefinition>'
    '<inputData id="i1" name="person"><variable name="person" typeRef="tPerson"/></inputData>'
    '<inputData id="i2" name="days"><variable name="days" typeRef="tDays"/></inputData>'
    '<inputData id="i3" name="pause"><variable name="pause" typeRef="days and time duration"/></inputData>'
    '<inputData id="i4" name="text"><variable name="text" typeRef="string"/></inputData>',
    '<businessKnowledgeModel id="next" name="next"><encapsulatedLogic><formalParameter name="day" typeRef="date"/>'
    + literal('day + duration("P1D")')
    + "</encapsulatedLogic></businessKnowledgeModel>",
    decision(
        "all",
        literal("[person.born.year, person.name, days[2].day, pause.hours, text]"),
        requires=requires_input("i1", "i2", "i3", "i4"),
    ),
)


def test_a_string_is_a_date_or_duration_where_the_model_declares_it_to_be_one(kaihu: Kaihu, tmp_path: Path) -> None:
    (tmp_path / "typed.dmn").write_bytes(TYPED)
    given = {
        "person": {"born": "1984-04-15", "name": "2026-01-01"},
        "days": ["2026-11-23", "2026-11-24"],
        "pause": "PT7H",
        "text": "PT7H",
    }
    taken = kaihu("dmn", tmp_path / "typed.dmn", "--decision", "all", "--context", json.dumps(given))
    assert taken.stdout == '[1984, "2026-01-01", 24, 7, "PT7H"]\n'
    wrong = kaihu("dmn", tmp_path / "typed.dmn", "--decision", "all", "--context", '{"pause": "soon"}')
    assert "A value does not fit its declared type" in wrong.stderr
    called = kaihu("dmn", tmp_path / "typed.dmn", "--decision", "next", "--context", '{"day": "2026-11-30"}')
    assert called.stdout == "2026-12-01\n"


def test_models_it_imports_are_found_in_the_same_folder(kaihu: Kaihu, tmp_path: Path) -> None:
    imported = definitions(decision("rate", literal("7"))).replace(b' id="file"', b' id="file" namespace="urn:rates"')
    (tmp_path / "rates.dmn").write_bytes(imported)
    (tmp_path / "broken.dmn").write_bytes(b"<definitions")
    importing = definitions(
        '<import name="rates" namespace="urn:rates" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        decision("twice", literal("rates.rate * 2"), requires=requires_decision("rate").replace("#", "urn:rates#")),
    )
    (tmp_path / "twice.dmn").write_bytes(importing.replace(b' id="file"', b' id="file" namespace="urn:twice"'))
    taken = kaihu("dmn", tmp_path / "twice.dmn", "--decision", "twice", "--trace")
    assert taken.stdout.splitlines()[-1] == "14", taken.stderr
    assert "  (file)" in taken.stdout.splitlines()[0]


def test_the_trace_shows_the_decisions_of_a_service_and_the_parts_of_a_context(kaihu: Kaihu, file: Path) -> None:
    told = kaihu("dmn", file, "--decision", "asked", "--trace", "--context", '{"income": 6}')
    assert told.stdout.splitlines() == [
        "asked",
        "  asked",
        "    score",
        "      = twice(income)",
        "      → 12",
        "  → 12",
        "12",
    ]
    entry = f'<contextEntry><variable name="half"/>{literal("8 / 2")}</contextEntry>'
    entry += f'<contextEntry><variable name="kind"/>{table("FIRST", ["half"], ["k"], ("> 3", "1"))}</contextEntry>'
    file.write_bytes(definitions(decision("boxed", f"<context>{entry}</context>")))
    told = kaihu("dmn", file, "--decision", "boxed", "--trace")
    assert told.stdout.splitlines() == [
        "boxed",
        "  half = 4",
        "  kind  [FIRST]",
        "    half = 4",
        "    ✓ 1  half > 3  →  1",
        "    → 1",
        "  → {half: 4, kind: 1}",
        "{half: 4, kind: 1}",
    ]


OVERLAP = table("UNIQUE", ["score"], ["band"], ("< 10", '"low"'), (">= 5", '"high"'))


def test_a_check_tells_each_finding_with_the_input_that_shows_it(kaihu: Kaihu, tmp_path: Path) -> None:
    (tmp_path / "overlap.dmn").write_bytes(definitions(decision("band", OVERLAP)))
    told = kaihu("dmn", tmp_path / "overlap.dmn", "--check")
    assert told.exit_code == 1
    assert told.stdout.startswith("failure: band")
    assert re.search(r"score = [5-9]", told.stdout)
    found = json.loads(kaihu("dmn", tmp_path / "overlap.dmn", "--check", "--json").stdout)["findings"][0]
    assert (found["code"], found["rules"]) == ("table_overlap", [1, 2])
    assert 5 <= float(found["example"]["score"]) < 10


def test_a_check_that_finds_nothing_says_so_and_may_come_with_a_decision(kaihu: Kaihu, tmp_path: Path) -> None:
    sound = table("UNIQUE", ["score"], ["band"], ("< 10", '"low"'), (">= 10", '"high"'))
    (tmp_path / "sound.dmn").write_bytes(definitions(decision("band", sound)))
    arguments = ("dmn", tmp_path / "sound.dmn", "--check", "--decision", "band", "--context", '{"score": 3}')
    told = kaihu(*arguments)
    assert told.exit_code == 0
    assert told.stdout == 'Nothing was found in the tables.\n"low"\n'
    found = json.loads(kaihu(*arguments, "--json").stdout)
    assert (found["findings"], found["value"]) == ([], "low")


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><definitions>&a;</definitions>'
NESTED = b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'>" + b"<decision>" * 100_000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not well-formed"),
        (bytes(range(256)) * 100, "not well-formed"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 1_000, "not well-formed"),
        (b"<definitions/>", "not a DMN 1.1 to 1.5 model"),
        (DOCTYPE, "Document types are not allowed"),
        (NESTED, "nested too deeply"),
        (b" " * 10_000_000, f"larger than {MAX_BYTES} bytes"),
        (definitions(decision("d", literal("1 +"))), "expected a value"),
    ],
    ids=["empty", "binary", "gzip", "no model", "document type", "nested", "10 MB", "no FEEL"],
)
def test_a_file_that_is_no_model_is_refused_with_the_reason(
    kaihu: Kaihu, tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "broken.dmn").write_bytes(content)
    refused = kaihu("dmn", tmp_path / "broken.dmn", "--decision", "d")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: broken.dmn was refused")
    assert why in refused.stderr


def test_what_is_no_file_is_a_wrong_use_of_the_command(kaihu: Kaihu, tmp_path: Path) -> None:
    assert kaihu("dmn", tmp_path).exit_code == 2
    assert kaihu("dmn", tmp_path / "nowhere.dmn").exit_code == 2


def test_a_program_is_told_of_every_error_in_the_object(kaihu: Kaihu, file: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.dmn").write_bytes(b"<")
    for arguments, code in (
        ((tmp_path / "broken.dmn",), "decision_refused"),
        ((file, "--decision", "nothing"), "decision_unknown"),
        ((file, "--decision", "band", "--context", "{"), "context_unreadable"),
    ):
        told = kaihu("dmn", *arguments, "--json")
        assert (told.exit_code, json.loads(told.stdout)["error"]["code"]) == (1, code)
