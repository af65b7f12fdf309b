"""The diagram and tables of transfer authorisation: drawn in full, both languages, every path played (CP3)."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from cli.functions import calendar_functions
from engine.decisions import parse_decisions
from engine.feel import Environment
from engine.interpreter import ProcessModel, parse_diagram
from engine.model.elements import ElementKind
from engine.simulation import Coverage, Library, play, read_scenario
from tests.conftest import NOON

PROCESS = "transfer_authorisation"
FOLDER = Path(__file__).parents[2] / "processes" / PROCESS
SHANGHAI = ZoneInfo("Asia/Shanghai")
SCENARIOS = sorted((FOLDER / "scenarios").glob("*.json"))
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
APPROVALS = ("approve_by_supervisor", "approve_by_risk_officer", "approve_by_president")
Box = tuple[float, float, float, float]


@cache
def model() -> ProcessModel:
    file = FOLDER / f"{PROCESS}.bpmn"
    return parse_diagram(file.read_bytes(), file.name).processes[PROCESS]


@cache
def drawing() -> ElementTree.Element:
    return ElementTree.parse(FOLDER / f"{PROCESS}.bpmn").getroot()  # our own file, not an upload


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.of_folder(FOLDER)


@pytest.mark.requirement("R090")
@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_scenario_takes_its_path_to_its_end(file: Path, library: Library) -> None:
    scenario = read_scenario(file.read_bytes(), file.name)
    playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI)
    assert playback.failures(scenario) == []


def test_together_they_cover_every_node_and_flow(library: Library) -> None:
    coverage = Coverage(library.processes)
    for file in SCENARIOS:
        scenario = read_scenario(file.read_bytes(), file.name)
        coverage.add(play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI).events)
    assert list(coverage.missing()) == []


def test_every_node_and_named_flow_speaks_both_languages() -> None:
    elements = model().elements.values()
    assert [each.id for each in elements if not (each.name_en and each.documentation and each.documentation_en)] == []
    assert [flow.id for flow in model().flows.values() if flow.name and not flow.name_en] == []
    for key in ("riskNote", "standardRef"):
        said = [(each.properties.get(key, ""), each.properties.get(f"{key}_en", "")) for each in elements]
        assert [zh for zh, en in said if bool(zh) is not bool(en) or re.search(r"[\u3000-\u9fff]", en)] == []


def test_every_step_has_a_norm_a_target_time_and_a_lane() -> None:
    kinds = {ElementKind.USER_TASK, ElementKind.SERVICE_TASK, ElementKind.SEND_TASK}
    steps = [each for each in model().elements.values() if each.kind in kinds]
    assert [step.id for step in steps if not all(step.properties.get(key) for key in ("standardRef", "sla"))] == []
    assert [each.id for each in model().elements.values() if not each.lane] == []


@pytest.mark.requirement("R031", "R090")
def test_no_approval_is_given_by_who_asked_or_by_who_approved_before() -> None:
    elements = model().elements
    for at, task in enumerate(APPROVALS):
        assert set(elements[task].excludes) == {"transfer_requested", *APPROVALS[:at]}


@pytest.mark.requirement("R090")
@pytest.mark.parametrize("without", ["reserve_limits", "determine_authority", "read_account", "determine_limits"])
def test_nothing_is_posted_past_the_check(without: str) -> None:
    found, open_ = set[str](), ["transfer_requested"]
    while open_:
        here = open_.pop()
        if here in found:
            continue
        found.add(here)
        open_ += [flow.target for flow in model().flows.values() if flow.source == here and here != without]
    assert without in found
    assert "post_transfer" not in found


@pytest.mark.requirement("R090")
def test_after_an_approval_everything_is_checked_anew() -> None:
    (after,) = [flow.target for flow in model().flows.values() if flow.source == "record_approval"]
    assert after == "read_account"


def _boxes(tag: str) -> list[tuple[str, Box]]:
    found = []
    for shape in drawing().iter(f"{DI}BPMNShape"):
        for drawn in [shape] if tag == "shape" else shape.iter(f"{DI}BPMNLabel"):
            bounds = drawn.find(BOUNDS)
            assert bounds is not None
            x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
            found.append((shape.get("bpmnElement", ""), (x, y, x + width, y + height)))
    for label in () if tag == "shape" else drawing().iter(f"{DI}BPMNEdge"):
        for bounds in label.iter(BOUNDS):
            x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
            found.append((label.get("bpmnElement", ""), (x, y, x + width, y + height)))
    return found


def _apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("tag", ["shape", "label"])
def test_nothing_drawn_overlaps(tag: str) -> None:
    loose = {ElementKind.BOUNDARY_EVENT}
    boxes = [
        (id_, box)
        for id_, box in _boxes(tag)
        if tag == "label" or (id_ in model().elements and model().elements[id_].kind not in loose)
    ]
    assert len(boxes) > 15
    assert [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if not _apart(one, other)] == []


def test_everything_is_drawn_and_flows_run_at_right_angles() -> None:
    assert set(model().elements) <= {id_ for id_, _ in _boxes("shape")}
    edges = {edge.get("bpmnElement"): edge for edge in drawing().iter(f"{DI}BPMNEdge")}
    assert set(model().flows) == set(edges)
    for flow, edge in edges.items():
        points = [(point.get("x"), point.get("y")) for point in edge.iter(WAYPOINT)]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points)), flow


def _decide(table: str, given: dict[str, Any]) -> Any:
    parsed = parse_decisions((FOLDER / f"{table}.dmn").read_bytes(), f"{table}.dmn")
    return parsed.decisions[table].evaluate(given, Environment(NOON)).value


def check(total: int | None, *, refused: bool = False) -> dict[str, Any]:
    worst = None if total is None else {"code": "single", "total": Decimal(total), "limit": Decimal(100_000)}
    return {"limit_check": {"refused": refused, "over": total is not None, "worst": worst}}


@pytest.mark.requirement("R090")
@pytest.mark.parametrize(
    ("given", "tier", "rank"),
    [
        (check(None), "none", 0),
        (check(100_001), "supervisor", 1),
        (check(200_000), "supervisor", 1),
        (check(200_001), "risk_officer", 2),
        (check(500_000), "risk_officer", 2),
        (check(500_001), "president_and_risk_officer", 3),
        (check(10**15), "president_and_risk_officer", 3),
        (check(None, refused=True), "refuse", None),
        (check(100_001, refused=True), "refuse", None),
        ({"limit_check": {}}, "refuse", None),
        ({"limit_check": {"refused": False, "over": True, "worst": None}}, "refuse", None),
    ],
)
def test_up_to_twice_the_supervisor_up_to_five_times_the_risk_officer_beyond_both(
    given: dict[str, Any], tier: str, rank: int | None
) -> None:
    found = _decide("special_approval_authority", given)
    assert (found["tier"], found["rank"]) == (tier, rank)


def account(kind: str, type_: str, band: str, channel: str, *, minor: bool = False) -> dict[str, Any]:
    facts = {"kind": kind, "account_type": type_, "risk_band": band, "minor": minor}
    return {"transfer_account": facts, "transfer": {"channel": channel}}


@pytest.mark.requirement("R090")
@pytest.mark.parametrize(
    ("given", "apply", "count"),
    [
        (account("individual", "class_1", "low", "counter"), False, None),
        (account("individual", "class_1", "low", "online"), True, 50),
        (account("individual", "class_1", "medium", "mobile"), True, 20),
        (account("individual", "class_1", "high", "online"), True, 10),
        (account("individual", "class_1", "low", "counter", minor=True), True, 10),
        (account("individual", "class_2", "low", "counter"), True, 50),
        (account("enterprise", "basic", "low", "counter"), True, 200),
        (account("enterprise", "general", "medium", "online"), True, 100),
        (account("enterprise", "basic", "high", "counter"), True, 50),
        (account("", "unheard_of", "high", "counter"), True, 50),
    ],
)
def test_class_band_and_channel_say_whether_limits_hold_and_how_many_payments_a_day(
    given: dict[str, Any], apply: bool, count: int | None
) -> None:
    found = _decide("transfer_limits", given)
    assert (found["limits_apply"], found["daily_count"]) == (apply, count)
