"""The documents customers and staff hand in: checked, stored once, always those of one case."""

from bank.documents.documents import Documents
from bank.documents.door import DocumentDoor, DocumentRefusal, Upload
from bank.documents.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, DocumentTypeRefused
from bank.documents.records import Document

__all__ = [
    "Document",
    "DocumentDamaged",
    "DocumentDoor",
    "DocumentEmpty",
    "DocumentRefusal",
    "DocumentTooLarge",
    "DocumentTypeRefused",
    "Documents",
    "Upload",
]
