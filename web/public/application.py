"""Applying: the start form of the process, and once accepted the number and the access code (R020)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.feel import Environment
from engine.forms import Component, Field, FieldError, Form, FormInvalid, Group, is_refresh
from engine.forms.paths import put
from engine.model.actor import Actor
from engine.model.errors import NotFound
from web.commands import fresh_idempotency_key, posted_data, reshaped, sent_idempotency_key
from web.forms import render_fields
from web.languages import language
from web.public import visit
from web.public.blueprint import PROCESS, application_limit, blueprint, sign_in_limit
from web.security import limiter
from web.services import services

_CHANNEL, _ONLINE = "application.channel", "online"
ACCEPTED = 303
"""Only such answers count against the limit of applications: correcting a form is no new one."""

SERVICE_UNAVAILABLE = 503
Page = tuple[str, int]

_SCOPE: dict[str, Any] = {"application": {"channel": _ONLINE}}


@blueprint.get("/apply")
def apply() -> str | Page:
    """The empty form."""
    form = _form()
    if form is None:
        return _not_open()
    data = form.prefill({}, _environment())
    put(data, ("application", "language"), language())
    visit.applicant()
    return _page(form, data)


@blueprint.post("/apply")
@limiter.limit(sign_in_limit, exempt_when=lambda: is_refresh(request.form))  # sends nothing, like opening the page
@limiter.limit(application_limit, deduct_when=lambda response: response.status_code == ACCEPTED)
def submit() -> Response | str | Page:
    """Start the case; with errors, show the form again. What the page says about the channel does not count."""
    form = _form()
    if form is None:
        return _not_open()
    data = posted_data(form)
    data = data if isinstance(data.get("application"), dict) else {**data, "application": {}}
    put(data, ("application", "channel"), _ONLINE)
    again = reshaped(form, data)
    if again is not None:
        return _page(form, again)
    try:
        form.validate(data, {}, _environment())  # before a number is taken: refused forms use none up
        visit.applied(_started(data))
    except FormInvalid as error:
        return _page(form, data, error.errors), 400
    return redirect(url_for(".received"), ACCEPTED)


def _started(data: Mapping[str, Any]) -> str:
    """The number of the case this form started, now or when it was sent before."""
    request_id = f"{visit.applicant()}:{sent_idempotency_key() or fresh_idempotency_key()}"
    number = visit.applicant_door().number_for(request_id)
    case = services().engine.process_instances.start(
        Actor.customer(number), PROCESS, business_key=number, form_data=data, idempotency_key="application"
    )
    return case.business_key


@blueprint.get("/apply/received")
def received() -> Response | str:
    """Number and access code, once.

    The code is made only when it is shown: a start that fails leaves none behind, and of two clicks the
    answer that the browser shows carries the code that is valid.
    """
    number = visit.take_fresh_case()
    if number is None:
        return redirect(url_for(".status"), 303)
    code = visit.applicant_door().access_code(number)
    visit.enter(number, code)
    return render_template("public/received.html", number=number, code=code)


def _form() -> Form | None:
    """The start form of the newest version; None as long as the bank has deployed no process to apply for."""
    deployments, nobody = services().engine.deployments, Actor.customer("")
    try:
        definition = deployments.latest(nobody, PROCESS)
    except NotFound:
        return None
    assert definition.start_form_key is not None  # the process family is tested to have one
    return deployments.form(nobody, definition.start_form_key)


def _not_open() -> Page:
    return render_template("public/not_open.html"), SERVICE_UNAVAILABLE


def _page(form: Form, data: Mapping[str, Any], errors: Mapping[str, FieldError] | None = None) -> str:
    return render_template(
        "public/apply.html",
        fields=_drawn(form, data, errors),
        idempotency_key=request.form.get("_idempotency_key") or fresh_idempotency_key(),
    )


def _drawn(form: Form, data: Mapping[str, Any], errors: Mapping[str, FieldError] | None) -> Markup:
    """The form without the channel, whose value the customer does not choose."""
    shown = dataclasses.replace(form, components=_without_channel(form.components))
    return render_fields(shown, data, scope=_SCOPE, environment=_environment(), language=language(), errors=errors)


def _without_channel(components: Sequence[Component]) -> tuple[Component, ...]:
    kept: list[Component] = []
    for component in components:
        if isinstance(component, Group):
            kept.append(dataclasses.replace(component, components=_without_channel(component.components)))
        elif not (isinstance(component, Field) and component.key == _CHANNEL):
            kept.append(component)
    return tuple(kept)


def _environment() -> Environment:
    return Environment(now=services().clock.now())
