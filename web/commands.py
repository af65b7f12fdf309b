"""From a posted page to the parts of a command: data, revision, idempotency key."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import request
from markupsafe import Markup

from engine.forms import FieldError, Form, errors_of, is_refresh, read_posted, row_action, with_row_action
from persistence.keys import key_in
from web.forms import DocumentView, render_fields, render_values
from web.languages import language
from web.services import services


def fresh_idempotency_key() -> str:
    """A key for one showing of a form: sending it twice is one command."""
    return uuid.uuid4().hex


def sent_idempotency_key() -> str | None:
    """The key the posted page carries."""
    return request.form.get("_idempotency_key") or None


def posted_revision() -> int | None:
    """The revision of the task the person looked at."""
    return key_in(request.form.get("_revision"))


def posted_data(form: Form | None) -> dict[str, Any]:
    """The form's data as typed; without a form, what was posted beside the page's own names."""
    if form is not None:
        return read_posted(form, request.form)
    return {name: value for name, value in request.form.items() if not name.startswith("_") and name != "csrf_token"}


def reshaped(form: Form | None, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The data to show again when a row or refresh button was pressed; None when the form was sent."""
    if form is None:
        return None
    action = row_action(request.form)
    if action is not None:
        return with_row_action(form, data, action)
    return dict(data) if is_refresh(request.form) else None


def drawn(
    form: Form,
    data: Mapping[str, Any],
    scope: Mapping[str, Any],
    errors: Mapping[str, FieldError] | None = None,
    documents: Mapping[str, DocumentView] | None = None,
) -> Markup:
    """The form's fields as HTML; `documents` are those of the case, for its file fields."""
    return render_fields(
        form,
        data,
        scope=scope,
        environment=services().engine.display_environment(),
        language=language(),
        errors=errors,
        documents=documents,
    )


def read(form: Form, variables: Mapping[str, Any], documents: Mapping[str, DocumentView]) -> Markup:
    """What the form's fields held in `variables` as HTML, for reading; empty when they held nothing."""
    return render_values(form, variables, language=language(), documents=documents)


def errors_in(form: Form, data: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, FieldError]:
    """What the form finds wrong with the data, by field, where something else already keeps it from being sent."""
    return errors_of(form.evaluate(data, scope, services().engine.display_environment()))
