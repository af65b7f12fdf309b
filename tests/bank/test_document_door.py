"""The files of one post: stored in one transaction, each answered for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bank.documents import Document, DocumentDoor, DocumentEmpty, Documents, DocumentTypeRefused, Upload
from bank.parameters import Parameters
from cli.demo_paper import paper
from persistence.database import Database
from tests.conftest import TestClock

CASE = "AO-20260302-0001"

pytestmark = pytest.mark.requirement("R080")


@pytest.fixture
def door(database: Database, clock: TestClock, parameters: Parameters, tmp_path: Path) -> DocumentDoor:
    return DocumentDoor(database, Documents(clock, parameters, tmp_path / "documents"))


def upload(name: str, content: bytes | None = None) -> Upload:
    return Upload(file_name=f"{name}.pdf", content=paper(name) if content is None else content)


def test_each_file_of_a_post_is_answered_in_order_and_refusals_hold_up_nothing(door: DocumentDoor) -> None:
    uploads = [upload("one"), upload("empty", b""), upload("text", b"text"), upload("two")]
    one, empty, text, two = door.take_in(CASE, uploads, uploaded_by=None)
    assert isinstance(empty, DocumentEmpty)
    assert isinstance(text, DocumentTypeRefused)
    assert list(door.of_case(CASE)) == [one, two]


def test_where_all_or_none_are_wanted_a_refused_file_takes_back_the_others(door: DocumentDoor) -> None:
    one, empty = door.take_in(CASE, [upload("one"), upload("empty", b"")], uploaded_by=None, all_or_none=True)
    assert isinstance(one, Document)
    assert isinstance(empty, DocumentEmpty)
    assert door.of_case(CASE) == []
    taken = door.take_in(CASE, [upload("one"), upload("two")], uploaded_by=None, all_or_none=True)
    assert list(door.of_case(CASE)) == taken


def test_a_post_that_breaks_off_leaves_no_document(door: DocumentDoor) -> None:
    def torn() -> Iterator[Upload]:
        yield upload("one")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        door.take_in(CASE, torn(), uploaded_by=None)
    assert door.of_case(CASE) == []


def test_a_document_taken_in_is_found_by_its_id_and_read(door: DocumentDoor) -> None:
    [taken] = door.take_in(CASE, [upload("one")], uploaded_by=None)
    assert isinstance(taken, Document)
    assert door.get(taken.id) == taken
    assert door.content(taken) == paper("one")
