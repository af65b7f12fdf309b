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


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
