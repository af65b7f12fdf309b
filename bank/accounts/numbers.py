"""Account numbers: prefix, serial number, check digit."""

from __future__ import annotations

_SERIAL_DIGITS = 9


def account_number(prefix: str, serial: int) -> str:
    """The number of the `serial`-th account, ending in the Luhn check digit of ISO/IEC 7812-1."""
    body = f"{prefix}{serial:0{_SERIAL_DIGITS}d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The Luhn digit for the digits of `body` (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(body)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
