"""Lines of the operations log for what changes nothing in a case: sign-ins, sign-outs, looks (M14, R082)."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.journal import Outcome
from engine.model.actor import Actor
from engine.services.authorisation import Subject
from persistence.errors import KaihuError
from web.services import services

log = structlog.get_logger()


def note(
    actor: Actor,
    action: str,
    *,
    refusal: KaihuError | None = None,
    subject: Subject | None = None,
    detail: str = "",
) -> None:
    """Add a line, in a transaction of its own; `refusal` is why it was not done. `detail` has no personal data.

    A line that cannot be written keeps nobody from their work: it is told to the log of the program instead.
    """
    outcome, code = (Outcome.DONE, "") if refusal is None else (Outcome.REFUSED, refusal.code)
    try:
        services().engine.history.record(actor, action, outcome=outcome, code=code, subject=subject, detail=detail)
    except (KaihuError, SQLAlchemyError) as error:
        log.error("web.not_recorded", action=action, outcome=outcome.value, error=type(error).__name__)
