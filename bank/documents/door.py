"""The door documents come in and go out by: each method is one transaction, so that pages open none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
        self, business_key: str, uploads: Iterable[Upload], *, uploaded_by: int | None
    ) -> list[Document | DocumentRefusal]:
        """Store the files of one post for a case: for each, in order, the document or why it is refused.

        A refused file does not hold up the others. `uploads` may be lazy: one content at a time is in memory.
        """
        with self._database.transaction() as transaction:
            answers: list[Document | DocumentRefusal] = []
            for upload in uploads:
                try:
                    answers.append(
                        self._documents.store(
                            transaction.connection,
                            content=upload.content,
                            file_name=upload.file_name,
                            business_key=business_key,
                            uploaded_by=uploaded_by,
                        )
                    )
                except (DocumentEmpty, DocumentTooLarge, DocumentTypeRefused) as refusal:  # before anything is written
                    answers.append(refusal)
            return answers

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
