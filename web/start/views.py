"""Start page: the processes a person may begin, each with its start form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bank.applications import APPLICATION
from engine.forms import Form, FormInvalid
from engine.services.answers import Definition, StartedCase
from web.commands import drawn, fresh_idempotency_key, posted_data, reshaped, sent_idempotency_key
from web.identity import acting, for_signed_in
from web.services import services

blueprint = Blueprint("start", __name__)

_PREFIX = re.compile(r"[A-Z]{2,4}")


@blueprint.get("/")
@for_signed_in
def home() -> str:
    """What can be started."""
    return render_template("start/home.html", definitions=services().engine.deployments.startable(acting()))


def _startable(process_id: str) -> tuple[Definition, Form]:
    """The definition and its start form; 404 when this person may not start it."""
    deployments = services().engine.deployments
    for definition in deployments.startable(acting()):
        if definition.process_id == process_id and definition.start_form_key is not None:
            return definition, deployments.form(acting(), definition.start_form_key)
    abort(404)


@blueprint.get("/start/<process_id>")
@for_signed_in
def form(process_id: str) -> str:
    """The empty start form."""
    definition, start_form = _startable(process_id)
    return _page(definition, drawn(start_form, start_form.prefill({}, services().engine.display_environment()), {}))


def _page(definition: Definition, fields: str) -> str:
    key = fresh_idempotency_key()
    return render_template("start/form.html", definition=definition, fields=fields, idempotency_key=key)


def _prefix(definition: Definition) -> str:
    """What the numbers of the process's cases begin with: its start event says it."""
    said = services().engine.deployments.start_property(acting(), definition.key, "numberPrefix")
    return said if _PREFIX.fullmatch(said) else APPLICATION


def _started(definition: Definition, data: Mapping[str, Any]) -> StartedCase:
    """The case this form starts, or started when it was sent before: a second click takes no second number."""
    sent = sent_idempotency_key() or fresh_idempotency_key()
    number = services().number_for(f"{acting().login}:{sent}", _prefix(definition))
    return services().engine.process_instances.start(
        acting(), definition.process_id, business_key=number, form_data=data, idempotency_key=sent
    )


@blueprint.post("/start/<process_id>")
@for_signed_in
def begin(process_id: str) -> Response | str | tuple[str, int]:
    """Start the case; with errors, show the form again."""
    definition, start_form = _startable(process_id)
    data = posted_data(start_form)
    again = reshaped(start_form, data)
    if again is not None:
        return _page(definition, drawn(start_form, again, {}))
    try:
        start_form.validate(data, {}, services().engine.display_environment())  # refused forms use no number up
        case = _started(definition, data)
    except FormInvalid as error:
        return _page(definition, drawn(start_form, data, {}, error.errors)), 400
    flash(_("Case %(number)s has been started.", number=case.business_key))
    return redirect(url_for("cases.case", key=case.key), 303)
