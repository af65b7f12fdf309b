"""Workers at work: a home folder, its simulated systems, and jobs as the engine hands them out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from bank.bank import build
from bank.notifications import Outbox
from bank.simulators import build_systems
from bank.simulators.control import SimulatorControl
from engine.worker_api import Job, Result
from persistence.database import Database
from persistence.settings import Settings
from tests.conftest import NOON, TestClock
from workers import HANDLERS
from workers.context import WorkerContext

CASE = "AO-20260302-0001"
Perform = Callable[..., Result]


@pytest.fixture
def control(tmp_path: Path) -> SimulatorControl:
    return SimulatorControl(tmp_path)


@pytest.fixture
def context(tmp_path: Path) -> WorkerContext:
    """A context for handlers that touch no records of the bank."""
    settings = Settings.from_environment({"KAIHU_HOME": str(tmp_path), "KAIHU_PUBLIC_URL": "https://bank.example"})
    nothing = cast(Any, None)
    return WorkerContext(
        bank=nothing, systems=build_systems(tmp_path), outbox=nothing, settings=settings, cases=nothing
    )


@pytest.fixture
def at_bank(context: WorkerContext, database: Database, clock: TestClock, tmp_path: Path) -> WorkerContext:
    """A context for handlers that write the bank's records, on both databases."""
    outbox = Outbox(database, clock, context.systems.mail)
    return dataclasses.replace(context, bank=build(clock, tmp_path), outbox=outbox)


def job_of(
    job_type: str,
    variables: Mapping[str, Any],
    *,
    key: int = 7,
    attempt: int = 1,
    last: bool = False,
    headers: Mapping[str, str] | None = None,
    connection: Connection | None = None,
) -> Job:
    """A job of the case at noon."""
    return Job(
        key=key,
        type=job_type,
        instance_key=1,
        business_key=CASE,
        process_id="account_opening",
        element_id=job_type.replace("-", "_"),
        variables={"business_key": CASE, **variables},
        headers=headers or {},
        now=NOON,
        attempt=attempt,
        last_attempt=last,
        open_transaction=(lambda: connection) if connection is not None else None,
    )


@pytest.fixture
def perform(context: WorkerContext) -> Perform:
    """Run the handler of a job type on variables."""

    def run(job_type: str, variables: Mapping[str, Any], **job: Any) -> Result:
        return HANDLERS[job_type].run(job_of(job_type, variables, **job), context)

    return run
