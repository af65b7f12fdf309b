"""For those who run the pages: health, readiness, and the measuring of requests."""

from web.operations.health import blueprint
from web.operations.requests import measure

__all__ = ["blueprint", "measure"]
