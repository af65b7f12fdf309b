"""What expressions see as now and today is what the journal keeps: a replay needs nothing else."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from engine.feel import Environment, compile_expression
from engine.journal import JournalEntry
from engine.model.values import Value
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from tests.conftest import TestClock
from tests.engine.conftest import administrator, clerk
from tests.interpreter.diagrams import document, element, end, path, process, script, start

SEEN = "={now: string(now()), today: string(today())}"
MOMENT = dt.datetime(2026, 3, 2, 23, 30, 7, 123456, tzinfo=dt.UTC)
"""Already the next day in Shanghai, and with a fraction of a second."""


def diagram() -> bytes:
    task = element("userTask", "wait", f'<zeebe:userTask/><zeebe:assignmentDefinition assignee="{clerk.person}"/>')
    parts = [start(), script("first", SEEN, "first"), task, script("second", SEEN, "second"), end()]
    return document(process("p", *parts, path("s", "first", "wait", "second", "e")))


def seen_in(entry: JournalEntry, name: str) -> Value:
    [value] = [each["value"] for each in entry.body["events"] if each["type"] == "variable" and each["name"] == name]
    return value


def seen_again(entry: JournalEntry) -> Value:
    """What the expression sees at the time and in the zone of the entry."""
    environment = Environment(now=entry.time, zone=ZoneInfo(entry.body["zone"]))
    return compile_expression(SEEN.removeprefix("=")).evaluate({}, environment)


def test_the_entry_of_each_command_has_the_time_and_zone_its_expressions_saw(
    engine: ProcessEngine, clock: TestClock
) -> None:
    engine.deployments.deploy(administrator, [Resource("p.bpmn", diagram())])
    clock.time = MOMENT
    case = engine.process_instances.start(clerk, "p", business_key="AO-1", variables={})
    clock.pass_by(days=2, microseconds=1)
    [task] = engine.user_tasks.inbox(clerk, InboxView.MINE, Page()).rows
    engine.user_tasks.complete(clerk, task.key, {})
    first, second = engine.history.journal(clerk, case.key)
    assert first.time == MOMENT
    assert seen_in(first, "first") == seen_again(first)
    assert seen_in(first, "first")["today"] == "2026-03-03"  # type: ignore[index,call-overload]  # a context
    assert seen_in(second, "second") == seen_again(second)
    assert seen_in(first, "first") != seen_in(second, "second")
