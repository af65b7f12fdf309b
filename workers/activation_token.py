"""The secret in an activation link: derived, so that it is kept nowhere staff can read (R026)."""

from __future__ import annotations

import base64
import hashlib
import hmac

_PURPOSE = "kaihu activation"  # the same secret signs other things; a token of one purpose must not serve another


def activation_token(secret: bytes, account_key: int, reference: str) -> str:
    """The token of one issue of one account's activation: HMAC-SHA256, URL-safe, 43 characters.

    The bank keeps only a hash of it, the case only the `reference` of the issue.
    """
    message = f"{_PURPOSE}\n{account_key}\n{reference}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, message, hashlib.sha256)).rstrip(b"=").decode()
