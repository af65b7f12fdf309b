"""Handing in documents: before the review, and when the bank has asked for more (R079).

Before the review the files go to the case, where the relationship manager finds them. A supplement is sent as
a message with the new files only; the diagram adds them to those on file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from bank.checks.fields import part, rows, text
from bank.documents import Document, Upload
from bank.notifications.tipping_off import tips_off
from engine.model.values import Value
from engine.services.answers import Activity
from web.languages import in_language, language
from web.public import visit
from web.public.blueprint import KEPT, blueprint, sign_in_limit
from web.public.case import CustomerCase, Wait, moment_of
from web.security import limiter
from web.services import services
from web.uploads.listing import document_door, documents_of

_MOST_FILES = 30
_LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Wanted:
    """One entry of the checklist."""

    code: str
    name: str
    name_zh: str
    required: bool
    handed_in: tuple[str, ...]
    """File names already in the case under this code."""


@dataclass
class Refusals:
    """What was wrong with what was sent: by code, and of the whole."""

    by_code: dict[str, str] = field(default_factory=dict)
    whole: str = ""

    def __bool__(self) -> bool:
        return bool(self.by_code or self.whole)


@blueprint.get("/status/documents")
@visit.for_customer
def documents(case: CustomerCase) -> Response | str:
    """What is wanted, and where to hand it in."""
    found = _waiting(case)
    return _nothing_wanted() if found is None else _page(case, *found, Refusals())


@blueprint.post("/status/documents")
@limiter.limit(sign_in_limit)
@visit.for_customer
def hand_in(case: CustomerCase) -> Response | tuple[str, int]:
    """Take the files; a supplement goes on to review. The same form sent again changes nothing."""
    step, found = request.form.get("step", ""), _waiting(case)
    if found is None:
        return _thanks() if case.was_done(Wait.SUPPLEMENT, step) else _nothing_wanted()
    wait, activity = found
    if step != str(activity.number):
        return _page(
            case, wait, activity, Refusals(whole=_("What is wanted has changed since you opened the page."))
        ), 409
    wanted = _wanted(case, activity)
    note = request.form.get("note", "").strip()[:_LONGEST_NOTE] if wait is Wait.SUPPLEMENT else ""
    stored, refusals = _store(case, wait, wanted, note)
    if refusals:
        return _page(case, wait, activity, refusals), 400
    if wait is Wait.SUPPLEMENT:
        _send(case, activity, stored, note)
    return _thanks()


def _waiting(case: CustomerCase) -> tuple[Wait, Activity] | None:
    for wait in (Wait.SUPPLEMENT, Wait.HAND_IN):
        activity = case.waiting(wait)
        if activity is not None:
            return wait, activity
    return None


def _nothing_wanted() -> Response:
    flash(_("No documents are wanted at present."), "info")
    return redirect(url_for(".status"), 303)


def _thanks() -> Response:
    flash(_("Thank you, your documents have reached us."))
    return redirect(url_for(".status"), 303)


def _wanted(case: CustomerCase, activity: Activity) -> list[Wanted]:
    """The checklist of the case for its reader."""
    visible = case.visible_at(activity)
    names = {each.id: each.file_name for each in documents_of(case.number)}
    held = part(visible, "documents")
    return [
        Wanted(
            code=text(row, "code"),
            name=in_language(text(row, "name"), text(row, "name_en")),
            name_zh=text(row, "name"),
            required=row.get("required") is True,
            handed_in=tuple(names[each] for each in _ids(held, text(row, "code")) if each in names),
        )
        for row in rows(visible, "checklist")
        if text(row, "code")
    ]


def _ids(held: Mapping[str, object], code: str) -> list[str]:
    ids = held.get(code)
    return [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []


def _store(case: CustomerCase, wait: Wait, wanted: list[Wanted], note: str) -> tuple[dict[str, list[str]], Refusals]:
    """Keep the posted files, all or none: ids by code, or what was wrong."""
    stored: dict[str, list[str]] = {}
    refusals = Refusals()
    files = [(each, file) for each in wanted for file in request.files.getlist(each.code) if file.filename]
    if len(files) > _MOST_FILES:
        refusals.whole = _("Please hand in at most %(count)s files at once.", count=_MOST_FILES)
    elif not files and not note:
        refusals.whole = _("Please choose at least one file.")
    if refusals:
        return stored, refusals
    answers = document_door().take_in(
        case.number, (_upload(wait, each, file) for each, file in files), uploaded_by=None, all_or_none=True
    )
    for (each, file), answer in zip(files, answers, strict=True):
        if isinstance(answer, Document):
            stored.setdefault(each.code, []).append(answer.id)
        else:
            refusals.by_code[each.code] = f"{file.filename}{_(': ')}{answer.message(language())}"
    return stored, refusals


def _upload(wait: Wait, wanted: Wanted, file: FileStorage) -> Upload:
    name = file.filename or ""
    # Before the review nothing but its name tells the manager what a file is.
    return Upload(file_name=f"{wanted.name_zh} {name}" if wait is Wait.HAND_IN else name, content=file.read())


def _send(case: CustomerCase, activity: Activity, stored: Mapping[str, list[str]], note: str) -> None:
    variables = {"documents": stored, "supplement_received": {"note": note} if note else None}
    services().engine.messages.correlate(
        case.actor,
        "documents_supplemented",
        case.number,
        variables,
        message_id=f"supplement-{activity.number}",
        time_to_live=KEPT,
    )


def _missing(visible: Mapping[str, Value]) -> list[tuple[str, str]]:
    """What the reviewer asks for: document and deficiency; what would tip the customer off is left out."""
    items = [(text(row, "document"), text(row, "deficiency")) for row in rows(part(visible, "review"), "items")]
    return [item for item in items if not tips_off(" ".join(item))]


def _page(case: CustomerCase, wait: Wait, activity: Activity, refusals: Refusals) -> str:
    visible = case.visible_at(activity)
    supplement = wait is Wait.SUPPLEMENT
    reason = text(part(visible, "supplement"), "reason")
    return render_template(
        "public/documents.html",
        case=case,
        step=activity.number,
        wanted=_wanted(case, activity),
        supplement=supplement,
        reason="" if tips_off(reason) else reason,
        deadline=moment_of(text(part(visible, "supplement"), "deadline")) if supplement else None,
        missing=_missing(visible) if supplement else [],
        refusals=refusals,
        note=request.form.get("note", ""),
        megabytes=document_door().maximum_bytes() // (1024 * 1024),
    )
