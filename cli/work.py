"""`kaihu work`: run jobs and timers without pages."""

from __future__ import annotations

import signal
import threading

import click

from cli.composition import parts


@click.command()
def work() -> None:
    """Run jobs and timers until told to stop (Ctrl-C or SIGTERM); a job under way is finished first."""
    kaihu = parts()
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    kaihu.executor.start()
    click.echo("kaihu work: running jobs and timers; Ctrl-C stops")
    stopped.wait()
    kaihu.executor.stop()
    kaihu.database.close()
