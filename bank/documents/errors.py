"""Refusals about documents. They never name the file: its name may hold a person's."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class DocumentEmpty(KaihuError):
    """The file has no content."""

    code = "document_empty"
    en = "The file is empty. Please choose another one."
    zh = "文件内容为空，请重新选择文件。"


class DocumentTooLarge(KaihuError):
    """The file is larger than the bank takes. Fields: `limit`, in megabytes of 1,048,576 bytes."""

    code = "document_too_large"
    kind = ErrorKind.TOO_LARGE
    en = "The file is larger than {limit} MB. Please hand in a smaller one, such as a scan in lower resolution."
    zh = "文件超过 {limit} MB，请压缩或降低扫描分辨率后重新上传。"


class DocumentTypeRefused(KaihuError):
    """The content is not of a type the bank takes, whatever the file is called."""

    code = "document_type_refused"
    kind = ErrorKind.UNSUPPORTED_TYPE
    en = "Only PDF, JPEG and PNG files are accepted. Renaming a file does not change its type."
    zh = "仅接受 PDF、JPG、PNG 格式的文件；修改文件扩展名并不会改变文件格式。"


class DocumentDamaged(KaihuError):
    """The stored file is missing or no longer the one that was handed in. Fields: `key`."""

    code = "document_damaged"
    kind = ErrorKind.UNAVAILABLE
    en = "The stored file of document {key} is missing or damaged and must be restored from a backup."
    zh = "文件 {key} 的存档缺失或已损坏，须从备份中恢复。"
