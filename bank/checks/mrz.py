"""Machine-readable zones of travel documents (ICAO Doc 9303, parts 3, 4 and 5): TD3 passports and TD1 cards."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import cycle

from bank.checks.findings import Finding, error

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (7, 3, 1)
_LINE = re.compile(r"[A-Z0-9<]+\Z")
_TD3 = (44, 44)
_TD1 = (30, 30, 30)
_SEX = {"M": "male", "F": "female", "<": ""}


@dataclass(frozen=True)
class MachineReadableZone:
    """What the zone says; dates are None when they are impossible."""

    document_type: str
    issuer: str
    """ICAO three-letter code of the issuing state."""
    nationality: str
    surname: str
    given_names: str
    document_number: str
    date_of_birth: dt.date | None
    sex: str
    """"male", "female" or empty when unspecified."""
    expires_on: dt.date | None
    wrong_check_digits: tuple[str, ...]
    """Names of the fields whose check digit does not fit: number, birth, expiry, personal, composite."""


def check_digit(characters: str) -> int:
    """Modulus 10 with weights 7, 3, 1; the filler `<` counts 0, letters 10 to 35 (Doc 9303-3, 4.9)."""
    values = (0 if character == "<" else _ALPHABET.index(character) for character in characters)
    return sum(value * weight for value, weight in zip(values, cycle(_WEIGHTS), strict=False)) % 10


def read_mrz(zone: str, today: dt.date) -> MachineReadableZone | None:
    """The zone's fields, or None when it has neither the TD3 nor the TD1 shape. `today` settles the century."""
    lines = [line.replace(" ", "") for line in zone.strip().upper().splitlines() if line.strip()]
    if not all(_LINE.match(line) for line in lines):
        return None
    shape = tuple(len(line) for line in lines)
    if shape == (sum(_TD3),):  # scanners deliver the lines joined
        lines = [lines[0][:44], lines[0][44:]]
    elif shape == (sum(_TD1),):
        lines = [lines[0][:30], lines[0][30:60], lines[0][60:]]
    shape = tuple(len(line) for line in lines)
    if shape == _TD3:
        return _passport(lines[0], lines[1], today)
    return _card(lines[0], lines[1], lines[2], today) if shape == _TD1 else None


def _passport(upper: str, lower: str, today: dt.date) -> MachineReadableZone:
    checked = {
        "number": (lower[0:9], lower[9]),
        "birth": (lower[13:19], lower[19]),
        "expiry": (lower[21:27], lower[27]),
        "personal": (lower[28:42], lower[42]),
        "composite": (lower[0:10] + lower[13:20] + lower[21:43], lower[43]),
    }
    return _zone(
        document_type=upper[:2],
        issuer=upper[2:5],
        nationality=lower[10:13],
        names=upper[5:],
        number=lower[0:9],
        sex=lower[20],
        checked=checked,
        today=today,
    )


def _card(first: str, second: str, third: str, today: dt.date) -> MachineReadableZone:
    checked = {
        "number": (first[5:14], first[14]),
        "birth": (second[0:6], second[6]),
        "expiry": (second[8:14], second[14]),
        "composite": (first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
    }
    number = first[5:14]
    if first[14] == "<":  # a long number goes on in the optional data, its check digit last (Doc 9303-5, 4.2.2)
        rest = first[15:30].rstrip("<")
        number, digit = number + rest[:-1], rest[-1:]
        checked["number"] = (number, digit)
    return _zone(
        document_type=first[:2],
        issuer=first[2:5],
        nationality=second[15:18],
        names=third,
        number=number,
        sex=second[7],
        checked=checked,
        today=today,
    )


def _zone(
    *,
    document_type: str,
    issuer: str,
    nationality: str,
    names: str,
    number: str,
    sex: str,
    checked: dict[str, tuple[str, str]],
    today: dt.date,
) -> MachineReadableZone:
    surname, _, given = names.partition("<<")
    birth, expiry = checked["birth"][0], checked["expiry"][0]
    return MachineReadableZone(
        document_type=document_type.strip("<"),
        issuer=issuer.strip("<"),
        nationality=nationality.strip("<"),
        surname=surname.replace("<", " ").strip(),
        given_names=given.replace("<", " ").strip(),
        document_number=number.rstrip("<"),
        date_of_birth=_past(birth, today),
        sex=_SEX.get(sex, ""),
        expires_on=_date(2000, expiry),
        wrong_check_digits=tuple(name for name, pair in checked.items() if not _fits(name, *pair)),
    )


def _fits(name: str, characters: str, digit: str) -> bool:
    if name == "personal" and not characters.strip("<"):
        return digit in "0<"  # an unused personal number may leave its check digit empty (Doc 9303-4, 4.2.2.2)
    return digit == str(check_digit(characters))


def _past(digits: str, today: dt.date) -> dt.date | None:
    born = _date(today.year // 100 * 100, digits)
    return _date(today.year // 100 * 100 - 100, digits) if born and born > today else born


def _date(century: int, digits: str) -> dt.date | None:
    try:
        return dt.date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


_WRONG = {
    "number": ("document number", "证件号码"),
    "birth": ("date of birth", "出生日期"),
    "expiry": ("date of expiry", "有效期"),
    "personal": ("personal number", "个人号码"),
    "composite": ("whole zone", "整体"),
}


def check_mrz(field: str, zone: str, today: dt.date) -> list[Finding]:
    """Shape and check digits of a machine-readable zone."""
    read = read_mrz(zone, today)
    if read is None:
        return [
            error(
                field,
                "mrz_shape",
                "The machine-readable zone must have 2 lines of 44 or 3 lines of 30 characters.",
                "机读区应为2行44位或3行30位字符。",
            )
        ]
    return [
        error(
            field,
            f"mrz_{name}",
            f"The machine-readable zone's check digit of the {_WRONG[name][0]} is wrong.",
            f"机读区{_WRONG[name][1]}校验位不正确。",
        )
        for name in read.wrong_check_digits
    ]
