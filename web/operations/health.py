"""For load balancers and supervisors: is the process alive, can it serve? No sign-in, no cookie, no personal data."""

from __future__ import annotations

from flask import Blueprint

from web.services import services

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> dict[str, object]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/ready")
def ready() -> tuple[dict[str, object], int]:
    """It can serve, too; 503 when a check failed, with the names of all checks."""
    verdict = services().readiness.verdict()
    return verdict.as_json(), 200 if verdict.ready else 503
