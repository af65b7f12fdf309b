"""Deputies and absences: a page for one's own, and for team leads for everybody's."""

from web.delegation.views import blueprint

__all__ = ["blueprint"]
