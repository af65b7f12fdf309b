"""Cases: where each stands, what happened, its data."""

from web.cases.views import blueprint

__all__ = ["blueprint"]
