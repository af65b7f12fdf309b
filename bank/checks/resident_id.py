"""Resident identity numbers (GB 11643) and the residence permits and cards built like them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bank.checks.findings import Finding, error, warning

_SHAPE = re.compile(r"[0-9]{17}[0-9X]\Z")
_CHECK_CHARACTERS = "10X98765432"

# First two digits: GB/T 2260 provinces; 81-83 are residence permits of Hong Kong, Macao and Taiwan residents;
# 9x are foreign permanent residence cards of the 2023 edition. Counties change by the year; only these are looked at.
_REGIONS = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
_OLDEST_BIRTH = dt.date(1880, 1, 1)


@dataclass(frozen=True)
class ResidentId:
    """What a well-formed number says about its holder."""

    region: str
    """First six digits."""
    date_of_birth: dt.date
    sex: str
    """"male" or "female"."""


def compact(number: str) -> str:
    """The number without blanks, in capitals, as it is stored and compared."""
    return re.sub(r"\s", "", number).upper()


def check_character(first_seventeen: str) -> str:
    """ISO 7064 MOD 11-2 over the first seventeen digits (GB 11643, 6.1.4)."""
    total = sum(int(digit) * (2 ** (17 - position) % 11) for position, digit in enumerate(first_seventeen))
    return _CHECK_CHARACTERS[total % 11]


def read_resident_id(number: str) -> ResidentId | None:
    """The facts in a number whose length, date and check character are right, else None."""
    number = compact(number)
    if not _SHAPE.match(number) or number[17] != check_character(number[:17]):
        return None
    born = _birth(number)
    if born is None:
        return None
    return ResidentId(number[:6], born, "male" if int(number[16]) % 2 else "female")


def _birth(number: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007  a date has no zone
    except ValueError:
        return None


def check_resident_id(field: str, number: str, today: dt.date) -> list[Finding]:
    """Length, date and check character of a resident identity number; the region is only a warning (R088).

    python-stdnum's `cn.ric` is not used: it refuses valid numbers whose region code is younger than the holder.
    """
    number = compact(number)
    if not _SHAPE.match(number):
        return [
            error(
                field,
                "id_shape",
                "An identity number has 17 digits and a check character.",
                "公民身份号码应为17位数字加1位校验码。",
            )
        ]
    findings = []
    born = _birth(number)
    if born is None or not _OLDEST_BIRTH <= born <= today:
        findings.append(
            error(
                field,
                "id_date",
                "The birth date inside the identity number is impossible.",
                "证件号码中的出生日期无效。",
            )
        )
    if number[17] != check_character(number[:17]):
        findings.append(
            error(field, "id_checksum", "The identity number's check character is wrong.", "证件号码校验码不正确。")
        )
    if number[:2] not in _REGIONS:
        findings.append(
            warning(
                field,
                "id_region",
                "The region of the identity number is not known; please compare it with the document.",
                "证件号码的地区码未收录，请核对证件原件。",
            )
        )
    return findings
