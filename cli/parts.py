"""What the commands work with; `app.py` puts it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bank.bank import Bank
from bank.notifications import Outbox
from engine.job_executor import JobExecutor
from engine.process_engine import ProcessEngine
from persistence.database import Database
from persistence.settings import Settings
from persistence.telemetry.readiness import Readiness


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One composed Kaihu."""

    settings: Settings
    database: Database
    bank: Bank
    outbox: Outbox
    engine: ProcessEngine
    executor: JobExecutor
    readiness: Readiness
    """Whether this process can serve."""
    create_web: Callable[..., Flask]
    """The pages; keywords change single `WebSettings`, such as a limit."""
    processes: Path
    """The folder of shipped processes."""
    forms: Path
    """The folder of shipped forms."""


Compose = Callable[[Settings], Parts]
