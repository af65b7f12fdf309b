"""Documents: taken in for a case, found again, and never those of another case (R020, R021, R080)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from bank.clock import Clock
from bank.documents.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, DocumentTypeRefused
from bank.documents.file_names import shown_name
from bank.documents.media_types import media_type_of
from bank.documents.records import Document
from bank.documents.store import DocumentStore
from bank.documents.tables import document
from bank.errors import RecordNotFound
from bank.parameters import Parameters
from bank.terms import Record
from persistence.prepared import Prepared

_MEGABYTE = 1024 * 1024
_HIGHEST_KEY = 2**63 - 1
_OF_CASE = Prepared(  # asked with every task's page
    select(document).where(document.c.business_key == bindparam("business_key")).order_by(document.c.key)
)


class Documents:
    """The bank's documents: rows in the caller's transaction, content in files under `root`."""

    def __init__(self, clock: Clock, parameters: Parameters, root: Path) -> None:
        self._clock = clock
        self._store = DocumentStore(root)
        self._parameters = parameters

    def maximum_bytes(self, connection: Connection) -> int:
        """The size of the largest document the bank takes."""
        return self._parameters.integer(connection, "document_maximum_bytes")

    def store(
        self, connection: Connection, *, content: bytes, file_name: str, business_key: str, uploaded_by: int | None
    ) -> Document:
        """Take in a document for a case; the same content again in the same case is the same document.

        `uploaded_by` is a person of the bank, None the customer. Raises DocumentEmpty, DocumentTooLarge,
        DocumentTypeRefused (R020, R080).
        """
        media_type = self._accepted_type(connection, content)
        sha256 = self._store.put(content)
        same = (document.c.business_key == business_key) & (document.c.sha256 == sha256)
        existing = _find(connection, same)
        if existing is not None:
            return existing
        values = {
            "business_key": business_key,
            "file_name": shown_name(file_name, media_type),
            "media_type": media_type,
            "size": len(content),
            "sha256": sha256,
            "uploaded_by": uploaded_by,
            "uploaded_at": self._clock.now(),
        }
        try:
            with connection.begin_nested():
                row = connection.execute(insert(document).values(values).returning(*document.c)).one()
        except IntegrityError:  # another upload of the same file was faster, or there is no such person
            existing = _find(connection, same)
            if existing is None:
                raise
            return existing
        return Document(**row._asdict())

    def get(self, connection: Connection, document_id: str) -> Document:
        """The document with this id. Raises RecordNotFound, also for a text that is no id."""
        key = _key_of(document_id)
        found = None if key is None else _find(connection, document.c.key == key)
        if found is None:
            raise RecordNotFound(what=Record.DOCUMENT, key=key)
        return found

    def of_case(self, connection: Connection, business_key: str) -> list[Document]:
        """The documents of a case, in the order they came (R021)."""
        return [Document(**row._asdict()) for row in _OF_CASE.all(connection, {"business_key": business_key})]

    def foreign(self, connection: Connection, business_key: str, document_ids: Iterable[str]) -> list[str]:
        """Those of the ids that are no documents of this case, in the order given (R021)."""
        asked = {document_id: _key_of(document_id) for document_id in document_ids}
        keys = [key for key in asked.values() if key is not None]
        of_case = (document.c.business_key == business_key) & document.c.key.in_(keys)
        own = set(connection.execute(select(document.c.key).where(of_case)).scalars())
        return [document_id for document_id, key in asked.items() if key not in own]

    def content(self, document: Document) -> bytes:
        """What was handed in, byte by byte. Raises DocumentDamaged when the file is missing or altered."""
        content = self._store.get(document.sha256)
        if content is None:
            raise DocumentDamaged(key=document.key)
        return content

    def _accepted_type(self, connection: Connection, content: bytes) -> str:
        if not content:
            raise DocumentEmpty()
        maximum = self.maximum_bytes(connection)
        if len(content) > maximum:
            raise DocumentTooLarge(limit=maximum // _MEGABYTE)
        media_type = media_type_of(content)
        if media_type is None:
            raise DocumentTypeRefused()
        return media_type


def _find(connection: Connection, condition: ColumnElement[bool]) -> Document | None:
    row = connection.execute(select(document).where(condition)).first()
    return None if row is None else Document(**row._asdict())


def _key_of(document_id: str) -> int | None:
    """The key behind an id; only the one way of writing it counts, so that an id names one document."""
    if not document_id.isascii() or not document_id.isdecimal() or document_id.startswith("0"):
        return None
    if len(document_id) > len(str(_HIGHEST_KEY)):
        return None
    key = int(document_id)
    return key if key <= _HIGHEST_KEY else None
