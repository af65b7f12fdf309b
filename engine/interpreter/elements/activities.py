"""Tasks: plain, manual, user tasks, jobs, scripts and decisions."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from engine.feel import Expression
from engine.interpreter.elements.base import FlowNode
from engine.interpreter.errors import UnexpectedResult
from engine.interpreter.tree import Task
from engine.model.calendar import WideDate, WideDateTime, date_time_of, in_microseconds
from engine.model.events import DecisionEvaluated, JobCreated, UserTaskCreated
from engine.model.values import Value, normalise
from persistence.keys import HIGHEST, key_in

DEFAULT_PRIORITY = 50
LARGEST_COUNT = 2**31 - 1
"""Of retries and priorities: what an integer column of either database holds."""
_WHOLE = re.compile(r"-?[0-9]{1,10}")


class PlainTask(FlowNode):
    """A task without work of its own: BPMN's abstract and manual tasks, none events."""


class UserTask(FlowNode):
    """Waits for a person."""

    waits_for = "user_task"

    def execute(self, task: Task) -> bool:
        """Evaluate assignment and schedule, then wait."""
        definition = self.node.user_task
        assert definition is not None
        created = UserTaskCreated(
            **task.at,
            form_id=definition.form_id,
            assignee=self._assignee(task, definition.assignee),
            candidate_groups=self._names(task, "candidateGroups", definition.candidate_groups),
            candidate_users=self._users(task, definition.candidate_users),
            due=self._instant(task, "dueDate", definition.due),
            follow_up=self._instant(task, "followUpDate", definition.follow_up),
            priority=self._priority(task, definition.priority),
        )
        task.internal_data["waits"] = self.waits_for
        task.case.emit(created)
        return False

    def _assignee(self, task: Task, expression: Expression | None) -> str | None:
        value = task.case.evaluate(task, expression) if expression else None
        return None if value is None else self._user("assignee", str(value))

    def _users(self, task: Task, expression: Expression | None) -> tuple[str, ...]:
        return tuple(self._user("candidateUsers", name) for name in self._names(task, "candidateUsers", expression))

    def _user(self, attribute: str, name: str) -> str:
        """A name is nobody's key, and stays a name; a number that can be nobody's key is a mistake."""
        if name.isdecimal() and key_in(name) is None:
            raise self.unexpected(attribute, f"the key of a person, a number up to {HIGHEST},", name)
        return name

    def _names(self, task: Task, attribute: str, expression: Expression | None) -> tuple[str, ...]:
        value = task.case.evaluate(task, expression) if expression else None
        if value is None:
            return ()
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list):
            raise self.unexpected(attribute, "a list of texts", value)
        return tuple(str(part).strip() for part in parts if str(part).strip())

    def _instant(self, task: Task, attribute: str, expression: Expression | None) -> dt.datetime | None:
        value = task.case.evaluate(task, expression) if expression else None
        if value is None or value == "":
            return None
        return instant_of(self, attribute, value, task.case.environment.zone)

    def _priority(self, task: Task, expression: Expression | None) -> int:
        value = task.case.evaluate(task, expression) if expression else DEFAULT_PRIORITY
        text = str(value).strip()
        if _WHOLE.fullmatch(text) is None or abs(int(text)) > LARGEST_COUNT:
            raise self.unexpected("priority", f"a whole number up to {LARGEST_COUNT}", value)
        return int(text)

    def unexpected(self, attribute: str, expected: str, value: Value) -> UnexpectedResult:
        """The error for a value of the wrong type; the value itself stays out of it."""
        return unexpected(self, attribute, expected, value)


class Job(FlowNode):
    """Waits for a worker: a service or send task, and any element with `zeebe:taskDefinition`."""

    waits_for = "job"

    def execute(self, task: Task) -> bool:
        """Evaluate type and retries, then wait."""
        definition = self.node.job
        assert definition is not None
        job_type = task.case.evaluate(task, definition.type)
        if not isinstance(job_type, str) or not job_type:
            raise unexpected(self, "type", "a text", job_type)
        retries = str(task.case.evaluate(task, definition.retries))
        if _WHOLE.fullmatch(retries) is None or not 0 <= int(retries) <= LARGEST_COUNT:
            raise unexpected(self, "retries", f"a whole number from 0 to {LARGEST_COUNT}", retries)
        task.internal_data["waits"] = self.waits_for
        task.case.emit(JobCreated(**task.at, job_type=job_type, retries=int(retries), headers=definition.headers))
        return False


class ScriptTask(FlowNode):
    """A FEEL expression whose value becomes a variable."""

    def execute(self, task: Task) -> bool:
        """Evaluate and keep the result."""
        script = self.node.script
        assert script is not None
        task.case.take_result(task, {script.result: task.case.evaluate(task, script.expression)})
        return True


class DecisionTask(FlowNode):
    """A DMN decision whose value becomes a variable."""

    def execute(self, task: Task) -> bool:
        """Take the decision and keep the result; the fired rules become an event."""
        reference = self.node.decision
        assert reference is not None
        case = task.case
        case.feel.warnings.clear()
        try:
            result = case.decisions[reference.decision_id].evaluate(case.scopes.view(case.scope(task)), case.feel)
        finally:
            case.note_warnings(task)
        trace = normalise(result.trace, "trace")
        case.emit(DecisionEvaluated(**task.at, decision_id=reference.decision_id, trace=trace))
        case.take_result(task, {reference.result: normalise(result.value, reference.result)})
        return True


def unexpected(spec: FlowNode, attribute: str, expected: str, value: Value) -> UnexpectedResult:
    """The error for a value of the wrong type; the value itself stays out of it."""
    return _unexpected(spec.node.id, attribute, expected, value)


def _unexpected(element: str, attribute: str, expected: str, value: Value) -> UnexpectedResult:
    return UnexpectedResult(attribute=attribute, element=element, expected=expected, actual=type(value).__name__)


def instant_of(spec: FlowNode, attribute: str, value: Value, zone: dt.tzinfo) -> dt.datetime:
    """A date and time in UTC; texts are ISO 8601, and without an offset they are in the bank's zone."""
    return instant_at(spec.node.id, attribute, value, zone)


def instant_at(element: str, attribute: str, value: Value, zone: dt.tzinfo) -> dt.datetime:
    """The same at an element by its id. Raises UnexpectedResult."""
    if isinstance(value, str):
        text, _, named = value.partition("@")
        try:
            value = dt.datetime.fromisoformat(text)
            zone = ZoneInfo(named) if named else zone
        except (ValueError, KeyError, OSError) as error:
            raise _unexpected(element, attribute, "an ISO 8601 date and time", value) from error
    if isinstance(value, dt.date | WideDate) and not isinstance(value, dt.datetime):
        value = date_time_of(value, dt.time())
    if not isinstance(value, dt.datetime | WideDateTime):
        raise _unexpected(element, attribute, "a date and time", value)
    try:
        moment = in_microseconds(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except OverflowError as error:
        raise _unexpected(element, attribute, "a date and time of the years 1 to 9999", value) from error
