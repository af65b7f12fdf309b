"""`kaihu serve`: the pages, and the jobs and timers of this process."""

from __future__ import annotations

import errno
import socket

import click
import waitress

from cli.composition import parts
from cli.demo_home import prepare_demo_home
from persistence.errors import ErrorKind, KaihuError

_THREADS = 8


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
    kaihu = parts()
    if demo:
        prepare_demo_home(kaihu)
    listener = _listen(host, port)
    kaihu.executor.start()
    click.echo(f"Kaihu: http://{host}:{port}")
    try:
        waitress.serve(kaihu.create_web(), sockets=[listener], threads=_THREADS, ident=None)
    finally:
        kaihu.executor.stop()
        kaihu.database.close()


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything starts so that a taken port changes nothing."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port=port) from error
        raise
