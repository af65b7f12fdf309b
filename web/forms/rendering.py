"""Draws the fields of a form; the page around them brings the <form>, the token and the submit button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment as JinjaEnvironment
from jinja2 import PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.feel import Environment, Scope
from engine.forms import FieldError, Form
from web.forms.view_model import form_view

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
    document_names: Mapping[str, str] | None = None,
) -> Markup:
    """HTML of the error summary and all visible fields.

    `data` is what `Form.prefill`, `read_posted` or `with_row_action` gave; `errors` those of `FormInvalid`;
    `document_names` maps the ids in file fields to the names their reader knows. `language` is "zh" or "en".
    """
    view = form_view(form, data, scope=scope, environment=environment, language=language, errors=errors)
    return Markup(_TEMPLATES.get_template("fields.html").render(view=view, documents=document_names or {}))  # noqa: S704  autoescaped by Jinja
