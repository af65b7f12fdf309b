"""The customer's way in for a case that was begun at the counter: number and access code, handed over on paper."""

from __future__ import annotations

from bank.applications import ISSUE_ACCESS_CODE, ApplicationDoor
from bank.errors import ActionNotAuthorised
from engine.journal import Outcome
from engine.model.errors import StateConflict
from engine.model.terms import Condition, Thing
from engine.services.answers import ProcessInstance
from web.identity import acting
from web.services import services


def may_issue(instance: ProcessInstance) -> bool:
    """Whether the signed-in person may give this customer a new code now."""
    person = acting().person
    return instance.ended_at is None and person is not None and _door().may_issue_access_code(person)


def issue(instance: ProcessInstance) -> str:
    """A new code, which ends an earlier one; on record before anybody sees it, and so is a refused attempt.

    Raises ActionNotAuthorised, StateConflict for a case that has ended.
    """
    person = acting().person
    assert person is not None  # staff
    if instance.ended_at is not None:
        raise StateConflict(what=Thing.CASE, actual=Condition.of(instance.state), expected=Condition.ACTIVE)
    try:
        code = _door().issue_access_code(instance.business_key, by=person)
    except ActionNotAuthorised as refusal:
        _record(instance, Outcome.REFUSED, refusal.code)
        raise
    _record(instance, Outcome.DONE)
    return code


def _door() -> ApplicationDoor:
    parts = services()
    return ApplicationDoor(parts.database, parts.bank.applications, parts.bank.authority)


def _record(instance: ProcessInstance, outcome: Outcome, code: str = "") -> None:
    subject: dict[str, str | int | None] = {"process_id": instance.process_id, "instance_key": instance.key}
    services().engine.history.record(acting(), ISSUE_ACCESS_CODE, outcome=outcome, code=code, subject=subject)
