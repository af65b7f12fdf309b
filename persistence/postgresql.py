"""The connections to a PostgreSQL database: pooled, asked whether they live only when there is doubt, lent to looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError

from persistence.pipelined import PipelinedConnection

_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
"""Prepared statements have the plan for any parameters from their first use on. Left to itself PostgreSQL plans each
anew five times on every connection, which for a page of the inbox costs more than the page."""


def postgresql_engine(url: URL) -> Engine:
    """An engine whose connections are `PipelinedConnection`s."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=16,
        max_overflow=32,
        hide_parameters=True,  # what people typed must not reach a log by way of an error
        connect_args={"prepare_threshold": None},  # `Prepared` does it; the driver would undo it at each ROLLBACK
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Dialect, _record: object, positional: Any, named: Any) -> PipelinedConnection:
        connection = PipelinedConnection.connect(*positional, autocommit=True, **named)
        connection.execute(_PLAN_ONCE)
        connection.autocommit = False
        return connection

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
