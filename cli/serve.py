"""`kaihu serve`: the pages, and the jobs and timers of this process."""

from __future__ import annotations

import os

import click

from cli.composition import parts
from cli.demo_home import prepare_demo_home
from cli.listening import listen
from cli.supervision import Supervisor, inherited_socket, told_to_stop
from cli.telemetry import measured, traced
from cli.web_server import WebServer
from persistence.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Seed a demo home first: one person per role, processes deployed.")
@click.option("--no-work", is_flag=True, help="Leave jobs and timers to `kaihu work`.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, demo: bool, no_work: bool) -> None:
    """Serve the pages, and run jobs and timers, until Ctrl-C.

    A socket handed over by systemd is served instead of --host and --port.
    """
    with traced(settings):
        _serve(host, port, demo=demo, with_work=not no_work)


def _serve(host: str, port: int, *, demo: bool, with_work: bool) -> None:
    kaihu = parts(**_public_url(host, port))
    if demo:
        prepare_demo_home(kaihu)
    listening = inherited_socket() or listen(host, port, setting="--port")
    supervisor = Supervisor()
    if with_work:
        kaihu.executor.start()
    try:
        with measured(kaihu):
            proxies = kaihu.settings.trusted_proxies > 0
            server = WebServer(kaihu.create_web(), listening, keep_proxy_headers=proxies)
            click.echo(f"Kaihu: http://{host}:{port}")
            with told_to_stop(server.stop):
                supervisor.ready()
                server.run(lambda: supervisor.beat(alive=kaihu.executor.alive))
            supervisor.stopping()
    finally:
        kaihu.executor.stop()
        kaihu.database.close()


def _public_url(host: str, port: int) -> dict[str, str]:
    """Where the links in letters lead when no setting says so: to these pages, as far as a browser here finds them."""
    if os.environ.get("KAIHU_PUBLIC_URL") or host not in _LOOPBACK:
        return {}
    return {"public_url": f"http://{host}:{port}"}
