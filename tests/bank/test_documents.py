"""Documents of a case: what is taken, what is refused, where it lies, and whose it is."""

from __future__ import annotations

import stat
import struct
import threading
import unicodedata
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from bank.documents import Document, DocumentDamaged, DocumentEmpty, Documents, DocumentTooLarge, DocumentTypeRefused
from bank.documents.file_names import shown_name
from bank.documents.tables import document
from bank.errors import RecordNotFound
from bank.parameters import Parameters
from bank.people import People
from persistence.database import Database
from persistence.errors import ErrorKind, KaihuError
from tests.conftest import NOON, TestClock

CASE, OTHER_CASE = "AO-20260302-0001", "AO-20260302-0002"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + _chunk(b"IEND", b"")
)
_JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43\x00"
JPEG = _JFIF + bytes(64) + b"\xff\xd9"
# A camera's picture whose bytes at 524 are, by chance, those a database file has there.
PHOTOGRAPH = (_JFIF + b"\xaa" * 600)[:524] + b"\x04\x00\x00\x00" + b"\xaa" * 100 + b"\xff\xd9"
PICTURE_AND_ARCHIVE = (PNG + bytes(257))[:257] + b"ustar\x0000" + bytes(300)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def documents(clock: TestClock, parameters: Parameters, root: Path) -> Documents:
    return Documents(clock, parameters, root)


def _hand_in(
    connection: Connection,
    documents: Documents,
    content: bytes = PDF,
    name: str = "执照.pdf",
    *,
    case: str = CASE,
    by: int | None = None,
) -> Document:
    return documents.store(connection, content=content, file_name=name, business_key=case, uploaded_by=by)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.requirement("R020", "R021")
def test_a_document_is_found_again_with_all_that_was_handed_in(connection: Connection, documents: Documents) -> None:
    kept = _hand_in(connection, documents)
    assert (kept.business_key, kept.file_name, kept.media_type) == (CASE, "执照.pdf", "application/pdf")
    assert (kept.size, kept.uploaded_by, kept.uploaded_at) == (len(PDF), None, NOON)
    assert documents.get(connection, kept.id) == kept
    assert documents.content(kept) == PDF


@pytest.mark.requirement("R021", "R080")
def test_papers_of_the_bank_itself_stand_beside_the_customers_with_who_handed_them_in(
    connection: Connection, documents: Documents, people: People
) -> None:
    manager = people.add(connection, name_zh="客户经理", name_en="Manager").key
    customers = _hand_in(connection, documents, PDF)
    banks = _hand_in(connection, documents, PNG, "授权书.png", by=manager)
    _hand_in(connection, documents, JPEG, case=OTHER_CASE)
    assert documents.of_case(connection, CASE) == [customers, banks]
    assert (customers.uploaded_by, banks.uploaded_by) == (None, manager)


@pytest.mark.requirement("R020")
@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (PDF, "application/pdf", "scan.jpg.pdf"),
        (PNG, "image/png", "scan.jpg.png"),
        (JPEG, "image/jpeg", "scan.jpg"),
        (PHOTOGRAPH, "image/jpeg", "scan.jpg"),
    ],
    ids=["pdf", "png", "jpeg", "photograph"],
)
def test_the_content_says_what_a_file_is_and_how_its_name_ends(
    connection: Connection, documents: Documents, content: bytes, media_type: str, name: str
) -> None:
    kept = _hand_in(connection, documents, content, "scan.jpg")
    assert (kept.media_type, kept.file_name) == (media_type, name)


@pytest.mark.requirement("R020")
@pytest.mark.parametrize(
    "content",
    [
        b"Dear bank, this is no PDF.",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-<script>alert(1)</script>",
        b"junk in front\n" + PDF,
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a\n",
        b"\\377\\330\\377",
        b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(40),
        b"GIF89a" + bytes(40),
        b"PK\x03\x04" + bytes(40),
        b"MZ" + bytes(200),
        PICTURE_AND_ARCHIVE,
    ],
    ids=[
        "text",
        "page",
        "drawing",
        "page_begun_as_pdf",
        "pdf_after_junk",
        "two_bytes_of_jpeg",
        "png_without_header",
        "jpeg_signature_spelt_out",
        "jpeg_2000",
        "gif",
        "zip",
        "program",
        "picture_and_archive",
    ],
)
def test_a_file_of_another_type_is_refused_whatever_its_name_and_nothing_is_kept(
    connection: Connection, documents: Documents, root: Path, content: bytes
) -> None:
    with pytest.raises(DocumentTypeRefused) as refused:
        _hand_in(connection, documents, content, "张三身份证.pdf")
    assert refused.value.kind is ErrorKind.UNSUPPORTED_TYPE
    assert documents.of_case(connection, CASE) == []
    assert _files(root) == []


@pytest.mark.requirement("R020")
def test_ten_megabytes_are_taken_and_one_byte_more_is_not(connection: Connection, documents: Documents) -> None:
    maximum = documents.maximum_bytes(connection)
    assert maximum == 10 * 1024 * 1024
    largest = PDF + bytes(maximum - len(PDF))
    assert _hand_in(connection, documents, largest).size == maximum
    with pytest.raises(DocumentTooLarge, match="10 MB") as refused:
        _hand_in(connection, documents, largest + b"\x00")
    assert refused.value.kind is ErrorKind.TOO_LARGE
    assert "10 MB" in refused.value.message("zh")


def test_an_empty_file_is_refused(connection: Connection, documents: Documents) -> None:
    with pytest.raises(DocumentEmpty):
        _hand_in(connection, documents, b"")


@pytest.mark.parametrize(
    "error", [DocumentEmpty(), DocumentTooLarge(limit=10), DocumentTypeRefused(), DocumentDamaged(key=1)]
)
def test_every_refusal_is_said_in_both_languages(error: KaihuError) -> None:
    assert error.message("en").isascii()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error.message("zh"))


@pytest.mark.requirement("R021")
def test_the_same_file_again_is_the_same_document_in_its_case_and_another_in_another(
    connection: Connection, documents: Documents, root: Path
) -> None:
    first, again = _hand_in(connection, documents, name="first.pdf"), _hand_in(connection, documents, name="again.pdf")
    other = _hand_in(connection, documents, case=OTHER_CASE)
    assert first == again
    assert first.file_name == "first.pdf"
    assert other.key != first.key
    assert len(_files(root)) == 1
    assert documents.content(other) == PDF


def test_several_uploads_of_one_file_at_once_make_one_document(database: Database, documents: Documents) -> None:
    kept: list[Document] = []
    ready = threading.Barrier(4)

    def upload() -> None:
        ready.wait()
        with database.transaction() as transaction:
            kept.append(_hand_in(transaction.connection, documents))

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.key for one in kept] == [kept[0].key] * 4
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(document)).scalar_one() == 1


@pytest.mark.requirement("R021")
def test_only_documents_of_the_case_itself_are_its_own(connection: Connection, documents: Documents) -> None:
    own, other = _hand_in(connection, documents), _hand_in(connection, documents, case=OTHER_CASE)
    asked = [other.id, own.id, "999999", other.id]
    assert documents.foreign(connection, CASE, asked) == [other.id, "999999"]
    assert documents.foreign(connection, OTHER_CASE, [other.id]) == []
    assert documents.foreign(connection, CASE, []) == []


@pytest.mark.parametrize("spelling", ["", "0{}", " {}", "+{}", "-{}", "{}.0", "x", "9" * 19, "9" * 5000])
def test_what_is_no_id_names_no_document(connection: Connection, documents: Documents, spelling: str) -> None:
    text = spelling.format(_hand_in(connection, documents).id)
    assert documents.foreign(connection, CASE, [text]) == [text]
    with pytest.raises(RecordNotFound):
        documents.get(connection, text)


def test_full_width_digits_are_no_id(connection: Connection, documents: Documents) -> None:
    wide = _hand_in(connection, documents).id.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert documents.foreign(connection, CASE, [wide]) == [wide]


def test_files_lie_under_their_hash_and_only_their_owner_may_read_them(
    connection: Connection, documents: Documents, root: Path
) -> None:
    sha256 = _hand_in(connection, documents).sha256
    file = root / sha256[:2] / sha256[2:]
    assert _files(root) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_that_cannot_be_put_in_place_leaves_no_trace(
    connection: Connection, documents: Documents, root: Path
) -> None:
    sha256 = _hand_in(connection, documents).sha256
    place = root / sha256[:2] / sha256[2:]
    place.unlink()
    (place / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="irectory"):
        _hand_in(connection, documents, case=OTHER_CASE)
    assert _files(root) == []
    assert documents.of_case(connection, OTHER_CASE) == []


def test_a_document_of_a_transaction_taken_back_is_gone_and_can_be_handed_in_anew(
    database: Database, documents: Documents
) -> None:
    with pytest.raises(KeyError), database.transaction() as transaction:
        lost = _hand_in(transaction.connection, documents)
        raise KeyError
    with database.transaction() as transaction:
        connection = transaction.connection
        assert documents.foreign(connection, CASE, [lost.id]) == [lost.id]
        assert documents.content(_hand_in(connection, documents)) == PDF


@pytest.mark.parametrize("damage", [b"%PDF-1.7 another text", None], ids=["altered", "missing"])
def test_a_damaged_file_is_never_shown_and_handing_it_in_again_mends_it(
    connection: Connection, documents: Documents, root: Path, damage: bytes | None
) -> None:
    kept = _hand_in(connection, documents)
    file = _files(root)[0]
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    with pytest.raises(DocumentDamaged) as damaged:
        documents.content(kept)
    assert damaged.value.fields == {"key": kept.key}
    assert _hand_in(connection, documents) == kept
    assert documents.content(kept) == PDF


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("营业执照.PDF", "营业执照.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Wang\\licence.pdf", "licence.pdf"),
        ("two\nlines\x00 and\ta tab.pdf", "two lines and a tab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("\ud800.pdf", "document.pdf"),
        ("..", "document.pdf"),
        (".pdf", "document.pdf"),
        ("", "document.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_their_type_does(given_name: str, shown: str) -> None:
    assert shown_name(given_name, "application/pdf") == shown


@given(st.text(st.characters(), max_size=400))
def test_no_name_whatever_brings_a_path_a_control_character_or_too_much(given_name: str) -> None:
    shown = shown_name(given_name, "image/png")
    assert 5 <= len(shown) <= 200
    assert shown.lower().endswith(".png")
    assert not shown.startswith(".")
    assert not set(shown) & set("/\\")
    assert not any(unicodedata.category(sign)[0] == "C" for sign in shown)
    assert unicodedata.is_normalized("NFC", shown)
