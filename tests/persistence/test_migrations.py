"""Migrations and tables say the same."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import bank.tables
import engine.store.tables
import persistence.keys
from persistence.database import Database
from persistence.migrations import downgrade, upgrade
from persistence.schema import metadata

REGISTERED = (bank.tables, engine.store.tables, persistence.keys)  # importing them puts their tables on `metadata`


def test_a_new_database_receives_exactly_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.reading() as connection:
        ours = {"include_object": lambda _, name, kind, *__: kind != "table" or not str(name).startswith("test_")}
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
