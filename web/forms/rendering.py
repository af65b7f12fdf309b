"""Draws the fields of a form, to fill in or to read; the page brings the <form>, the token and the submit button."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import Environment as JinjaEnvironment
from jinja2 import PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.feel import Environment, Scope
from engine.forms import FieldError, Form
from web.forms.values import values_view
from web.forms.view_model import DocumentView, form_view
from web.forms.wording import word

_TEMPLATES = JinjaEnvironment(
    loader=PackageLoader("web.forms"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_fields(
    form: Form,
    data: Mapping[str, Any],
    *,
    scope: Scope | Mapping[str, Any],
    environment: Environment,
    language: str,
    errors: Mapping[str, FieldError] | None = None,
    documents: Mapping[str, DocumentView] | None = None,
) -> Markup:
    """HTML of the error summary and all visible fields.

    `data` is what `Form.prefill`, `read_posted` or `with_row_action` gave; `errors` those of `FormInvalid`;
    `documents` are those of the case by id: file fields name the ones they hold and offer the ones no field
    of this form holds. `language` is "zh" or "en".
    """
    view = form_view(form, data, scope=scope, environment=environment, language=language, errors=errors)
    known = documents or {}
    spare = {key: document for key, document in known.items() if key not in view.attached}
    template = _TEMPLATES.get_template("fields.html")
    return Markup(template.render(view=view, documents=known, spare=spare))  # noqa: S704  autoescaped by Jinja


def render_values(
    form: Form,
    variables: Mapping[str, object],
    *,
    language: str,
    documents: Mapping[str, DocumentView] | None = None,
) -> Markup:
    """HTML of what the form's fields held in the variables that completing wrote; empty when they held nothing."""
    blocks = values_view(form, variables, language=language)
    if not blocks:
        return Markup()
    template = _TEMPLATES.get_template("values.html")
    spoken = partial(word, language=language)
    return Markup(template.render(blocks=blocks, documents=documents or {}, word=spoken))  # noqa: S704  autoescaped by Jinja
