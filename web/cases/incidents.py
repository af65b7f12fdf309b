"""Where a case cannot go on: what its readers are told, and trying again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from engine.model.errors import NotFound, StateConflict
from engine.model.terms import Thing
from engine.services.answers import Activity, Incident, ProcessInstance
from web.cases.steps import INCIDENT
from web.cases.timeline import Step
from web.identity import acting
from web.languages import language
from web.services import services


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An open incident with the names of its element, for one reader."""

    incident: Incident
    element: Step
    may_resolve: bool
    """Who may, also reads the technical message."""


def stops(instance: ProcessInstance) -> list[Stop]:
    """The open incidents of the case, newest first."""
    if not instance.incidents:
        return []
    activities = services().engine.history.activities(acting(), instance.key)
    names = {(each.process_id, each.element_id): Step(name=each.name, name_en=each.name_en) for each in activities}
    return [
        Stop(
            incident=each,
            element=_named(names.get((each.process_id, each.element_id)), each.element_id),
            may_resolve=services().engine.incidents.may_resolve(acting(), each.key).allowed,
        )
        for each in _open(instance.key)
    ]


def with_stops(instance: ProcessInstance, activities: Sequence[Activity]) -> list[Activity]:
    """The passages, those that cannot go on in the state of an incident: to the engine they are open like others."""
    stopped = {(each.process_id, each.element_id) for each in _open(instance.key)} if instance.incidents else set()
    return [
        replace(each, state=INCIDENT)
        if each.ended_at is None and (each.process_id, each.element_id) in stopped
        else each
        for each in activities
    ]


def try_again(instance: ProcessInstance, key: int) -> tuple[str, str]:
    """Resolve the incident, which tries its step again: what came of it, as text and kind of message.

    Raises NotFound for an incident of another case, and the authority's refusal.
    """
    incidents = services().engine.incidents
    found = next(
        (each for each in incidents.list(acting(), instance_key=instance.key, state=None) if each.key == key), None
    )
    if found is None:
        raise NotFound(what=Thing.INCIDENT, key=key)
    try:
        incidents.resolve(acting(), key)
    except StateConflict as refusal:
        if any(each.key == key for each in _open(instance.key)):
            return refusal.message(language()), "warning"  # trying again is no help; the message says what is
        return _("Somebody has tried this step again already."), "info"
    if any(each.element_id == found.element_id for each in _open(instance.key)):
        return _("The step was tried again and has stopped again."), "warning"
    return _("The step is being tried again."), "message"


def _open(instance_key: int) -> list[Incident]:
    return services().engine.incidents.list(acting(), instance_key=instance_key)


def _named(step: Step | None, element_id: str) -> Step:
    return step if step is not None and step.name else Step(name=element_id, name_en=element_id)
