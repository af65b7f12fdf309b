"""Task list and task page. Every command goes to `engine.user_tasks`; nothing is decided here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.forms import FormInvalid
from engine.services.answers import InboxView, Page, UserTaskDetail
from web.commands import drawn, fresh_idempotency_key, posted_data, posted_revision, reshaped, sent_idempotency_key
from web.identity import acting, for_signed_in
from web.languages import in_language
from web.services import services

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


def _task_page(detail: UserTaskDetail, fields: str) -> str:
    return render_template(
        "inbox/tasks.html",
        **_lists(detail.task.key),
        detail=detail,
        fields=fields,
        application=detail.data.get("application") or {},
        me=acting().person,
        idempotency_key=fresh_idempotency_key(),
    )


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
    form = detail.form
    return _task_page(detail, drawn(form, form.prefill(detail.data), detail.data) if form else "")


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
    again = reshaped(detail.form, data)
    if detail.form is not None and again is not None:
        return _task_page(detail, drawn(detail.form, again, detail.data))
    try:
        services().engine.user_tasks.complete(
            acting(), key, data, revision=posted_revision(), idempotency_key=sent_idempotency_key()
        )
    except FormInvalid as error:
        if detail.form is None:
            raise
        return _task_page(detail, drawn(detail.form, data, detail.data, error.errors)), 400
    flash(_("“%(task)s” is done.", task=in_language(detail.task.name, detail.task.name_en)))
    return redirect(_next_address(), 303)


def _next_address() -> str:
    """The first task of the view; the list when there is none."""
    view = _view()
    rows = services().engine.user_tasks.inbox(acting(), view, Page()).rows
    if not rows or view is InboxView.COMPLETED:
        return url_for(".tasks", view=view.value)
    return url_for(".task", key=rows[0].key, view=view.value)
