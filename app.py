"""Puts the parts together; no logic of its own."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from flask import Flask

from bank.applications import ApplicantDoor
from bank.bank import build as build_bank
from bank.cancellation import CancelledCases
from bank.norms import read_norms
from bank.notifications import Outbox
from bank.simulators import build_systems
from cli.main import command_line
from cli.parts import Parts
from cli.telemetry import measured, traced
from engine.job_executor import JobExecutor
from engine.model.ports import Clock, SystemClock
from engine.process_engine import ProcessEngine
from engine.queue.work import Pace
from persistence.database import Database
from persistence.keys import Keys
from persistence.logs import configure_logs
from persistence.migrations import upgrade
from persistence.settings import Settings
from persistence.telemetry.readiness import Readiness, database_answers, disk_takes, schema_fits
from web import create_web
from web.services import WebServices
from web.settings import WebSettings
from workers import HANDLERS
from workers.cases import SystemCases
from workers.context import WorkerContext

_HERE = Path(__file__).resolve().parent


def build(settings: Settings) -> Parts:
    """One Kaihu with these settings, on a database brought up to date."""
    configure_logs(settings.log_format)
    os.umask(0o077)  # database, letters with their links and documents are their owner's, whatever the home's mode
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    upgrade(database)
    return compose(settings, database, SystemClock())


def compose(settings: Settings, database: Database, clock: Clock) -> Parts:
    """The parts on a database that has every table, by a clock that tests may set."""
    bank = build_bank(clock, settings.home)
    systems = build_systems(settings.home, smtp_url=settings.smtp_url)
    outbox = Outbox(database, clock, systems.mail)
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=bank.authority,
        calendar=bank.calendar,
        handlers=HANDLERS,
        resources=WorkerContext(
            bank=bank, systems=systems, outbox=outbox, settings=settings, cases=SystemCases(lambda: engine)
        ),
        zone=settings.zone,
        attachments=bank.documents,
        records=CancelledCases(bank.applications, bank.accounts, bank.transfers),
    )

    executor = JobExecutor(engine, pace=Pace(threads=settings.job_threads, lease=settings.job_lease))
    readiness = Readiness(
        {
            "database": lambda: database_answers(database),
            "schema": lambda: schema_fits(database),
            "disk": lambda: disk_takes(settings.home),
            "executor": lambda: executor.alive,
        }
    )
    services = WebServices(
        engine=engine,
        bank=bank,
        outbox=outbox,
        database=database,
        clock=clock,
        number_for=ApplicantDoor(database, bank.applications).number_for,
        handlers=HANDLERS,
        norms=read_norms(_HERE / "processes" / "norms.json"),
        readiness=readiness,
    )
    web_settings = WebSettings(
        secret_key=settings.secret().decode(),
        secure_cookies=settings.secure_cookies,
        trusted_proxies=settings.trusted_proxies,
        public_url=settings.public_url,
    )
    return Parts(
        settings=settings,
        database=database,
        bank=bank,
        outbox=outbox,
        engine=engine,
        executor=executor,
        readiness=readiness,
        create_web=lambda **changed: create_web(services, replace(web_settings, **changed)),
        processes=_HERE / "processes",
        forms=_HERE / "forms",
    )


def create_app() -> Flask:
    """The pages for a WSGI server of your own, measured as under `kaihu serve`; jobs and timers run under `kaihu work`.

    Raises PortInUse when another process of this machine has the address for metrics.
    """
    settings = Settings.from_environment()
    with ExitStack() as until_exit:
        until_exit.enter_context(traced(settings))
        kaihu = build(settings)
        until_exit.callback(kaihu.database.close)
        until_exit.enter_context(measured(kaihu))
        atexit.register(until_exit.pop_all().close)
    return kaihu.create_web()


if __name__ == "__main__":
    command_line(build)()
