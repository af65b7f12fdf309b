"""How the pages are served; filled from the environment in `app.py`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """Settings of the web door."""

    secret_key: str
    """Signs sessions and form tokens; the same on every machine of one installation."""
    secure_cookies: bool = False
    """Send cookies over TLS only; on behind TLS, off for http://127.0.0.1."""
    trusted_proxies: int = 0
    """How many proxies of the bank stand before the pages and tell who asks; 0 believes nobody."""
    session_lifetime: dt.timedelta = dt.timedelta(hours=8)
    """A working day; then people sign in again."""
    upload_bytes: int = 64 * 1024 * 1024
    """Largest request body: half a dozen documents of 10 MB, and the form around them."""
    sign_in_limit: str = "10 per minute"
    """Attempts per address, in Flask-Limiter's notation."""
    application_limit: str = "20 per hour"
    """Applications customers may send per address; an office shares one."""
    public_url: str = "http://127.0.0.1:8000"
    """Where customers reach the pages, without a slash at the end."""
    timezone: str = "Asia/Shanghai"
    """Zone in which people read times; everything is stored in UTC."""
