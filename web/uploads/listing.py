"""The documents of a case for a page: their names, sizes and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import format_decimal

from bank.documents import Document, DocumentDoor
from web.forms import DocumentView
from web.services import services

_KILOBYTE = 1024
_MEGABYTE = 1024 * 1024


def document_door() -> DocumentDoor:
    """Where documents are handed in and asked for."""
    return DocumentDoor(services().database, services().bank.documents)


def documents_of(business_key: str) -> Sequence[Document]:
    """The documents of a case, in the order they came."""
    return document_door().of_case(business_key)


def at_fields(documents: Sequence[Document], *, linked: bool) -> Mapping[str, DocumentView]:
    """The documents by id, as file fields show them; `linked` where the reader may look at them."""
    return {
        each.id: DocumentView(
            each.file_name,
            size(each.size),
            url_for("uploads.document", document_id=each.id) if linked else "",
        )
        for each in documents
    }


def size(count: int) -> str:
    """A number of bytes for people: `12 KB`, `1.4 MB`."""
    if count < _MEGABYTE:
        return f"{max(1, round(count / _KILOBYTE))} KB"
    return f"{format_decimal(count / _MEGABYTE, format='0.0')} MB"
