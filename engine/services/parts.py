"""What every service needs, wired once in `engine.process_engine`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.model.ports import NO_ATTACHMENTS, NO_CASE_RECORDS, Attachments, Authority, Calendars, CaseRecords, Clock
from engine.queue.bell import Bell
from engine.queue.work import NothingCarried, WorkQueue
from engine.services.programs import Programs
from engine.worker_api import Handler
from persistence.database import Database
from persistence.keys import Keys

ENGINE_VERSION = "1"
"""Written in every journal entry; raised when the same command on the same case may give another outcome."""


@dataclass(frozen=True, kw_only=True)
class EngineParts:
    """`resources` is handed to every handler; `zone` is the bank's, for FEEL's now() and today()."""

    database: Database
    keys: Keys
    clock: Clock
    authority: Authority
    calendar: Calendars
    handlers: Mapping[str, Handler[Any]]
    resources: object
    zone: dt.tzinfo
    attachments: Attachments = NO_ATTACHMENTS
    records: CaseRecords = NO_CASE_RECORDS
    programs: Programs = field(default_factory=Programs)
    bell: Bell = field(default_factory=Bell)
    """Rings when a commit has left jobs or timers behind."""
    queue: WorkQueue = field(default_factory=NothingCarried)
    """Carries word of them to other machines, as a part of the transaction."""
