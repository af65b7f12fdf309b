"""The blueprint of the customer's pages, and what they share."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, current_app

PROCESS = "account_opening"
"""The process a customer starts."""

KEPT = dt.timedelta(days=30)
"""How long a customer's message waits for its case: longer than any pause a running case can make."""

blueprint = Blueprint("public", __name__)


def sign_in_limit() -> str:
    """Attempts per address at numbers, codes and links."""
    return str(current_app.config["SIGN_IN_LIMIT"])


def application_limit() -> str:
    """Applications per address."""
    return str(current_app.config["APPLICATION_LIMIT"])
