"""The documents customers and staff hand in: checked, stored once, always those of one case."""

from bank.documents.documents import Documents
from bank.documents.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, DocumentTypeRefused
from bank.documents.records import Document

__all__ = ["Document", "DocumentDamaged", "DocumentEmpty", "DocumentTooLarge", "DocumentTypeRefused", "Documents"]
