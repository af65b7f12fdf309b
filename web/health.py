"""For load balancers and supervisors: is the process alive, can it serve?"""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from persistence.database import DatabaseUnavailable
from web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, str], int]:
    """The database answers too; 503 when it does not."""
    try:
        with services().database.reading() as connection:
            connection.execute(text("SELECT 1"))
    except DatabaseUnavailable as error:
        return {"status": "unavailable", "reason": error.code}, 503
    return {"status": "ok"}, 200
