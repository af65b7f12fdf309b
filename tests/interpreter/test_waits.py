"""Timers, messages, boundary events, errors and incidents."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.interpreter import Case, StepBudgetSpent, parse_diagram
from engine.interpreter.errors import TryingAgainIsNoHelp
from engine.model.errors import StateConflict
from engine.model.events import ElementCancelled, ElementCompleted, ErrorThrown, TimerStarted, UserTaskCreated
from tests.interpreter.diagrams import (
    awaited,
    boundary,
    catch,
    document,
    each,
    element,
    end,
    error,
    flow,
    gateway,
    guarded,
    io,
    job,
    message,
    path,
    process,
    script,
    start,
    straight,
    sub,
    thrown,
    timer,
    user,
)
from tests.interpreter.driving import MONDAY, Drive, program

GUARDED = document(
    error("E1", "REJECT"),
    process(
        "p",
        start(),
        job("w"),
        boundary("bt", "w", timer("=limit")),
        boundary("be", "w", thrown("E1")),
        job("late"),
        job("rejected"),
        end(),
        path("s", "w", "e"),
        path("bt", "late", "e"),
        path("be", "rejected", "e"),
    ),
)
LIMIT = {"limit": "PT1H"}


def test_boundary_events_end_with_their_activity() -> None:
    assert Drive(GUARDED, LIMIT).done("w").finished


def test_a_boundary_timer_interrupts_when_it_is_due_and_not_before() -> None:
    case = Drive(GUARDED, LIMIT).pass_by(minutes=59)
    assert case.waiting("w")
    case.pass_by(minutes=1)
    assert [event.element for event in case.events if isinstance(event, ElementCancelled)] == ["w"]
    assert case.done("late").finished


def test_an_error_is_caught_by_its_code_with_its_variables() -> None:
    case = Drive(GUARDED, LIMIT).fails("w", "REJECT", {"why": "expired"}).done("rejected")
    assert case.finished
    assert case.variables["why"] == "expired"


def test_an_error_nobody_catches_is_an_incident_and_the_job_stays() -> None:
    case = Drive(GUARDED, LIMIT).fails("w", "OTHER")
    assert [incident.code for incident in case.incidents.values()] == ["error_not_caught"]
    assert [event.caught_by for event in case.events if isinstance(event, ErrorThrown)] == [None]
    assert case.resolve().done("w").finished


def test_an_error_end_event_nobody_catches_is_an_incident() -> None:
    case = Drive(document(error("E", "X"), process("p", start(), end("e", thrown("E")), path("s", "e"))))
    assert [incident.element for incident in case.incidents.values()] == ["e"]
    assert not case.live.ended


def test_the_event_with_the_code_goes_before_the_one_that_catches_all() -> None:
    xml = document(
        error("E", "X"),
        process(
            "p",
            start(),
            job("w"),
            boundary("all", "w", thrown()),
            boundary("one", "w", thrown("E")),
            end(),
            path("s", "w", "e"),
            path("all", "e"),
            path("one", "e"),
        ),
    )
    assert "one" in Drive(xml).fails("w", "X").completed
    assert "all" in Drive(xml).fails("w", "Y").completed


def test_a_non_interrupting_timer_goes_on_beside_the_activity() -> None:
    xml = guarded(user("u"), boundary("bt", "u", timer("PT1H"), interrupting=False), job("n"))
    case = Drive(xml).pass_by(hours=2).pass_by(hours=2)
    assert case.completed.count("bt") == 1
    assert case.done("u").done("n").finished


def test_a_cycle_fires_as_often_as_it_says() -> None:
    xml = guarded(user("u"), boundary("bt", "u", timer("R3/PT24H", "timeCycle"), interrupting=False))
    case = Drive(xml)
    for day in range(1, 6):
        case.pass_by(hours=24)
        assert case.completed.count("bt") == min(day, 3)
    assert case.done("u").finished


def test_a_cycle_without_a_count_goes_on_and_catches_up() -> None:
    xml = guarded(user("u"), boundary("bt", "u", timer("R/P1D", "timeCycle"), interrupting=False))
    case = Drive(xml).pass_by(days=2.5).pass_by(minutes=0).pass_by(minutes=0)
    assert case.completed.count("bt") == 2
    dues = [event.due for event in case.events if isinstance(event, TimerStarted)]
    assert dues == [MONDAY + dt.timedelta(days=day) for day in (1, 2, 3)]


@pytest.mark.parametrize(
    ("value", "kind", "due"),
    [
        ("2026-03-03T09:00:00+08:00", "timeDate", dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)),
        ("2026-03-03T09:00:00", "timeDate", dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)),
        ('=date and time("2026-03-03T09:00:00Z")', "timeDate", dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)),
        ('=now() + duration("P1D")', "timeDate", MONDAY + dt.timedelta(days=1)),
        ("PT90M", "timeDuration", MONDAY + dt.timedelta(minutes=90)),
        ('=duration("P2D")', "timeDuration", MONDAY + dt.timedelta(days=2)),
        ("P1M", "timeDuration", dt.datetime(2026, 4, 2, 4, tzinfo=dt.UTC)),
    ],
)
def test_timers_take_dates_and_durations_as_text_or_feel(value: str, kind: str, due: dt.datetime) -> None:
    case = Drive(straight(catch("t", timer(value, kind))))
    assert [event.due for event in case.events if isinstance(event, TimerStarted)] == [due]
    case.now = due - dt.timedelta(seconds=1)
    assert not case.pass_by(seconds=0).live.ended
    assert case.pass_by(seconds=1).finished


def test_a_timer_that_is_no_duration_is_an_incident() -> None:
    case = Drive(straight(catch("t", timer("=x"))), {"x": "soon"})
    assert [incident.element for incident in case.incidents.values()] == ["t"]
    assert case.resolve({"x": "PT1H"}).pass_by(hours=1).finished


EITHER = document(
    message("M", "paid"),
    process(
        "p",
        start(),
        gateway("eventBased", "g"),
        catch("m", awaited("M")),
        catch("t1", timer("PT1H")),
        catch("t2", timer("=slow")),
        job("jm"),
        job("j1"),
        job("j2"),
        end(),
        path("s", "g", "m", "jm", "e"),
        path("g", "t1", "j1", "e"),
        path("g", "t2", "j2", "e"),
    ),
)


def test_an_event_based_gateway_goes_on_with_the_message() -> None:
    case = Drive(EITHER, {"slow": "PT2H"}).message("paid", variables={"amount": 3}).done("jm")
    assert case.finished
    assert case.variables["amount"] == 3
    assert case.completed == ["s", "g", "m", "jm", "e"]


def test_each_timer_of_an_event_based_gateway_has_its_own_due_time() -> None:
    assert Drive(EITHER, {"slow": "PT2H"}).pass_by(hours=1).done("j1").finished
    assert Drive(EITHER, {"slow": "PT30M"}).pass_by(minutes=31).done("j2").finished


def test_a_message_is_not_taken_for_a_timer_or_by_someone_who_awaits_none() -> None:
    case = Drive(EITHER, {"slow": "PT2H"})
    number = min(number for number, _ in case.waits)
    with pytest.raises(StateConflict):
        case.restored().correlate(number, 1, {})
    with pytest.raises(StateConflict):
        case.restored().correlate(number, 9, {})


def test_receive_tasks_of_a_multi_instance_correlate_by_item() -> None:
    task = element("receiveTask", "r", io((), [("=amount * 2", "twice")]), each("=keys", "key"), messageRef="M")
    xml = straight(task, beside=message("M", "paid", "=key"))
    case = Drive(xml, {"keys": ["a", "b"]}).message("paid", "b", {"amount": 3}).message("paid", "a", {"amount": 4})
    assert case.finished
    assert case.variables == {"keys": ["a", "b"], "twice": 8}


def test_a_non_interrupting_message_is_taken_every_time() -> None:
    xml = guarded(user("u"), boundary("b", "u", awaited("M"), interrupting=False), beside=message("M", "note"))
    case = Drive(xml).message("note").message("note")
    assert case.completed.count("b") == 2
    assert case.done("u").finished


def test_a_message_withdraws_a_stage_with_everything_in_it() -> None:
    xml = guarded(
        sub(
            "sp",
            start("s2"),
            job("w", body=each("=[1, 2, 3]")),
            end("e2"),
            path("s2", "w", "e2"),
            loop=each("=[1, 2]"),
        ),
        boundary("b", "sp", awaited("M")),
        beside=message("M", "withdrawn"),
    )
    case = Drive(xml).done("w").message("withdrawn")
    assert case.finished
    assert case.completed.count("b") == 1


def test_user_tasks_tell_who_may_do_them_and_when() -> None:
    further = (
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)"/><zeebe:priorityDefinition priority="80"/>'
    )
    case = Drive(straight(user("u", further=further)))
    (created,) = (event for event in case.events if isinstance(event, UserTaskCreated))
    assert created.candidate_groups == ("reviewer", "supervisor")
    assert (created.form_id, created.priority) == ("f", 80)
    assert created.due == MONDAY + dt.timedelta(days=1)


def test_a_finished_task_cannot_be_completed_again() -> None:
    case = Drive(straight(user("u"), job("j")))
    number = case.waiting("u")
    case.done("u")
    with pytest.raises(StateConflict):
        case.restored().complete_user_task(number, {})
    with pytest.raises(StateConflict):
        case.restored().complete_user_task(case.waiting("j"), {})


def test_a_cancelled_case_leaves_nothing_waiting() -> None:
    case = Drive(GUARDED, LIMIT).command(lambda case: case.cancel())
    assert case.finished
    assert case.events[-1].to_json() == {"type": "case_ended", "how": "cancelled"}


def test_a_worker_out_of_attempts_is_an_incident_until_resolved() -> None:
    case = Drive(GUARDED, LIMIT)
    number = case.waiting("w")
    case.command(lambda live: live.raise_incident(number, "job_failed", "no answer"))
    assert case.resolve().done("w").finished


def test_a_loop_of_five_thousand_rounds_keeps_the_tree_small() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("exclusive", "m"),
            script("n", "=count + 1", "count"),
            gateway("parallel", "f"),
            script("x", "=1", "one"),
            sub("sp", start("s2"), end("e2"), path("s2", "e2")),
            boundary("b", "sp", timer("PT1H")),
            gateway("parallel", "j"),
            gateway("exclusive", "g", "d"),
            user("u"),
            end(),
            path("s", "m", "n", "f", "x", "j", "g"),
            path("f", "sp", "j"),
            path("b", "e"),
            flow("g", "m", "=count < 5000"),
            flow("g", "u", id_="d"),
            path("u", "e"),
        )
    )
    case = Drive(xml, {"count": 0}, budget=100_000)
    assert case.variables["count"] == 5000
    assert len(case.live.tree()) < 400
    assert case.done("u").finished


def test_a_loop_without_end_stops_at_the_step_budget() -> None:
    xml = document(process("p", start(), gateway("exclusive", "m"), script("n", "=1", "n"), path("s", "m", "n", "m")))
    with pytest.raises(StepBudgetSpent):
        Drive(xml)


def test_a_loop_of_costly_expressions_becomes_an_incident_before_it_holds_up_the_bank() -> None:
    costly = script("n", "=count(for i in 1..30000 return i)", "n")
    case = Drive(document(process("p", start(), gateway("exclusive", "m"), costly, path("s", "m", "n", "m"))))
    assert [incident.code for incident in case.incidents.values()] == ["feel_total_budget"]


def test_a_join_that_can_never_complete_is_an_incident() -> None:
    xml = document(
        process(
            "p",
            start(),
            gateway("exclusive", "g", "d"),
            user("a"),
            user("b"),
            gateway("parallel", "j"),
            end(),
            path("s", "g"),
            flow("g", "a", "=false"),
            flow("g", "b", id_="d"),
            path("a", "j", "e"),
            path("b", "j"),
        )
    )
    case = Drive(xml).done("b")
    assert [(incident.element, incident.code) for incident in case.incidents.values()] == [
        ("j", "join_never_completes")
    ]
    before = case.live.tree()
    with pytest.raises(TryingAgainIsNoHelp, match="waits for a flow"):
        case.restored().resolve_incident(*case.incidents)
    assert case.live.tree() == before
    case.command(Case.cancel)
    assert case.finished


def test_an_output_mapping_that_fails_is_tried_again_without_asking_the_person_again() -> None:
    xml = straight(user("u", outputs=[("=for i in 1..size return i", "out")]))
    case = Drive(xml, {"size": 3_000_000}).done("u")
    assert [incident.element for incident in case.incidents.values()] == ["u"]
    assert not case.waits
    assert case.resolve({"size": 2}).finished
    assert case.variables["out"] == [1, 2]


def test_a_message_start_event_begins_a_case() -> None:
    xml = document(
        message("M", "applied"),
        process(
            "p",
            start(),
            element("startEvent", "m", "", awaited("M")),
            user("u"),
            end(),
            path("s", "u", "e"),
            path("m", "u"),
        ),
    )
    assert parse_diagram(xml, "p.bpmn").processes["p"].message_starts == {"applied": "m"}
    case = Case.start(program(xml), {}, Drive(xml).environment(), start_event="m")
    assert [event.element for event in case.take_events() if isinstance(event, ElementCompleted)] == ["m"]


def test_a_failing_input_mapping_does_not_arm_boundary_events_twice() -> None:
    xml = document(
        process(
            "p",
            start(),
            catch("t", timer("=x")),
            user("u", body=""),
            boundary("b", "u", timer("=y")),
            end(),
            path("s", "t", "u", "e"),
            path("b", "e"),
        )
    )
    case = Drive(xml, {"x": "PT1H", "y": None}).pass_by(hours=1)
    assert [incident.element for incident in case.incidents.values()] == ["u"]
    case.resolve({"y": "PT1H"})
    assert len([event for event in case.events if isinstance(event, TimerStarted) and event.element == "b"]) == 1
    assert case.done("u").finished
