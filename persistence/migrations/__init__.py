"""The database's shape, step by step; `upgrade` brings any database to the present one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from persistence.database import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every migration the database has not seen, in one transaction."""
    with database.transaction() as transaction:
        command.upgrade(_config(transaction.connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back to `revision` ("base": all of them); what they added is lost."""
    with database.transaction() as transaction:
        command.downgrade(_config(transaction.connection), revision)


def draft(database: Database, message: str) -> None:
    """Write a new migration from the difference between the tables in code and the database; for developers."""
    with database.transaction() as transaction:
        command.revision(_config(transaction.connection), message=message, autogenerate=True)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
