"""A page that follows its case while automatic steps run: it asks again by itself, as part of one recorded look."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from engine.model.elements import ElementKind
from engine.services.answers import Activity
from web.identity import acting

_AUTOMATIC = frozenset(
    kind.value
    for kind in (
        ElementKind.SERVICE_TASK,
        ElementKind.SEND_TASK,
        ElementKind.SCRIPT_TASK,
        ElementKind.BUSINESS_RULE_TASK,
    )
)
_ACTIVE = "active"
_LONGEST_SECONDS = 3_600
"""After an hour of looking on, another look is recorded."""


def is_moving(activities: Sequence[Activity]) -> bool:
    """Whether the case goes on without anybody: a step that has stopped or waits for a person does not count."""
    return any(each.state == _ACTIVE and each.kind in _AUTOMATIC for each in activities)


def look_of(instance_key: int) -> str:
    """What the page of a case shows to ask again: signed, for this person and case only."""
    return (
        request.args["look"] if continues_look(instance_key) else _serializer().dumps([acting().person, instance_key])
    )


def continues_look(instance_key: int) -> bool:
    """Whether the request continues a look that is on record; one at another tab of the case is a look of its own."""
    if "tab" in request.args:
        return False
    try:
        shown = _serializer().loads(request.args.get("look", ""), max_age=_LONGEST_SECONDS)
    except BadSignature:
        return False
    return bool(shown == [acting().person, instance_key])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="look at a case")
