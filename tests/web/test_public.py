"""A customer from application to activation, through the pages only; and what they are never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence.database import Database
from tests.conftest import TestClock
from tests.web.opening import Opening, apply, open_bank


@pytest.fixture
def opening(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Opening]:
    with open_bank(database, clock, tmp_path) as opened:
        yield opened


@pytest.mark.requirement("R020")
def test_an_application_starts_the_case_and_shows_number_and_code_once(opening: Opening) -> None:
    client = opening.browser()
    number, code = apply(client)
    assert opening.open_elements(number) >= {"identify_customer", "enter_individual_application"}
    again = client.get("/apply/received", follow_redirects=True).text
    assert number in again
    assert code not in again
