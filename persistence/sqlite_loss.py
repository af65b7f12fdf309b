"""SQLite ends a transaction by itself when its disk is full or fails, and after that writes each statement for good.

Whoever saw the error may go on none the less, with nothing of the transaction left; so from then on the connection
refuses to write, until the next transaction begins.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

_LOST = "transaction_lost"


def refuse_if_lost(connection: Connection) -> None:
    """To be called after every error: let nothing be written any more if it ended the transaction."""
    if not in_transaction(connection):
        connection.info[_LOST] = True
        _driver(connection).execute("PRAGMA query_only=ON")


def write_again(connection: Connection) -> None:
    """To be called before a transaction begins."""
    if connection.info.pop(_LOST, False):
        _driver(connection).execute("PRAGMA query_only=OFF")


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction is still there."""
    return bool(_driver(connection).in_transaction)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
