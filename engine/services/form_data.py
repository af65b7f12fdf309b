"""What a person filled in, accepted by the form and, where documents are attached, by who keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.feel import Scope
from engine.forms import ComponentType, Evaluation, Field, FieldError, Form, FormInvalid, name_of
from engine.forms.paths import look_up
from engine.model.values import Value
from engine.services.command import CaseCommand

FOREIGN_DOCUMENT = FieldError(
    "foreign_document",
    "This document does not belong to this case; attach it again.",
    "该文件不属于本案，请重新上传。",
)


def accepted_variables(
    command: CaseCommand, form: Form, form_data: Mapping[str, object], scope: Scope | Mapping[str, Any]
) -> dict[str, Value]:
    """The variables the form writes. Raises FormInvalid, also for documents of another case or of none."""
    environment = command.environment.feel()
    variables = form.validate(form_data, scope, environment)
    if any(field.type is ComponentType.FILEPICKER for field in form.fields()):
        _check_attachments(command, form, form.evaluate(form_data, scope, environment))
    return variables


def _check_attachments(command: CaseCommand, form: Form, evaluation: Evaluation) -> None:
    attached = dict(_attached(evaluation))
    ids = [document_id for listed in attached.values() for document_id in listed]
    if not ids:
        return
    port, business_key = command.parts.attachments, command.facts.business_key
    foreign = set(port.foreign(command.connection, business_key, ids))
    errors = {name: FOREIGN_DOCUMENT for name, listed in attached.items() if not foreign.isdisjoint(listed)}
    if errors:
        raise FormInvalid(form.id, errors)


def _attached(evaluation: Evaluation) -> Iterator[tuple[str, list[str]]]:
    """Posted name and document ids of every picker the person could fill in."""
    for placed in evaluation.shown():
        component = placed.component
        if not isinstance(component, Field) or component.type is not ComponentType.FILEPICKER:
            continue
        if not evaluation.is_readonly(placed):  # what is readonly is the case's own value, not the person's
            yield name_of(placed.path), look_up(evaluation.values, placed.path) or []
