"""Migrations and tables say the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text

import bank.tables
import engine.store.tables
import persistence.keys
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
