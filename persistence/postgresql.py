"""The connections to a PostgreSQL database: pooled, asked whether they live only when there is doubt, lent to looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError

from persistence.pipelined import PipelinedConnection


class PipelinedDialect(PGDialect_psycopg):
    """SQLAlchemy's dialect of the driver, with our connections."""

    supports_statement_cache = True

    def connect(self, *positional: Any, **named: Any) -> DBAPIConnection:
        """A new connection."""
        return cast("DBAPIConnection", PipelinedConnection.connect(*positional, **named))


registry.register("postgresql.pipelined", __name__, PipelinedDialect.__name__)


def postgresql_engine(url: URL) -> Engine:
    """An engine whose connections are `PipelinedConnection`s."""
    engine = create_engine(
        url.set(drivername="postgresql+pipelined"),
        pool_size=16,
        max_overflow=32,
        hide_parameters=True,  # what people typed must not reach a log by way of an error
        connect_args={"prepare_threshold": None},  # `Prepared` does it; the driver would undo it at each ROLLBACK
    )

    @event.listens_for(engine, "checkout")
    def check(connection: PipelinedConnection, _record: object, _proxy: object) -> None:
        if not connection.seems_alive():
            try:
                engine.dialect.do_ping(cast("DBAPIConnection", connection))
            except psycopg.Error as error:
                raise InvalidatePoolError() from error

    return engine


@contextmanager
def looking(engine: Engine, *, one_view: bool) -> Iterator[Connection]:
    """Prepared queries cost no BEGIN and no ROLLBACK, unless they are to have one view."""
    with engine.connect() as connection:
        driver = cast("PipelinedConnection", connection.connection.driver_connection)
        driver.look(one_view=one_view)
        try:
            yield connection
        finally:
            driver.looks_only = False
            if driver.closed and not connection.invalidated:
                connection.invalidate()
