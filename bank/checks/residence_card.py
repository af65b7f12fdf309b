"""Foreign permanent residence cards: the 15-character edition of 2004–2023 and the 18-digit one since 2023-12."""

from __future__ import annotations

import datetime as dt
import re

from bank.checks.findings import Finding, error, warning
from bank.checks.mrz import check_digit
from bank.checks.resident_id import check_resident_id, compact

_OLD_CARD = re.compile(r"[A-Z]{3}[0-9]{12}\Z")


def check_residence_card(field: str, number: str, today: dt.date) -> list[Finding]:
    """Findings on the number of a foreign permanent residence card (or a 81/82/83 residence permit).

    The old number is three letters of nationality, place (4), birth date YYMMDD (6), serial (1) and the
    7-3-1 check digit over the characters before it; the new one is built like a resident identity number.
    """
    number = compact(number)
    if not _OLD_CARD.match(number):
        return check_resident_id(field, number, today)
    findings = []
    if str(check_digit(number[:14])) != number[14]:
        findings.append(
            # only a warning: the check digit of the old edition is known from secondary sources alone
            warning(
                field,
                "card_checksum",
                "The card number's check digit does not fit; please compare it with the card.",
                "居留证号码校验码不符，请核对证件原件。",
            )
        )
    if birth_of_old_card(number, today) is None:
        findings.append(
            error(
                field, "id_date", "The birth date inside the card number is impossible.", "居留证号码中的出生日期无效。"
            )
        )
    return findings


def birth_of_old_card(number: str, today: dt.date) -> dt.date | None:
    """The birth date in a 15-character card number: the latest century that is not in the future."""
    digits = compact(number)[7:13]
    for century in (today.year // 100, today.year // 100 - 1):
        try:
            born = dt.date(century * 100 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
        except ValueError:
            return None
        if born <= today:
            return born
    return None
