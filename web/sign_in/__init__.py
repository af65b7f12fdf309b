"""Signing in and out (R082)."""

from web.sign_in.views import blueprint

__all__ = ["blueprint"]
