"""Whether every document on record is there, byte by byte as it was handed in: for backups and restored homes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from bank.documents.store import DocumentStore
from bank.documents.tables import document


@dataclass(frozen=True, kw_only=True)
class DocumentsReport:
    """What a look at every document found."""

    documents: int
    damaged: tuple[int, ...]
    """Keys of documents whose file is missing or holds something else; of several on one file, the first."""


def verify_documents(connection: Connection, root: Path) -> DocumentsReport:
    """Compute the digest of every file that a record names again."""
    store = DocumentStore(root)
    query = select(document.c.sha256, func.min(document.c.key)).group_by(document.c.sha256)
    files = connection.execute(query).all()
    count = connection.execute(select(func.count()).select_from(document)).scalar_one()
    damaged = sorted(key for sha256, key in files if store.get(sha256) is None)
    return DocumentsReport(documents=count, damaged=tuple(damaged))
