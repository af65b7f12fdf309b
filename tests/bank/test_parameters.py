"""Parameters in versions: what is in force, who changed it, and what no change may do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from bank.bank import Bank, build
from bank.calendar import BusinessCalendar
from bank.errors import RecordNotFound, ReferenceDataWrong
from bank.parameters import (
    BasisChanged,
    CalendarDay,
    Certainty,
    Change,
    ChangeKind,
    NewValue,
    ParameterDoor,
    Parameters,
    ParameterSet,
    ParameterValue,
    ParameterValueRefused,
)
from bank.parameters.tables import parameter_version
from engine.services.calendar_functions import CalendarFunctions
from persistence.answers import forget_answers
from persistence.database import Database
from persistence.schema import metadata
from tests.bank.conftest import in_threads
from tests.conftest import NOON, TestClock

DAYS = "activation_days"
TUESDAY, SATURDAY = dt.date(2026, 3, 3), dt.date(2026, 3, 7)


@pytest.fixture
def three(database: Database, clock: TestClock, tmp_path: Path) -> tuple[int, int, int]:
    """Who proposes, who checks, who agrees."""
    bank = build(clock, tmp_path)
    with database.transaction() as transaction:
        keys = [bank.people.add(transaction.connection, name_zh=name, name_en=name).key for name in "甲乙丙"]
    return keys[0], keys[1], keys[2]


Changed = Callable[..., Change]


@pytest.fixture
def change(three: tuple[int, int, int]) -> Changed:
    """A change of the time to activate, each under a number of its own."""

    def make(number: int = 1, kind: ChangeKind = ChangeKind.PARAMETER, name: str = DAYS) -> Change:
        return Change(
            kind=kind,
            name=name,
            business_key=f"PC-20260302-{number:04d}",
            proposed_by=three[0],
            checked_by=three[1],
            agreed_by=three[2],
            reason="按监管要求调整",
            adopted_at=NOON,
        )

    return make


def new(value: ParameterValue) -> NewValue:
    return NewValue(value=value, source="行内规定", as_of=dt.date(2026, 3, 1), certainty=Certainty.HIGH)


def test_every_parameter_that_ships_names_its_source_certainty_and_bounds() -> None:
    for parameter in ParameterSet.shipped():
        assert parameter.source
        assert parameter.name_zh
        assert parameter.name_en
        assert parameter.to_be_confirmed == (parameter.certainty is not Certainty.HIGH)
        assert parameter.admits(parameter.value)
        assert (parameter.minimum is None) == (parameter.maximum is None) == (not parameter.is_number)
        assert bool(parameter.pattern) != parameter.is_number


def test_before_any_change_the_parameters_that_ship_are_in_force_as_version_1(database: Database) -> None:
    parameters = Parameters()
    with database.reading() as connection:
        assert parameters.version(connection) == 1
        assert parameters.integer(connection, DAYS) == 30
        assert parameters.text(connection, "business_day_opens") == "09:00"
        assert parameters.entry(connection, DAYS).version == 1
        for read, name in ((parameters.integer, "business_day_opens"), (parameters.text, DAYS), (parameters.text, "x")):
            with pytest.raises(ReferenceDataWrong):
                read(connection, name)


def test_an_adopted_value_is_in_force_with_its_source_and_the_persons_who_stand_for_it(
    database: Database, change: Changed, three: tuple[int, int, int]
) -> None:
    with database.transaction() as transaction:
        assert Parameters().adopt(transaction.connection, change(), basis=1, value=new(20)) == 2
    elsewhere = ParameterDoor(database, Parameters())
    entry = elsewhere.newest().entry(DAYS)
    assert (entry.value, entry.source, entry.version, entry.unit) == (20, "行内规定", 2, "days")
    (adoption,) = elsewhere.adoptions()
    assert (adoption.version, adoption.proposed_by, adoption.checked_by, adoption.agreed_by) == (2, *three)


def test_a_process_that_has_read_the_parameters_sees_the_next_version_at_its_next_look(
    database: Database, change: Changed
) -> None:
    here, elsewhere = ParameterDoor(database, Parameters()), Parameters()
    assert here.newest().integer(DAYS) == 30
    with database.transaction() as transaction:
        elsewhere.adopt(transaction.connection, change(), basis=1, value=new(20))
    assert here.newest().integer(DAYS) == 20


def test_within_a_transaction_the_set_in_force_stays_the_one_it_began_with(database: Database, change: Changed) -> None:
    parameters = Parameters()
    with database.reading(one_view=True) as connection:
        assert parameters.version(connection) == 1
        with database.transaction() as transaction:
            Parameters().adopt(transaction.connection, change(), basis=1, value=new(20))
        assert parameters.integer(connection, DAYS) == 30


def test_a_case_goes_by_the_version_it_names_and_one_that_names_none_by_the_newest(
    database: Database, change: Changed
) -> None:
    parameters = Parameters()
    with database.transaction() as transaction:
        connection = transaction.connection
        parameters.adopt(connection, change(), basis=1, value=new(20))
        parameters.adopt(connection, change(2), basis=2, value=new(10))
        found = [
            parameters.of_case(connection, variables).integer(DAYS)
            for variables in ({"parameters_version": 1}, {"parameters_version": 2}, {}, {"parameters_version": True})
        ]
        assert found == [30, 20, 10, 10]


@pytest.mark.parametrize("version", [0, -1, 3, 10**9])
def test_a_version_there_never_was_is_not_found(database: Database, change: Changed, version: int) -> None:
    with database.transaction() as transaction:
        Parameters().adopt(transaction.connection, change(), basis=1, value=new(20))
    with database.reading() as connection, pytest.raises(RecordNotFound):
        Parameters().at_version(connection, version)


def test_a_case_adopts_once_however_often_its_step_is_repeated(database: Database, change: Changed) -> None:
    parameters = Parameters()
    for _ in range(3):
        with database.transaction() as transaction:
            assert parameters.adopt(transaction.connection, change(), basis=1, value=new(20)) == 2
    assert ParameterDoor(database, parameters).newest().version == 2


def test_a_change_checked_on_what_another_has_changed_since_is_not_adopted(database: Database, change: Changed) -> None:
    parameters = Parameters()
    with database.transaction() as transaction:
        parameters.adopt(transaction.connection, change(), basis=1, value=new(20))
    with database.transaction() as transaction, pytest.raises(BasisChanged) as refused:
        parameters.adopt(transaction.connection, change(2), basis=1, value=new(10))
    assert refused.value.fields == {"name": DAYS, "version": 2}
    with database.transaction() as transaction:
        other = change(3, name="sign_in_attempts")
        assert parameters.adopt(transaction.connection, other, basis=1, value=new(6)) == 3


def test_of_changes_adopted_at_once_on_the_same_basis_exactly_one_is_in_force(
    database: Database, change: Changed
) -> None:
    refused: list[int] = []

    def adopt(number: int) -> None:
        try:
            with database.transaction() as transaction:
                Parameters().adopt(transaction.connection, change(number), basis=1, value=new(30 + number))
        except BasisChanged:
            refused.append(number)

    in_threads(adopt, range(1, 5))
    newest = ParameterDoor(database, Parameters()).newest()
    assert newest.version == 2
    assert sorted([*refused, newest.integer(DAYS) - 30]) == [1, 2, 3, 4]


def test_changes_of_different_parameters_at_once_are_all_in_force(database: Database, change: Changed) -> None:
    values = {DAYS: 20, "sign_in_attempts": 6, "record_retention_years": 15, "review_months_high": 3}

    def adopt(named: tuple[int, str]) -> None:
        number, name = named
        with database.transaction() as transaction:
            Parameters().adopt(transaction.connection, change(number, name=name), basis=1, value=new(values[name]))

    in_threads(adopt, enumerate(values, 1))
    newest = ParameterDoor(database, Parameters()).newest()
    assert newest.version == 5
    assert {name: newest.integer(name) for name in values} == values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (DAYS, 0),
        (DAYS, 181),
        (DAYS, -1),
        (DAYS, 10**30),
        (DAYS, "20"),
        (DAYS, True),
        ("business_day_opens", "12:00"),
        ("business_day_opens", "9:00"),
        ("business_day_opens", "09:00\n"),
        ("business_day_closes", "24:00"),
        ("account_number_prefix", "１２３４５６"),
        ("account_number_prefix", 999001),
    ],
)
def test_a_value_of_the_wrong_type_or_beyond_its_bounds_is_refused(
    database: Database, change: Changed, name: str, value: Any
) -> None:
    with database.transaction() as transaction, pytest.raises(ParameterValueRefused):
        Parameters().adopt(transaction.connection, change(name=name), basis=1, value=new(value))
    assert ParameterDoor(database, Parameters()).newest().version == 1


def test_a_parameter_the_bank_does_not_have_cannot_be_changed(database: Database, change: Changed) -> None:
    with database.transaction() as transaction, pytest.raises(ReferenceDataWrong):
        Parameters().adopt(transaction.connection, change(name="interest_rate"), basis=1, value=new(1))


def test_the_database_keeps_every_version_as_it_was_adopted(database: Database, change: Changed) -> None:
    with database.transaction() as transaction:
        Parameters().adopt(transaction.connection, change(), basis=1, value=new(20))
    with pytest.raises(IntegrityError), database.transaction() as transaction:
        transaction.connection.execute(update(parameter_version).values(value="5"))


def test_a_day_of_the_banks_own_beats_the_public_calendar_until_it_is_taken_back(
    database: Database, change: Changed
) -> None:
    parameters = Parameters()
    calendar = BusinessCalendar(parameters)

    def works(connection: Connection) -> tuple[bool, bool]:
        return calendar.at(connection).is_business_day(TUESDAY), calendar.at(connection).is_business_day(SATURDAY)

    def adopt(number: int, basis: int, **days: bool | None) -> None:
        own = [
            CalendarDay(day=TUESDAY if name == "tuesday" else SATURDAY, business_day=open_, source="系统切换")
            for name, open_ in days.items()
        ]
        with database.transaction() as transaction:
            assert works(transaction.connection) is not None
            kept = change(number, ChangeKind.CALENDAR, "calendar")
            parameters.adopt(transaction.connection, kept, basis=basis, days=own)
            seen.append(works(transaction.connection))

    seen: list[tuple[bool, bool]] = []
    adopt(1, 1, tuesday=False, saturday=True)
    adopt(2, 2, tuesday=None)
    assert seen == [(False, True), (True, True)]
    with database.reading() as connection:
        assert parameters.at_version(connection, 2).own_days == {TUESDAY: False, SATURDAY: True}
        assert parameters.newest(connection).own_days == {SATURDAY: True}


def test_a_command_asks_for_the_parameters_once_and_not_at_all_when_it_needs_none(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'kaihu.db'}")
    metadata.create_all(database.engine)
    parameters = Parameters()
    calendar = BusinessCalendar(parameters)
    statements: list[str] = []
    with database.transaction() as transaction:
        connection = transaction.connection
        connection.connection.driver_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
        functions = CalendarFunctions(lambda: calendar.at(connection))
        days_after = functions["business days after"]
        assert statements == []
        for days in (1, 2, 3):
            days_after.implementation(NOON, days)
        assert parameters.integer(connection, DAYS) == 30
        assert len(statements) == 1
        assert re.search("max.*parameter_set", statements[0])
        forget_answers(connection)
        connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    database.close()


def test_the_bank_reads_its_parameters_where_they_are_used(database: Database, change: Changed, tmp_path: Path) -> None:
    bank: Bank = build(TestClock(), tmp_path)
    with database.transaction() as transaction:
        connection = transaction.connection
        assert bank.people.logins.minimum_length(connection) == 12
        kept = change(name="password_minimum_length")
        bank.parameters.adopt(connection, kept, basis=1, value=new(14))
        assert bank.people.logins.minimum_length(connection) == 14
