"""The door documents come in and go out by: each method is one transaction, so that pages open none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bank.documents.documents import Documents
from bank.documents.errors import DocumentEmpty, DocumentTooLarge, DocumentTypeRefused
from bank.documents.records import Document
from persistence.database import Database

DocumentRefusal = DocumentEmpty | DocumentTooLarge | DocumentTypeRefused
"""Why one file is not taken; the person can choose another."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file as a person sent it; name and content are their claims."""

    file_name: str
    content: bytes


class DocumentDoor:
    """Documents handed in, listed and read (R020, R021, R080)."""

    def __init__(self, database: Database, documents: Documents) -> None:
        self._database = database
        self._documents = documents

    def take_in(
        self, business_key: str, uploads: Iterable[Upload], *, uploaded_by: int | None, all_or_none: bool = False
    ) -> list[Document | DocumentRefusal]:
        """Store the files of one post for a case: for each, in order, the document or why it is refused.

        A refused file does not hold up the others, unless `all_or_none`: then nothing is stored when one is
        refused. `uploads` may be lazy: one content at a time is in memory. `uploaded_by` as in Documents.store.
        """
        with self._database.transaction() as transaction:
            taken = transaction.connection.begin_nested()
            answers = [
                self._answer(transaction.connection, business_key, upload, uploaded_by=uploaded_by)
                for upload in uploads
            ]
            if all_or_none and not all(isinstance(answer, Document) for answer in answers):
                taken.rollback()
            else:
                taken.commit()
            return answers

    def _answer(
        self, connection: Connection, business_key: str, upload: Upload, *, uploaded_by: int | None
    ) -> Document | DocumentRefusal:
        try:
            return self._documents.store(
                connection,
                content=upload.content,
                file_name=upload.file_name,
                business_key=business_key,
                uploaded_by=uploaded_by,
            )
        except (DocumentEmpty, DocumentTooLarge, DocumentTypeRefused) as refusal:  # before anything is written
            return refusal

    def maximum_bytes(self) -> int:
        """The size of the largest document the bank takes."""
        with self._database.reading() as connection:
            return self._documents.maximum_bytes(connection)

    def get(self, document_id: str) -> Document:
        """The document with this id. Raises RecordNotFound."""
        with self._database.reading() as connection:
            return self._documents.get(connection, document_id)

    def of_case(self, business_key: str) -> Sequence[Document]:
        """The documents of a case, in the order they came."""
        with self._database.reading() as connection:
            return self._documents.of_case(connection, business_key)

    def content(self, document: Document) -> bytes:
        """What was handed in. Raises DocumentDamaged."""
        return self._documents.content(document)
