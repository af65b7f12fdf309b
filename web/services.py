"""What the pages stand on; filled in `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from bank.bank import Bank
from bank.norms import Norm
from bank.notifications import Outbox
from bank.parameters import ParameterDoor
from engine.model.ports import Clock
from engine.process_engine import ProcessEngine
from engine.worker_api import Handler
from persistence.database import Database
from persistence.telemetry.readiness import Readiness

_EXTENSION = "kaihu"


@dataclass(frozen=True, kw_only=True)
class WebServices:
    """The engine, the bank and the ground they share."""

    engine: ProcessEngine
    bank: Bank
    outbox: Outbox
    """The letters customers were sent."""
    database: Database
    clock: Clock
    number_for: Callable[[str, str], str]
    """The number of a case by the secret of the request that makes it and a prefix, such as `AO-20261123-0001`:
    a new one at first, the same one when the request comes again."""
    handlers: Mapping[str, Handler[Any]]
    """The bank's workers by job type, for their names on pages."""
    norms: Sequence[Norm] = ()
    """The register of norms."""
    readiness: Readiness = field(default_factory=lambda: Readiness({}))
    """Whether this process can serve."""

    def attach(self, extensions: dict[str, object]) -> None:
        """Make the services known to the views of one application."""
        extensions[_EXTENSION] = self


def services() -> WebServices:
    """The services of the application that answers this request."""
    return cast(WebServices, current_app.extensions[_EXTENSION])


def parameter_door() -> ParameterDoor:
    """Where pages ask for parameters."""
    return ParameterDoor(services().database, services().bank.parameters)
