"""Looking at a document: only in a case one may see, every look recorded, nothing in it can act on the pages."""

from __future__ import annotations

import io

from flask import Blueprint, Response, send_file

from bank.documents import Document
from bank.documents.media_types import JPEG, PDF, PNG
from bank.errors import RecordNotFound
from bank.terms import Record
from engine.journal import Outcome
from engine.model.errors import NotFound
from engine.services.answers import ProcessInstance
from web.identity import acting, for_signed_in
from web.security import own_policy
from web.services import services
from web.uploads.listing import document_door

blueprint = Blueprint("uploads", __name__, url_prefix="/documents")

LOOK = "view_document"
"""The action in the operations log (M14: bulk viewing by staff)."""

_SHOWN_IN_THE_BROWSER = frozenset({PDF, PNG, JPEG})

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; sandbox"
"""No scripts, no forms, an origin of its own; the styles are those with which browsers show a picture."""


@blueprint.get("/<document_id>")
@for_signed_in
def document(document_id: str) -> Response:
    """The document as it was handed in. Raises RecordNotFound also where the person may not see the case."""
    found = document_door().get(document_id)
    instance = _case_of(found)
    content = document_door().content(found)
    _record(found, instance, Outcome.DONE)
    answer = send_file(
        io.BytesIO(content),
        mimetype=found.media_type,
        as_attachment=found.media_type not in _SHOWN_IN_THE_BROWSER,
        download_name=found.file_name,
        etag=False,
    )
    return own_policy(answer, _POLICY)


def _case_of(found: Document) -> ProcessInstance:
    """The case, if the person may see it; else as if there were no such document, and the attempt is recorded."""
    try:
        return services().engine.process_instances.find(acting(), found.business_key)
    except NotFound as refusal:
        _record(found, None, Outcome.REFUSED)
        raise RecordNotFound(what=Record.DOCUMENT, key=found.key) from refusal


def _record(found: Document, instance: ProcessInstance | None, outcome: Outcome) -> None:
    subject: dict[str, str | int | None] = {}
    if instance is not None:
        subject = {"process_id": instance.process_id, "instance_key": instance.key}
    code = RecordNotFound.code if outcome is Outcome.REFUSED else ""
    services().engine.history.record(
        acting(), LOOK, outcome=outcome, code=code, subject=subject, detail=f"document {found.id}"
    )
