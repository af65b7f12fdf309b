"""Phone numbers, mail addresses and country codes."""

from __future__ import annotations

import re

import phonenumbers
import pycountry

from bank.checks.findings import Finding, error

_HOME_REGION = "CN"
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")


def check_phone(field: str, number: str) -> list[Finding]:
    """Whether a number can exist; without a country prefix it is read as Chinese."""
    try:
        parsed = phonenumbers.parse(number, _HOME_REGION)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return [error(field, "phone", "This phone number cannot exist.", "电话号码无效。")]
    return []


def check_mail_address(field: str, address: str) -> list[Finding]:
    """The shape of a mail address; whether it exists only a message can show."""
    if _MAIL.match(address):
        return []
    return [error(field, "email", "This is not a mail address.", "电子邮箱格式不正确。")]


def check_country(field: str, code: str) -> list[Finding]:
    """Whether a code is an ISO 3166-1 alpha-2 country."""
    if is_country(code):
        return []
    return [error(field, "country", "This is not an ISO country code.", "国家（地区）代码无效。")]


def is_country(code: str) -> bool:
    """True for an ISO 3166-1 alpha-2 code in capitals."""
    return code.isupper() and pycountry.countries.get(alpha_2=code) is not None


def alpha_2(alpha_3: str) -> str:
    """The two-letter code for the three letters of a machine-readable zone, or empty."""
    country = pycountry.countries.get(alpha_3=alpha_3)
    return str(country.alpha_2) if country else ""
