"""Passwords: hashed with Argon2id, generated from an alphabet that cannot be misread."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# OWASP's second recommended Argon2id setting: 19 MiB, two passes. The check runs while SQLite's only
# writer waits, so the costlier settings would slow everybody at sign-in.
_PASSES, _KIBIBYTES = 2, 19_456
_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_KIBIBYTES, parallelism=1)

_UNKNOWN = f"$argon2id$v=19$m={_KIBIBYTES},t={_PASSES},p=1${'A' * 22}${'A' * 43}"
"""Zeros for salt and hash, which no password has. Checked for logins that do not exist, so that the time taken does
not tell."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5  # 20 characters of 31: 99 bits


def generate() -> str:
    """A new random password such as `k3m9t-…`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


def hash_of(password: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one behind `stored`; as slow for None, and then False."""
    try:
        return _hasher.verify(stored or _UNKNOWN, password) and stored is not None
    except VerificationError:
        return False
