"""`kaihu work`: run jobs and timers without pages."""

from __future__ import annotations

import threading

import click

from cli.composition import parts
from cli.supervision import Supervisor, told_to_stop
from cli.telemetry import measured, traced
from cli.wording import in_language
from persistence.settings import Settings

_ROUND = 1.0  # seconds between two words to the supervisor that all is well


@click.command()
@click.pass_obj
def work(settings: Settings) -> None:
    """Run jobs and timers until told to stop (Ctrl-C or SIGTERM); a job under way is finished first."""
    with traced(settings):
        _work()


def _work() -> None:
    kaihu = parts()
    stopped, supervisor = threading.Event(), Supervisor()
    with measured(kaihu), told_to_stop(stopped.set):
        kaihu.executor.start()
        supervisor.ready()
        running = in_language(
            kaihu.settings, zh="正在执行作业与定时器，按 Ctrl-C 停止", en="running jobs and timers; Ctrl-C stops"
        )
        click.echo(f"kaihu work: {running}")
        while not stopped.wait(_ROUND):
            supervisor.beat(alive=kaihu.executor.alive)
        supervisor.stopping()
        kaihu.executor.stop()
    kaihu.database.close()
