"""`kaihu work`: run jobs and timers without pages."""

from __future__ import annotations

import signal
import threading

import click

from cli.composition import parts
from cli.wording import in_language


@click.command()
def work() -> None:
    """Run jobs and timers until told to stop (Ctrl-C or SIGTERM); a job under way is finished first."""
    kaihu = parts()
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    kaihu.executor.start()
    running = in_language(
        kaihu.settings, zh="正在执行作业与定时器，按 Ctrl-C 停止", en="running jobs and timers; Ctrl-C stops"
    )
    click.echo(f"kaihu work: {running}")
    stopped.wait()
    kaihu.executor.stop()
    kaihu.database.close()
