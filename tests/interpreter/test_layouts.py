"""Where a case stands, as another version of the program has written it."""

from __future__ import annotations

import orjson
import pytest

from engine.interpreter import Case
from engine.interpreter.codec import VERSION
from engine.interpreter.errors import StateTooNew
from tests.interpreter.diagrams import document, end, path, process, start, user
from tests.interpreter.driving import Drive


@pytest.fixture
def drive() -> Drive:
    return Drive(document(process("p", start(), user("u"), end(), path("s", "u", "e"))))


def in_layout(drive: Drive, version: int) -> bytes:
    return orjson.dumps({**orjson.loads(drive.live.tree()), "version": version})


def test_a_layout_that_this_program_cannot_know_is_refused_instead_of_read_by_halves(drive: Drive) -> None:
    with pytest.raises(StateTooNew):
        Case.restore(drive.program, in_layout(drive, VERSION + 1), lambda scope: {}, drive.environment())


def test_a_case_in_the_layout_before_goes_on_and_is_written_in_the_present_one(drive: Drive) -> None:
    older = Case.restore(drive.program, in_layout(drive, 1), lambda scope: {}, drive.environment())
    assert older.tree() == drive.live.tree()
