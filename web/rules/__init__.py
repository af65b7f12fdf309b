"""The rules the bank works by, for all staff."""

from web.rules.views import blueprint

__all__ = ["blueprint"]
