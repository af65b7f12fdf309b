"""Task list and task page. Every command goes to `engine.user_tasks`; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.forms import FieldError, FormInvalid
from engine.forms.paths import merged
from engine.services.answers import InboxView, Page, UserTaskDetail
from persistence.keys import key_in
from web.cases.documents import sections
from web.commands import (
    drawn,
    errors_in,
    fresh_idempotency_key,
    posted_data,
    posted_revision,
    read,
    reshaped,
    sent_idempotency_key,
)
from web.identity import acting, for_signed_in
from web.languages import in_language
from web.services import services
from web.uploads.listing import at_fields, documents_of
from web.uploads.posted_files import keep_posted_files, takes_files
from web.vocabulary import field_label

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


def _view() -> InboxView:
    """The view the address names; the person's own tasks otherwise."""
    try:
        return InboxView(request.args.get("view", InboxView.MINE.value))
    except ValueError:
        return InboxView.MINE


def _lists(selected: int | None) -> dict[str, object]:
    tasks, view = services().engine.user_tasks, _view()
    return {
        "view": view,
        "views": list(InboxView),
        "page": tasks.inbox(acting(), view, Page(after=request.args.get("after"))),
        "counts": tasks.counts(acting()),
        "selected": selected,
        "now": services().clock.now(),
    }


def _task_page(detail: UserTaskDetail, data: Mapping[str, Any], errors: Mapping[str, FieldError] | None = None) -> str:
    form, documents = detail.form, documents_of(detail.task.business_key)
    named, ended = at_fields(documents, linked=detail.may_view_case), detail.task.ended_at is not None
    return render_template(
        "inbox/tasks.html",
        **_lists(detail.task.key),
        detail=detail,
        fields=drawn(form, data, detail.data, errors, named) if form and not ended else "",
        entered=read(form, detail.entered, named) if form else "",
        takes_files=form is not None and takes_files(form),
        document_sections=sections(merged(data, detail.data), documents) if detail.may_view_case and not ended else (),
        application=detail.data.get("application") or {},
        subjects=_subjects(detail),
        me=acting().person,
        idempotency_key=fresh_idempotency_key(),
    )


def _subjects(detail: UserTaskDetail) -> list[tuple[str, Mapping[str, Any]]]:
    """What the task is about, by variable: those its property `shows` names, otherwise the application."""
    named = [name.strip() for name in detail.element.properties.get("shows", "application").split(",")]
    held = ((name, detail.data.get(name)) for name in named)
    label = {"application": _("Application")}
    return [
        (label.get(name) or field_label(name), group) for name, group in held if isinstance(group, Mapping) and group
    ]


@blueprint.get("/")
@for_signed_in
def tasks() -> str:
    """The list, with nothing selected."""
    return render_template("inbox/tasks.html", **_lists(None), detail=None)


@blueprint.get("/tasks/<int:key>")
@for_signed_in
def task(key: int) -> str:
    """The list with one task opened."""
    detail = services().engine.user_tasks.get(acting(), key)
    environment = services().engine.display_environment()
    return _task_page(detail, detail.form.prefill(detail.data, environment) if detail.form else {})


@blueprint.post("/tasks/<int:key>/claim")
@for_signed_in
def claim(key: int) -> Response:
    """Take the task."""
    services().engine.user_tasks.claim(acting(), key)
    flash(_("The task is yours now."))
    return redirect(url_for(".task", key=key, view=_view().value), 303)


@blueprint.post("/tasks/<int:key>/release")
@for_signed_in
def release(key: int) -> Response:
    """Give the task back to its group."""
    services().engine.user_tasks.release(acting(), key)
    flash(_("The task is back with its group."))
    return redirect(url_for(".tasks", view=_view().value), 303)


@blueprint.post("/tasks/<int:key>/complete")
@for_signed_in
def complete(key: int) -> Response | str | tuple[str, int]:
    """Send the form; on success open the next task of the same view."""
    detail = services().engine.user_tasks.get(acting(), key)
    data = posted_data(detail.form)
    refused = _keep_files(detail, data)
    again = reshaped(detail.form, data)
    if again is not None:
        return _task_page(detail, again, refused)
    if detail.form is not None and refused:
        return _task_page(detail, data, errors_in(detail.form, data, detail.data) | refused), 400
    try:
        services().engine.user_tasks.complete(
            acting(), key, data, revision=posted_revision(), idempotency_key=sent_idempotency_key()
        )
    except FormInvalid as error:
        if detail.form is None:
            raise
        return _task_page(detail, data, error.errors), 400
    flash(_("“%(task)s” is done.", task=in_language(detail.task.name, detail.task.name_en)))
    return redirect(_next_address(), 303)


def _keep_files(detail: UserTaskDetail, data: dict[str, Any]) -> dict[str, FieldError]:
    """Store the post's files before anything else, so that a correction does not ask for them again.

    Only for who could complete the task now, with the page they saw: for others the command itself says why not.
    """
    current = posted_revision() in (None, detail.task.revision)
    if detail.form is None or not detail.may_complete.allowed or not current:
        return {}
    task, person = detail.task, acting().person
    return keep_posted_files(detail.form, data, detail.data, business_key=task.business_key, person=person)


def _next_address() -> str:
    """The first task of the view; the list when there is none."""
    view = _view()
    rows = services().engine.user_tasks.inbox(acting(), view, Page(limit=1)).rows
    if not rows or view is InboxView.COMPLETED:
        return url_for(".tasks", view=view.value)
    return url_for(".task", key=rows[0].key, view=view.value)


@blueprint.post("/tasks/<int:key>/assign")
@for_signed_in
def assign(key: int) -> Response:
    """Give the task to a candidate; the services say who may."""
    services().engine.user_tasks.assign(acting(), key, key_in(request.form.get("person")) or 0)
    flash(_("The task has been assigned."))
    return redirect(url_for(".task", key=key, view=_view().value), 303)


@blueprint.post("/tasks/<int:key>/waive")
@for_signed_in
def waive(key: int) -> Response:
    """Give up the step; the services say who may, and which."""
    reason, reference = request.form.get("reason", ""), request.form.get("reference", "")
    services().engine.user_tasks.waive(acting(), key, reason=reason, reference=reference)
    flash(_("The step has been waived."))
    return redirect(_next_address(), 303)
