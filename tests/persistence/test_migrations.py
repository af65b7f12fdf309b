"""Migrations and tables say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, inspect, text

import bank.tables
import engine.store.tables
import persistence.keys
from bank.parameters import CalendarDay, Change, ChangeKind, Parameters
from persistence.database import Database
from persistence.migrations import downgrade, upgrade
from persistence.prepared import run_text
from persistence.schema import metadata

REGISTERED = (bank.tables, engine.store.tables, persistence.keys)  # importing them puts their tables on `metadata`
OTHERS = ("test_", "procrastinate_")  # tables of tests, and those with migrations of their own


@pytest.fixture
def empty_postgres(empty_postgres_url: str) -> Iterator[Database]:
    database = Database(empty_postgres_url)
    yield database
    database.close()


def test_a_new_database_receives_exactly_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.reading() as connection:
        ours = {"include_object": lambda _, name, kind, *__: kind != "table" or not str(name).startswith(OTHERS)}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
    database.close()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    upgrade(database)
    with database.reading() as connection:
        assert "journal_entry" in inspect(connection).get_table_names()
    database.close()


def test_migrations_can_be_taken_back(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    downgrade(database, "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.close()


_OBJECTS = text(
    "SELECT 'function', proname, pg_get_functiondef(pg_proc.oid) FROM pg_proc WHERE proname LIKE 'procrastinate%' "
    "UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%' "
    "UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'procrastinate%' "
    "UNION ALL SELECT 'value', typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid "
    "UNION ALL SELECT 'column', table_name, column_name || ' ' || data_type || coalesce(column_default, '') "
    "FROM information_schema.columns WHERE table_name LIKE 'procrastinate%'"
)


def objects_of_procrastinate(database: Database) -> set[tuple[str, str, str]]:
    with database.reading() as connection:
        return {(kind, name, " ".join(definition.split())) for kind, name, definition in connection.execute(_OBJECTS)}


@pytest.mark.postgres
def test_procrastinates_tables_are_the_same_by_migration_and_by_its_own_schema(empty_postgres: Database) -> None:
    """A new release of Procrastinate whose schema changed needs a migration here before it can be used."""
    upgrade(empty_postgres)
    migrated = objects_of_procrastinate(empty_postgres)
    downgrade(empty_postgres, "0004")
    assert objects_of_procrastinate(empty_postgres) == set()
    with empty_postgres.transaction() as transaction:
        run_text(transaction.connection, SchemaManager.get_schema())
    assert migrated == objects_of_procrastinate(empty_postgres)


def test_sqlite_has_no_table_of_procrastinate(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'kaihu.db'}")
    upgrade(database)
    with database.reading() as connection:
        assert not [name for name in inspect(connection).get_table_names() if name.startswith("procrastinate")]
    database.close()


def test_the_banks_own_days_become_a_version_of_the_parameters_and_come_back_as_they_stand(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    downgrade(database, "0007")
    with database.transaction() as transaction:
        transaction.connection.execute(
            text("INSERT INTO calendar_override VALUES ('2026-03-03', false, '系统切换', 1772424000000000)")
        )
    upgrade(database)
    with database.transaction() as transaction:
        parameters = Parameters().newest(transaction.connection)
        assert (parameters.version, parameters.own_days) == (2, {dt.date(2026, 3, 3): False})
        change = Change(
            kind=ChangeKind.CALENDAR,
            name="calendar",
            business_key="PC-20260302-0001",
            proposed_by=None,
            checked_by=None,
            agreed_by=None,
            reason="",
            adopted_at=parameters_time(transaction.connection),
        )
        days = [
            CalendarDay(day=dt.date(2026, 3, 3), business_day=None, source="撤销"),
            CalendarDay(day=dt.date(2026, 3, 7), business_day=True, source="调休"),
        ]
        assert Parameters().adopt(transaction.connection, change, basis=2, days=days) == 3
    downgrade(database, "0007")
    with database.reading() as connection:
        rows = connection.execute(text("SELECT day, business_day, reason FROM calendar_override")).all()
    assert [(str(row.day), bool(row.business_day), row.reason) for row in rows] == [("2026-03-07", True, "调休")]
    database.close()


def parameters_time(connection: Connection) -> dt.datetime:
    (adopted,) = Parameters().adoptions(connection)
    return adopted.adopted_at
