"""The conformance run: reads a kit, judges each case, counts those that expect a value apart."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.judging import same
from engine.feel.temporal import parse_temporal

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">
  <inputData id="amount" name="amount"><variable name="amount"/></inputData>
  <decision id="twice" name="twice"><variable name="twice"/>
    <informationRequirement id="r"><requiredInput href="#amount"/></informationRequirement>
    <literalExpression id="e"><text>amount * 2</text></literalExpression></decision>
</definitions>"""

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>m.dmn</modelName>
  <testCase id="right">{amount}<resultNode name="twice"><expected><value xsi:type="xsd:decimal">3</value></expected>
  </resultNode></testCase>
  <testCase id="wrong">{amount}<resultNode name="twice"><expected><value xsi:type="xsd:decimal">4</value></expected>
  </resultNode></testCase>
  <testCase id="null"><resultNode name="twice" errorResult="true"><expected><value xsi:nil="true"/></expected>
  </resultNode></testCase>
</testCases>"""
AMOUNT = '<inputNode name="amount"><value xsi:type="xsd:decimal">1.5</value></inputNode>'


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = tmp_path / "compliance-level-2" / "0001-twice"
    folder.mkdir(parents=True)
    (folder / "m.dmn").write_text(MODEL)
    (folder / "0001-twice-test-01.xml").write_text(CASES.format(amount=AMOUNT))
    return tmp_path


def test_each_level_counts_its_cases_and_names_the_failed_ones(
    kit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", str(kit)])
    monkeypatch.setenv("JSON", "1")
    main()
    assert json.loads(capsys.readouterr().out) == {
        "level2": {
            "cases": 3,
            "passed": 2,
            "valued": 2,
            "valued_passed": 1,
            "failed": ["0001-twice/0001-twice-test-01#wrong"],
        },
        "level3": {"cases": 0, "passed": 0, "valued": 0, "valued_passed": 0, "failed": []},
    }


def test_the_report_for_people_says_the_same(
    kit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", str(kit)])
    main()
    report = capsys.readouterr().out
    assert "level2: 2 of 3 cases passed; of those that expect a value (valued) 1 of 2 passed" in report
    assert "failed: 0001-twice/0001-twice-test-01#wrong" in report


def test_a_folder_that_is_none_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", "nowhere"])
    with pytest.raises(SystemExit, match="the folder of the kit"):
        main()


def test_a_folder_without_cases_is_said_to_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", str(tmp_path)])
    with pytest.raises(SystemExit, match="There are no cases below"):
        main()


def test_what_is_broken_fails_and_the_rest_is_judged(
    kit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (kit / "compliance-level-9" / "0001-later").mkdir(parents=True)
    (kit / "compliance-level-9" / "0001-later" / "0001-later-test-01.xml").write_text("<testCases>")
    folder = kit / "compliance-level-2" / "0002-broken"
    folder.mkdir()
    (folder / "0002-broken-test-01.xml").write_text("<testCases>")
    (folder / "0002-broken-test-02.xml").write_text(CASES.format(amount="").replace("m.dmn", "absent.dmn"))
    (folder / "0002-broken-test-03.xml").write_text(
        CASES.format(amount=AMOUNT).replace('name="twice"', 'name="thrice"')
    )
    (folder / "notes.xml").write_text("<notes/>")
    (folder / "m.dmn").write_text(MODEL)
    monkeypatch.setattr("sys.argv", ["conformance", str(kit)])
    monkeypatch.setenv("JSON", "1")
    main()
    report = json.loads(capsys.readouterr().out)["level2"]
    assert (report["cases"], report["passed"], len(report["failed"])) == (10, 2, 8)
    assert "0002-broken/0002-broken-test-01" in report["failed"]


def test_expected_values_may_be_of_any_year_and_are_compared_to_the_nanosecond() -> None:
    assert same(parse_temporal("-2017-12-31"), parse_temporal("-2017-12-31"))
    assert same(parse_temporal("10:00:00.000000001"), parse_temporal("10:00:00.000000001"))
    assert not same(parse_temporal("10:00:00.000000001"), parse_temporal("10:00:00"))
    assert not same(parse_temporal("10:00:00Z"), parse_temporal("10:00:00"))
    assert not same(parse_temporal("12026-01-01T10:00:00.1"), parse_temporal("12026-01-01T10:00:00.2"))


@pytest.mark.parametrize(
    ("found", "expected", "agree"),
    [
        (Decimal("54.59815003314423907811026120286088"), Decimal("54.59815003"), True),
        (Decimal("54.59815103314423907811026120286088"), Decimal("54.59815003"), False),
        (Decimal("662.7073593732659271562143285576524"), Decimal("662.707359373292"), True),
        (2, Decimal("2.0"), True),
        (2, 3, False),
        (True, 1, False),
        (1, True, False),
        ("1", 1, False),
        (None, 0, False),
        ([1, {"a": Decimal("0.5")}], [1, {"a": Decimal("0.50")}], True),
        ([1], [1, None], False),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_numbers_agree_in_the_places_the_kit_writes_and_everything_else_exactly(
    found: object, expected: object, agree: bool
) -> None:
    assert same(found, expected) is agree
