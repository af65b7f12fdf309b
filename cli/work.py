"""`kaihu work`: run jobs and timers without pages."""

from __future__ import annotations

import threading

import click

from cli.composition import parts
from cli.parts import Parts
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
        _say_started(kaihu)
        while not stopped.wait(_ROUND):
            supervisor.beat(alive=kaihu.executor.alive)
        supervisor.stopping()
        _say(kaihu, zh="不再接收新作业，正在等待执行中的作业完成", en="taking no more work; finishing what runs")
        kaihu.executor.stop()
    kaihu.database.close()
    _say(kaihu, zh="已停止", en="stopped")


def _say_started(kaihu: Parts) -> None:
    types, threads = len(kaihu.engine.parts.handlers), kaihu.settings.job_threads
    told_zh, told_en = "由 PostgreSQL 通知", "told by PostgreSQL"
    if kaihu.database.is_sqlite:
        told_zh, told_en = "自行查询本机数据库", "found in the database"
    _say(
        kaihu,
        zh=f"正在执行 {types} 类作业与定时器（同时最多 {threads} 项，{told_zh}），按 Ctrl-C 停止",
        en=f"running {types} types of jobs, {threads} at a time, and timers, {told_en}; Ctrl-C stops",
    )


def _say(kaihu: Parts, *, zh: str, en: str) -> None:
    click.echo(f"kaihu work: {in_language(kaihu.settings, zh=zh, en=en)}")
