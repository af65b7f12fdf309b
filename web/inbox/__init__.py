"""The task list: what waits for me, and the page to do it on (R048, R049)."""

from web.inbox.views import blueprint

__all__ = ["blueprint"]
