"""Tables whose rows the database itself keeps as they were written: no UPDATE, DELETE or TRUNCATE goes through.

The migrations create the triggers; `append_only` gives them to tables that are created from the metadata as well.
"""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''rows of this table are never changed'' "
    "USING ERRCODE = ''integrity_constraint_violation''; END'"
)
"""PostgreSQL's half; the error code makes it an IntegrityError, as RAISE(ABORT) does on SQLite."""


def trigger_names(table: Table, dialect: str) -> tuple[str, ...]:
    """Names of the triggers of an append-only table on `sqlite` or `postgresql`."""
    kinds = ("update", "delete", "replace") if dialect == "sqlite" else ("change", "truncate")
    return tuple(f"{table.name}_no_{kind}" for kind in kinds)


def trigger_statements(table: Table, dialect: str) -> tuple[str, ...]:
    """The statements that create them, in the order of `trigger_names`."""
    names = trigger_names(table, dialect)
    if dialect == "postgresql":
        each_row, truncate = names
        return (
            f"CREATE TRIGGER {each_row} BEFORE UPDATE OR DELETE ON {table.name} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table.name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    update, delete, replace = names
    refuse = "BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END"
    same_key = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    return (
        f"CREATE TRIGGER {update} BEFORE UPDATE ON {table.name} {refuse}",
        f"CREATE TRIGGER {delete} BEFORE DELETE ON {table.name} {refuse}",
        # INSERT OR REPLACE removes the old row without firing the DELETE trigger
        f"CREATE TRIGGER {replace} BEFORE INSERT ON {table.name} "  # noqa: S608  our own tables
        f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {same_key}) {refuse}",
    )


def append_only(table: Table) -> None:
    """Create the triggers whenever the table is created from the metadata."""
    _when_created(table, FUNCTION, "postgresql")
    for dialect in ("sqlite", "postgresql"):
        for statement in trigger_statements(table, dialect):
            _when_created(table, statement, dialect)


def _when_created(table: Table, statement: str, dialect: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # of SQLAlchemy
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
