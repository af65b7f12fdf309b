"""The diagrams of account opening: they parse, link, are drawn in full and say what to do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.decisions import Decision, parse_decisions
from engine.interpreter import ProcessModel, link, parse_diagram
from engine.model.elements import Element, ElementKind

FOLDER = Path(__file__).parents[2] / "processes" / "account_opening"
STAGES = ("customer_identification", "document_review", "agreement_signing", "account_setup", "aftercare")
FILES = ("account_opening", *STAGES)
DIAGRAMS = {file.stem: file for file in sorted(FOLDER.parent.rglob("*.bpmn"))}
"""Of all processes."""
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
ENTRY = {"enter_enterprise_application", "enter_individual_application", "collect_documents", "receive_supplement"}
JOBS = {ElementKind.SERVICE_TASK, ElementKind.SEND_TASK}


@cache
def processes() -> dict[str, ProcessModel]:
    """Every process of the folder by id."""
    found: dict[str, ProcessModel] = {}
    for file in sorted(FOLDER.glob("*.bpmn")):
        found |= parse_diagram(file.read_bytes(), file.name).processes
    return found


def elements() -> Iterator[Element]:
    for process in processes().values():
        yield from process.elements.values()


def element(id_: str) -> Element:
    return next(found for found in elements() if found.id == id_)


def assigned_to(task: str) -> str:
    """The candidate groups of a user task, as drawn."""
    for name in FILES:
        for node in drawing(name).iter(f"{BPMN}userTask"):
            if node.get("id") == task:
                (assignment,) = node.iter(f"{ZEEBE}assignmentDefinition")
                return assignment.get("candidateGroups", "")
    raise KeyError(task)


def drawing(name: str) -> ElementTree.Element:
    return ElementTree.parse(DIAGRAMS[name]).getroot()  # our own file, not an upload


def drawn(name: str) -> ProcessModel:
    return parse_diagram(DIAGRAMS[name].read_bytes(), name).processes[name]


def test_every_file_holds_the_process_of_its_name() -> None:
    assert set(processes()) == set(FILES)
    assert {file.stem for file in FOLDER.glob("*.bpmn")} == set(FILES)


def test_the_main_process_links_with_its_stages_and_tables() -> None:
    decisions: dict[str, Decision] = {}
    for file in FOLDER.glob("*.dmn"):
        decisions |= parse_decisions(file.read_bytes(), file.name).decisions
    program = link(processes(), "account_opening", decisions)
    assert set(program.processes) == set(FILES)


@pytest.mark.requirement("R020", "R021", "R023", "R025", "R027", "R069")
def test_the_main_process_calls_the_five_stages() -> None:
    assert processes()["account_opening"].called_processes == set(STAGES)


@pytest.mark.requirement("R048")
@pytest.mark.parametrize("name", ["信息录入", "资料审核", "审批决策", "账户开设", "系统日志"])
def test_each_of_the_five_nodes_exists_once_with_a_norm_and_an_owner(name: str) -> None:
    (node,) = [found for found in elements() if found.name == name]
    assert node.properties["standardRef"]
    assert node.lane
    assert "R048" in node.properties["requirement"]


@pytest.mark.requirement("R049", "R054", "R070")
def test_every_node_is_documented_in_both_languages() -> None:
    assert [found.id for found in elements() if not (found.documentation and found.documentation_en)] == []


def test_every_node_has_an_english_name_and_every_named_flow_too() -> None:
    assert [found.id for found in elements() if not found.name_en] == []
    flows = [flow for process in processes().values() for flow in process.flows.values()]
    assert [flow.id for flow in flows if flow.name and not flow.name_en] == []


@pytest.mark.requirement("R088")
@pytest.mark.parametrize("key", ["riskNote", "standardRef"])
def test_what_a_step_says_of_norm_and_risk_it_says_in_both_languages(key: str) -> None:
    said = [(found.id, found.properties.get(key), found.properties.get(f"{key}_en")) for found in elements()]
    assert len([id_ for id_, zh, _ in said if zh]) > 50
    assert [id_ for id_, zh, en in said if bool(zh) is not bool(en)] == []
    assert [id_ for id_, zh, en in said if en and (en == zh or re.search(r"[\u3000-\u9fff]", en))] == []


@pytest.mark.requirement("R006")
def test_every_person_and_worker_step_has_a_norm_a_time_limit_and_a_lane() -> None:
    steps = [found for found in elements() if found.kind is ElementKind.USER_TASK or found.kind in JOBS]
    assert [step.id for step in steps if not all(step.properties.get(key) for key in ("standardRef", "sla"))] == []
    assert [found.id for found in elements() if not found.lane] == []


@pytest.mark.requirement("R043", "R072")
def test_every_person_step_at_a_control_point_says_its_risk() -> None:
    steps = [found for found in elements() if found.kind is ElementKind.USER_TASK]
    controlled = [step for step in steps if step.properties.get("controlPoint")]
    assert controlled
    assert [step.id for step in controlled if not step.properties.get("riskNote")] == []


def test_all_five_control_points_are_marked() -> None:
    points = {found.properties["controlPoint"] for found in elements() if "controlPoint" in found.properties}
    assert points == {"CP1", "CP2", "CP3", "CP4", "CP5"}


@pytest.mark.requirement("R029", "R030", "R031")
@pytest.mark.control("CP2")
@pytest.mark.parametrize(
    ("task", "role"),
    [
        ("enter_enterprise_application", "relationship_manager"),
        ("enter_individual_application", "relationship_manager"),
        ("guide_customer", "relationship_manager"),
        ("review_documents", "reviewer"),
        ("approve_fast_lane", "supervisor"),
        ("approve_application", "supervisor"),
        ("enhanced_due_diligence", "risk_officer"),
        ("approve_high_risk", "risk_officer"),
    ],
)
def test_each_post_does_its_own_steps_and_the_relationship_manager_approves_nothing(task: str, role: str) -> None:
    assert assigned_to(task) == role


@pytest.mark.requirement("R057", "R083", "R089")
@pytest.mark.control("CP2")
def test_review_excludes_entry_and_every_approval_excludes_entry_and_review() -> None:
    assert set(element("review_documents").excludes) >= ENTRY | {"application_submitted"}
    for approval in ("approve_fast_lane", "approve_application", "approve_high_risk", "approve_by_president"):
        assert set(element(approval).excludes) >= ENTRY | {"application_submitted", "review_documents"}


def reachable(process: str, without: set[str]) -> set[str]:
    """What some path leads to when the elements `without` are never completed, only left by boundary events."""
    model = processes()[process]
    attached = [
        (event.get("attachedToRef"), event.get("id")) for event in drawing(process).iter(f"{BPMN}boundaryEvent")
    ]
    found: set[str] = set()
    open_ = [id_ for id_, node in model.elements.items() if node.kind is ElementKind.START_EVENT]
    while open_:
        id_ = open_.pop()
        if id_ in found:
            continue
        found.add(id_)
        open_ += [event for host, event in attached if host == id_ and event]
        if id_ not in without:
            open_ += [flow.target for flow in model.flows.values() if flow.source == id_]
    return found


@pytest.mark.requirement("R057", "R086")
@pytest.mark.control("CP2")
@pytest.mark.parametrize(
    ("process", "goal", "gates"),
    [
        ("account_opening", "open_account", {"review_application"}),
        ("account_opening", "open_account", {"sign_contract"}),
        ("document_review", "review_passed", {"review_documents"}),
        ("document_review", "review_passed", {"approve_fast_lane", "approve_application", "approve_high_risk"}),
        ("agreement_signing", "agreement_passed", {"record_consent"}),
        ("agreement_signing", "agreement_passed", {"countersign_agreement"}),
    ],
)
def test_no_path_leads_around_review_approval_consent_or_signature(process: str, goal: str, gates: set[str]) -> None:
    assert goal in reachable(process, set())
    assert goal not in reachable(process, gates)


@pytest.mark.requirement("R031", "R083")
@pytest.mark.control("CP2")
def test_whoever_makes_or_returns_the_due_diligence_neither_confirms_its_rejection_nor_approves() -> None:
    assert set(element("confirm_rejection").excludes) >= ENTRY | {"review_documents", "enhanced_due_diligence"}
    for approval in ("approve_high_risk", "approve_by_president"):
        assert set(element(approval).excludes) >= {"enhanced_due_diligence", "confirm_rejection"}


@pytest.mark.requirement("R009")
def test_no_letter_that_cannot_be_delivered_leaves_a_case_standing() -> None:
    for name in FILES:
        root = drawing(name)
        letters = {task.get("id") for task in root.iter(f"{BPMN}sendTask")}
        caught = {
            event.get("attachedToRef")
            for event in root.iter(f"{BPMN}boundaryEvent")
            if event.find(f"{BPMN}errorEventDefinition") is not None
        }
        assert letters - caught == set(), name


def test_every_excluded_element_exists() -> None:
    known = {found.id for found in elements()}
    assert {other for found in elements() for other in found.excludes} - known == set()


def test_an_element_id_belongs_to_one_process_only() -> None:
    ids = [found.id for found in elements()]
    assert len(ids) == len(set(ids))


def test_ids_read_as_words() -> None:
    flows = [flow.id for process in processes().values() for flow in process.flows.values()]
    ids = [*(found.id for found in elements()), *flows]
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", id_)] == []


def test_every_form_of_the_diagrams_is_there() -> None:
    forms = {form for process in processes().values() for form in process.forms}
    present = {file.stem for file in (FOLDER.parents[1] / "forms").glob("*.form")}
    assert forms - present == set()


@pytest.mark.requirement("R079")
def test_every_exclusive_choice_has_a_default() -> None:
    for name in FILES:
        for gateway in drawing(name).iter(f"{BPMN}exclusiveGateway"):
            if len(gateway.findall(f"{BPMN}outgoing")) > 1:
                assert gateway.get("default"), gateway.get("id")


@pytest.mark.requirement("R069", "R070")
@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_node_flow_and_lane_is_drawn(name: str) -> None:
    root = drawing(name)
    process = drawn(name)
    lanes = {lane.get("id") for lane in root.iter(f"{BPMN}lane")}
    shapes = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in root.iter(f"{DI}BPMNEdge")}
    assert set(process.elements) | lanes <= shapes
    assert set(process.flows) <= edges


@pytest.mark.parametrize("name", DIAGRAMS)
def test_every_flow_runs_at_right_angles(name: str) -> None:
    flows = set(drawn(name).flows)
    for edge in drawing(name).iter(f"{DI}BPMNEdge"):
        if edge.get("bpmnElement") in flows:
            points = [(point.get("x"), point.get("y")) for point in edge.iter(WAYPOINT)]
            pairs = itertools.pairwise(points)
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairs), edge.get("bpmnElement")


@pytest.mark.parametrize("name", DIAGRAMS)
def test_no_two_steps_overlap_and_all_lie_inside_the_pool(name: str) -> None:
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for shape in drawing(name).iter(f"{DI}BPMNShape"):
        bounds = shape.find(BOUNDS)
        assert bounds is not None
        x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
        boxes[shape.get("bpmnElement", "")] = (x, y, x + width, y + height)
    pool = boxes[f"{name}_pool"]
    loose = {ElementKind.BOUNDARY_EVENT, ElementKind.SUB_PROCESS}
    steps = [boxes[id_] for id_, found in drawn(name).elements.items() if found.kind not in loose]
    for at, box in enumerate(steps):
        assert pool[0] < box[0]
        assert pool[1] < box[1]
        assert box[2] < pool[2]
        assert box[3] < pool[3]
        for other in steps[at + 1 :]:
            apart = box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
            assert apart, (name, box, other)


@pytest.mark.parametrize("name", DIAGRAMS)
def test_no_two_labels_overlap(name: str) -> None:
    labels: list[tuple[float, float, float, float]] = []
    for label in drawing(name).iter(f"{DI}BPMNLabel"):
        bounds = label.find(BOUNDS)
        assert bounds is not None
        x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
        labels.append((x, y, x + width, y + height))
    for at, box in enumerate(labels):
        for other in labels[at + 1 :]:
            apart = box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
            assert apart, (name, box, other)


@pytest.mark.requirement("R071")
def test_colours_tell_control_points_decisions_parallel_work_and_customer_steps_apart() -> None:
    fill = "{http://bpmn.io/schema/bpmn/biocolor/1.0}fill"
    colours: dict[str, set[str]] = {"decision": set(), "parallel": set(), "customer": set(), "control": set()}
    for name in FILES:
        for shape in drawing(name).iter(f"{DI}BPMNShape"):
            found = processes()[name].elements.get(shape.get("bpmnElement", ""))
            if found is None:
                continue
            if found.kind is ElementKind.EXCLUSIVE_GATEWAY:
                colours["decision"].add(shape.get(fill, ""))
            elif found.kind is ElementKind.PARALLEL_GATEWAY:
                colours["parallel"].add(shape.get(fill, ""))
            elif found.kind is ElementKind.RECEIVE_TASK:
                colours["customer"].add(shape.get(fill, ""))
            elif found.kind is ElementKind.USER_TASK and "controlPoint" in found.properties:
                colours["control"].add(shape.get(fill, ""))
    assert all(len(fills) == 1 and "" not in fills for fills in colours.values()), colours
    assert len(set.union(*colours.values())) == len(colours)
