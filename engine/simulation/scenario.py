"""A scenario: given data and answers, the path and end that must follow.

The file is JSON (`scenarios/*.json` beside a process):

    {"name": "…", "name_en": "…", "process": "account_opening",
     "now": "2026-03-02T01:00:00Z",                     optional start of virtual time
     "start": {variables},
     "workers": {"job-type or element": {variables}},   answers given whenever such a job appears
     "steps": [{"complete": "element", "variables": {…}},
               {"worker": "job-type or element", "complete": {variables}},
               {"worker": "…", "error": "CODE", "variables": {…}},
               {"worker": "…", "fail": "text"},
               {"message": "name", "key": "…", "variables": {…}},
               {"advance": "P3D"}],
     "expect": {"path": [element ids], "end": "end event", "ended": true,
                "waiting": [element ids], "variables": {name: value}}}

`path` must occur in the completed elements in this order, others may lie between. Every part is optional.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.model.values import Value, normalise
from persistence.errors import KaihuError

MAX_BYTES = 1_000_000
_START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)  # a working Monday, 09:00 in Shanghai


class ScenarioInvalid(KaihuError):
    """A scenario file does not say what to play."""

    code = "scenario_invalid"
    en = "The scenario {name} cannot be read: {reason}."
    zh = "场景 {name} 无法读取：{reason}。"


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """A person completes a user task."""

    element: str
    variables: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class AnswerJob:
    """A worker ends a job: with variables, with a BPMN error `error`, or (`fail`) for good, as an incident."""

    job: str
    variables: Mapping[str, Value]
    error: str | None = None
    fail: str | None = None


@dataclass(frozen=True, kw_only=True)
class SendMessage:
    """A message arrives; without `key` the business key correlates."""

    name: str
    key: str | None
    variables: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class AdvanceTime:
    """Virtual time passes; timers due on the way fire in order."""

    duration: str
    """ISO 8601."""


Step = CompleteTask | AnswerJob | SendMessage | AdvanceTime


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What must have happened when the steps are done; None and empty parts are not checked."""

    path: tuple[str, ...] = ()
    end: str | None = None
    ended: bool | None = None
    waiting: tuple[str, ...] | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One play of one process."""

    name: str
    name_en: str = ""
    process: str | None = None
    now: dt.datetime = _START
    start: Mapping[str, Value] = field(default_factory=dict)
    workers: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    expect: Expectation = Expectation()


def read_scenario(content: bytes, name: str) -> Scenario:
    """The scenario in a file's bytes; raises ScenarioInvalid saying what is wrong."""
    if len(content) > MAX_BYTES:
        raise ScenarioInvalid(name=name, reason=f"larger than {MAX_BYTES} bytes")
    try:
        body = normalise(json.loads(content, parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        raise ScenarioInvalid(name=name, reason=f"not JSON ({error})") from error
    return _Reader(name).scenario(body)


class _Reader:
    """Checks the shape of a scenario while reading it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def scenario(self, body: Any) -> Scenario:
        body = self._object(body, "the file")
        self._only(body, {"name", "name_en", "process", "now", "start", "workers", "steps", "expect"}, "the file")
        return Scenario(
            name=body.get("name", self._name),
            name_en=body.get("name_en", ""),
            process=body.get("process"),
            now=self._time(body["now"]) if "now" in body else _START,
            start=self._object(body.get("start", {}), "start"),
            workers={job: self._object(answer, job) for job, answer in self._object(body.get("workers", {})).items()},
            steps=tuple(self._step(step, f"step {at + 1}") for at, step in enumerate(body.get("steps", []))),
            expect=self._expectation(self._object(body.get("expect", {}), "expect")),
        )

    def _step(self, step: Any, where: str) -> Step:
        step = self._object(step, where)
        variables = self._object(step.get("variables", {}), where)
        if "complete" in step and isinstance(step["complete"], str):
            self._only(step, {"complete", "variables"}, where)
            return CompleteTask(element=step["complete"], variables=variables)
        if "worker" in step:
            self._only(step, {"worker", "complete", "error", "fail", "variables"}, where)
            answer = {**variables, **self._object(step.get("complete", {}), where)}
            return AnswerJob(job=step["worker"], variables=answer, error=step.get("error"), fail=step.get("fail"))
        if "message" in step:
            self._only(step, {"message", "key", "variables"}, where)
            return SendMessage(name=step["message"], key=step.get("key"), variables=variables)
        if "advance" in step:
            self._only(step, {"advance"}, where)
            return AdvanceTime(duration=step["advance"])
        raise self._wrong(f"{where} is none of complete, worker, message, advance")

    def _expectation(self, body: Mapping[str, Any]) -> Expectation:
        self._only(body, {"path", "end", "ended", "waiting", "variables"}, "expect")
        return Expectation(
            path=self._ids(body.get("path", [])),
            end=body.get("end"),
            ended=body.get("ended"),
            waiting=self._ids(body["waiting"]) if "waiting" in body else None,
            variables=self._object(body.get("variables", {}), "expect.variables"),
        )

    def _ids(self, body: Any) -> tuple[str, ...]:
        if not isinstance(body, Sequence) or not all(isinstance(item, str) for item in body):
            raise self._wrong("a path is a list of element ids")
        return tuple(body)

    def _time(self, text: Any) -> dt.datetime:
        try:
            time = dt.datetime.fromisoformat(text)
        except (TypeError, ValueError) as error:
            raise self._wrong(f"{text!r} is no time") from error
        if time.tzinfo is None:
            raise self._wrong(f"{text!r} has no zone")
        return time.astimezone(dt.UTC)

    def _object(self, body: Any, where: str = "workers") -> dict[str, Any]:
        if not isinstance(body, dict):
            raise self._wrong(f"{where} is not an object")
        return body

    def _only(self, body: Mapping[str, Any], known: set[str], where: str) -> None:
        if unknown := sorted(set(body) - known):
            raise self._wrong(f"{where} has unknown keys: {', '.join(unknown)}")

    def _wrong(self, reason: str) -> ScenarioInvalid:
        return ScenarioInvalid(name=self._name, reason=reason)
