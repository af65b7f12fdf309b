"""`kaihu serve`: the pages, and the jobs and timers of this process."""

from __future__ import annotations

import errno
import os
import socket

import click
import waitress

from cli.composition import parts
from cli.demo_home import prepare_demo_home
from persistence.errors import ErrorKind, KaihuError

_THREADS = 8
_LOOPBACK = ("127.0.0.1", "localhost")
_LARGEST_BODY = 128 * 1024 * 1024
"""Bytes of a request that reach the disk at all. The pages' own limit is lower and explains itself; without this one
the server would take in a gigabyte before it asks them."""


class PortInUse(KaihuError):
    """Something else listens on the port."""

    code = "port_in_use"
    kind = ErrorKind.CONFLICT
    en = "Port {port} is already in use. Stop the other program or choose another with --port."
    zh = "端口 {port} 已被占用，请停止占用程序，或用 --port 指定其他端口。"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Seed a demo home first: one person per role, processes deployed.")
def serve(host: str, port: int, demo: bool) -> None:
    """Serve the pages, and run jobs and timers, until Ctrl-C."""
    kaihu = parts(**_public_url(host, port))
    if demo:
        prepare_demo_home(kaihu)
    listener = _listen(host, port)
    kaihu.executor.start()
    click.echo(f"Kaihu: http://{host}:{port}")
    try:
        waitress.serve(
            kaihu.create_web(),
            sockets=[listener],
            threads=_THREADS,
            ident=None,
            max_request_body_size=_LARGEST_BODY,
        )
    finally:
        kaihu.executor.stop()
        kaihu.database.close()


def _public_url(host: str, port: int) -> dict[str, str]:
    """Where the links in letters lead when no setting says so: to these pages, as far as a browser here finds them."""
    if os.environ.get("KAIHU_PUBLIC_URL") or host not in _LOOPBACK:
        return {}
    return {"public_url": f"http://{host}:{port}"}


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything starts so that a taken port changes nothing."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port=port) from error
        raise
