"""What has been recorded is kept by the database itself, whoever holds the connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from engine.process_engine import ProcessEngine
from engine.store.tables import journal_entry, operations_log
from persistence.database import Database
from persistence.migrations import downgrade, upgrade
from persistence.schema import metadata
from tests.engine.conftest import administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start, user_task


def replaced(connection: Connection) -> None:
    row = connection.execute(select(journal_entry)).mappings().first()
    assert row is not None
    statement = insert(journal_entry)
    if connection.dialect.name == "sqlite":
        statement = statement.prefix_with("OR REPLACE")
    connection.execute(statement.values({**row, "command": "forged"}))


def emptied(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"  # which has no other word for it
    connection.execute(text("DELETE FROM operations_log" if sqlite else "TRUNCATE operations_log"))


CHANGES: dict[str, Callable[[Connection], object]] = {
    "changed": lambda connection: connection.execute(update(journal_entry).values(command="forged")),
    "deleted": lambda connection: connection.execute(delete(journal_entry)),
    "replaced": replaced,
    "the operations log emptied": emptied,
    "a line of the operations log changed": lambda connection: connection.execute(
        update(operations_log).values(outcome="done")
    ),
    "a line of the operations log deleted": lambda connection: connection.execute(delete(operations_log)),
}


@pytest.mark.requirement("R062")
@pytest.mark.control("CP5")
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_recorded_can_be_neither_changed_nor_removed(
    engine: ProcessEngine, database: Database, change: str
) -> None:
    engine.deployments.deploy(administrator, [diagram("p", chain(start(), user_task("one", "clerk"), end()))])
    case = engine.process_instances.start(clerk, "p", business_key="AO-1").key
    engine.history.record(clerk, "sign_in")
    with pytest.raises(IntegrityError), database.transaction() as transaction:
        CHANGES[change](transaction.connection)
    assert [entry.command for entry in engine.history.journal(clerk, case)] == ["start"]
    assert engine.history.verify_chain(case).whole
    assert engine.history.operations(clerk)[0].action == "sign_in"


def triggers(database: Database) -> list[tuple[str, ...]]:
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    postgresql = (
        "SELECT tgname, pg_get_triggerdef(oid), pg_get_functiondef(tgfoid) FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY tgname"
    )
    with database.reading() as connection:
        query = sqlite if connection.dialect.name == "sqlite" else postgresql
        return [tuple(row) for row in connection.execute(text(query))]


def test_migrations_and_tables_say_the_same_about_triggers(database: Database) -> None:
    of_the_tables = triggers(database)
    assert of_the_tables
    with database.transaction() as transaction:
        metadata.drop_all(transaction.connection)
    upgrade(database)
    assert triggers(database) == of_the_tables


def test_the_triggers_can_be_taken_back(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    downgrade(database, "0001")
    assert triggers(database) == []
    upgrade(database)
    assert triggers(database)
    database.close()
