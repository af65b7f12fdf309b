"""The start page: what a person may begin."""

from web.start.views import blueprint

__all__ = ["blueprint"]
