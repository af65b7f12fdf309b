"""Diagrams played in a throw-away engine: answers, virtual time, expectations, coverage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.model.errors import ResourceRefused
from engine.simulation import Coverage, Library, Playback, Scenario, ScenarioInvalid, play, read_scenario
from tests.simulation.diagrams import (
    END,
    START,
    diagram,
    element,
    flow,
    path,
    script_task,
    service_task,
    timer,
    user_task,
)

APPROVAL = diagram(
    START,
    user_task("enter"),
    service_task("check", "check-identity"),
    element("exclusiveGateway", "good", default="good_refused"),
    END,
    element("endEvent", "refused"),
    path("start", "enter", "check", "good"),
    flow("good", "end", "identity.passed"),
    flow("good", "refused"),
)

CALLS_DOUBLING = diagram(
    START,
    script_task("set", "21", "amount"),
    element("callActivity", "call", '<zeebe:calledElement processId="doubling"/>'),
    END,
    path("start", "set", "call", "end"),
)


def library_of(folder: Path, content: bytes) -> Library:
    file = folder / "p.bpmn"
    file.write_bytes(content)
    return Library.of_diagram(file)


def played(folder: Path, content: bytes, scenario: Scenario | None = None) -> Playback:
    return play(library_of(folder, content).program(), scenario)


def scenario(**body: object) -> Scenario:
    return read_scenario(json.dumps(body).encode(), "test.json")


def test_without_a_scenario_a_play_stops_where_a_person_must_act(tmp_path: Path) -> None:
    playback = played(tmp_path, APPROVAL)
    assert playback.completed == ("start",)
    assert playback.waiting == ("enter",)
    assert not playback.ended


def test_answers_lead_the_case_to_the_expected_end(tmp_path: Path) -> None:
    script = scenario(
        steps=[
            {"complete": "enter", "variables": {"name": "Li"}},
            {"worker": "check", "complete": {"identity": {"passed": True}}},
        ],
        expect={"path": ["enter", "check"], "end": "end", "variables": {"name": "Li", "identity": {"passed": True}}},
    )
    playback = played(tmp_path, APPROVAL, script)
    assert playback.failures(script) == []
    assert playback.completed == ("start", "enter", "check", "good", "end")


def test_a_default_answer_serves_every_job_of_its_type(tmp_path: Path) -> None:
    script = scenario(
        workers={"check-identity": {"identity": {"passed": False}}},
        steps=[{"complete": "enter"}],
        expect={"end": "refused"},
    )
    assert played(tmp_path, APPROVAL, script).failures(script) == []


def test_a_play_that_ends_elsewhere_says_where_it_differs(tmp_path: Path) -> None:
    script = scenario(
        workers={"check-identity": {"identity": {"passed": False}}},
        steps=[{"complete": "enter"}],
        expect={"end": "end", "path": ["check", "enter"], "variables": {"identity": {"passed": True}}},
    )
    failures = " ".join(played(tmp_path, APPROVAL, script).failures(script))
    assert "did not end in end" in failures
    assert "enter was not completed in the expected order" in failures
    assert "identity.passed is False, expected True" in failures


def test_a_step_with_nothing_to_act_on_names_itself_and_what_waits(tmp_path: Path) -> None:
    playback = played(tmp_path, APPROVAL, scenario(steps=[{"complete": "approve"}]))
    assert playback.error == "Step 1 cannot be done: approve is not waiting. Waiting: enter."


def test_a_worker_that_gives_up_leaves_the_case_waiting_with_the_reason(tmp_path: Path) -> None:
    playback = played(
        tmp_path, APPROVAL, scenario(steps=[{"complete": "enter"}, {"worker": "check", "fail": "no answer"}])
    )
    assert playback.error == "check: no answer"
    assert playback.waiting == ("check",)


def test_time_passes_when_only_timers_can_move_the_case(tmp_path: Path) -> None:
    waiting = timer("intermediateCatchEvent", "pause", "P30D")
    assert played(tmp_path, diagram(START, waiting, END, path("start", "pause", "end"))).completed == (
        "start",
        "pause",
        "end",
    )


def test_time_stands_still_while_a_person_is_awaited(tmp_path: Path) -> None:
    reminder = timer("boundaryEvent", "late", "PT1H", attachedToRef="enter")
    content = diagram(START, user_task("enter"), reminder, END, path("start", "enter", "end"), flow("late", "end"))
    playback = played(tmp_path, content)
    assert playback.waiting == ("enter",)
    script = scenario(steps=[{"advance": "PT2H"}], expect={"end": "end", "path": ["late"]})
    assert played(tmp_path, content, script).failures(script) == []


def test_the_earlier_of_two_timers_behind_an_event_based_gateway_wins(tmp_path: Path) -> None:
    content = diagram(
        START,
        element("eventBasedGateway", "first"),
        timer("intermediateCatchEvent", "slow", "PT2H"),
        timer("intermediateCatchEvent", "quick", "PT1H"),
        END,
        path("start", "first", "slow", "end"),
        path("first", "quick", "end"),
    )
    completed = played(tmp_path, content).completed
    assert "quick" in completed
    assert "slow" not in completed


def test_coverage_names_what_no_play_has_travelled(tmp_path: Path) -> None:
    library = library_of(tmp_path, APPROVAL)
    coverage = Coverage(library.processes)
    script = scenario(workers={"check-identity": {"identity": {"passed": True}}}, steps=[{"complete": "enter"}])
    coverage.add(play(library.program(), script).events)
    assert coverage.missing() == [("p", "good_refused"), ("p", "refused")]


def test_a_called_process_is_found_in_the_same_folder_and_a_broken_neighbour_does_no_harm(tmp_path: Path) -> None:
    called = diagram(START, script_task("double", "amount * 2", "amount"), END, path("start", "double", "end"))
    (tmp_path / "called.bpmn").write_bytes(called.replace(b'id="p"', b'id="doubling"'))
    (tmp_path / "aa_broken.bpmn").write_bytes(b"<not xml")
    (tmp_path / "aa_broken.dmn").write_bytes(b"<not xml")
    assert played(tmp_path, CALLS_DOUBLING).variables["amount"] == 42


def test_a_missing_called_process_is_blamed_on_the_call_and_not_on_a_broken_neighbour(tmp_path: Path) -> None:
    (tmp_path / "aa_broken.bpmn").write_bytes(b"<not xml")
    with pytest.raises(ResourceRefused, match="calls the process doubling") as refused:
        played(tmp_path, CALLS_DOUBLING)
    assert [problem.element for problem in refused.value.problems] == ["call"]


def test_a_called_process_whose_own_file_is_refused_is_told_with_that_files_reason(tmp_path: Path) -> None:
    wrong = diagram(START, element("complexGateway", "odd"), END, path("start", "odd", "end"))
    (tmp_path / "called.bpmn").write_bytes(wrong.replace(b'id="p"', b'id="doubling"'))
    with pytest.raises(ResourceRefused, match=r"called\.bpmn") as refused:
        played(tmp_path, CALLS_DOUBLING)
    assert "odd" in {problem.element for problem in refused.value.problems}


def test_a_loop_without_end_shows_how_far_it_came(tmp_path: Path) -> None:
    content = diagram(
        START,
        user_task("enter"),
        element("exclusiveGateway", "again"),
        script_task("count", "if n = null then 1 else n + 1", "n"),
        path("start", "enter", "again", "count", "again"),
    )
    playback = played(tmp_path, content, scenario(steps=[{"complete": "enter"}]))
    assert "without waiting" in str(playback.error)
    assert playback.completed[:6] == ("start", "enter", "again", "count", "again", "count")
    assert playback.variables["n"] == playback.completed.count("count")
    assert not playback.ended


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"steps": [{"jump": 1}]}',
        b'{"surprise": 1}',
        b'{"now": "2026-01-01T00:00:00"}',
        b'{"expect": {"path": 1}}',
    ],
)
def test_a_scenario_that_does_not_say_what_to_play_is_refused(content: bytes) -> None:
    with pytest.raises(ScenarioInvalid):
        read_scenario(content, "test.json")
