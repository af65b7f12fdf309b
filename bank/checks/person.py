"""One person's identity document: number, zone, dates, and whether they agree with what was entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bank.checks.contact import alpha_2, check_country
from bank.checks.fields import age, day, part, text
from bank.checks.findings import Finding, error, warning
from bank.checks.mrz import MachineReadableZone, check_mrz, read_mrz
from bank.checks.name_check import check_name
from bank.checks.residence_card import birth_of_old_card, check_residence_card
from bank.checks.resident_id import check_resident_id, compact, read_resident_id
from bank.checks.validity import check_expiry, check_past

ADULT_AGE = 18  # Civil Code, article 17

Person = Mapping[str, object]


def check_person(field: str, person: Person, today: dt.date) -> list[Finding]:
    """Findings on a person with name, id_type, id_number and their dates; `field` is the path of the person."""
    findings = check_name(f"{field}.name", text(person, "name"))
    findings += check_name(f"{field}.name_pinyin", text(person, "name_pinyin"))
    if not text(person, "name"):
        findings.append(error(f"{field}.name", "missing", "The name is missing.", "缺少姓名。"))
    if text(person, "nationality"):
        findings += check_country(f"{field}.nationality", text(person, "nationality"))
    findings += _number(field, person, today)
    findings += check_past(f"{field}.id_issued_on", person, "id_issued_on", today)
    findings += check_expiry(f"{field}.id_expires_on", person, "id_expires_on", today)
    findings += check_past(f"{field}.date_of_birth", person, "date_of_birth", today)
    findings += _agrees_with_number(field, person)
    return findings + _zone(field, person, today)


def _number(field: str, person: Person, today: dt.date) -> list[Finding]:
    path, number = f"{field}.id_number", text(person, "id_number")
    if not number:
        return [error(path, "missing", "The identity number is missing.", "缺少证件号码。")]
    match text(person, "id_type"):
        case "passport":
            return _passport_number(path, number)
        case "residence_permit":
            return check_residence_card(path, number, today)
        case _:
            return check_resident_id(path, number, today)


def _passport_number(path: str, number: str) -> list[Finding]:
    plain = compact(number)
    if plain.isascii() and plain.isalnum() and 5 <= len(plain) <= 20:  # ICAO: 9 in the zone, longer ones exist
        return []
    return [
        error(
            path,
            "passport_shape",
            "A passport number has 5 to 20 letters and digits.",
            "护照号码应为5至20位字母或数字。",
        )
    ]


def _agrees_with_number(field: str, person: Person) -> list[Finding]:
    holder = read_resident_id(text(person, "id_number"))
    if holder is None or text(person, "id_type") == "passport":
        return []
    findings = []
    born = day(person, "date_of_birth")
    if born is not None and born != holder.date_of_birth:
        findings.append(
            error(
                f"{field}.date_of_birth",
                "birth_differs",
                "The date of birth differs from the one in the identity number.",
                "出生日期与证件号码不一致。",
            )
        )
    if text(person, "sex") and text(person, "sex") != holder.sex:
        findings.append(
            error(
                f"{field}.sex",
                "sex_differs",
                "The sex differs from the one in the identity number.",
                "性别与证件号码不一致。",
            )
        )
    return findings


def _zone(field: str, person: Person, today: dt.date) -> list[Finding]:
    written = text(person, "mrz")
    if not written:
        return []
    findings = check_mrz(f"{field}.mrz", written, today)
    zone = read_mrz(written, today)
    return findings if zone is None or findings else _agrees_with_zone(field, person, zone)


def _agrees_with_zone(field: str, person: Person, zone: MachineReadableZone) -> list[Finding]:
    born, expires_on = day(person, "date_of_birth"), day(person, "id_expires_on")
    differing = {
        "id_number": ("number", "证件号码", compact(text(person, "id_number")) != zone.document_number),
        "date_of_birth": ("date of birth", "出生日期", born is not None and born != zone.date_of_birth),
        "id_expires_on": ("date of expiry", "有效期", expires_on is not None and expires_on != zone.expires_on),
        "sex": ("sex", "性别", _differ(text(person, "sex"), zone.sex)),
    }
    findings = [
        error(
            f"{field}.{name}",
            "mrz_differs",
            f"The {en} differs from the machine-readable zone.",
            f"{zh}与机读区不一致。",
        )
        for name, (en, zh, differs) in differing.items()
        if differs
    ]
    if _differ(text(person, "nationality"), alpha_2(zone.nationality)):
        findings.append(
            warning(
                f"{field}.nationality",
                "mrz_differs",
                "The nationality differs from the machine-readable zone.",
                "国籍与机读区不一致。",
            )
        )
    return findings


def _differ(entered: str, read: str) -> bool:
    return bool(entered and read and entered != read)


def birth_of(person: Person, today: dt.date) -> dt.date | None:
    """The date of birth from the identity number when it holds one, else as entered."""
    number = text(person, "id_number")
    if text(person, "id_type") != "passport":
        holder = read_resident_id(number)
        if holder is not None:
            return holder.date_of_birth
        if text(person, "id_type") == "residence_permit" and len(compact(number)) == 15:
            return birth_of_old_card(number, today) or day(person, "date_of_birth")
    return day(person, "date_of_birth")


def is_adult(born: dt.date, today: dt.date) -> bool:
    """True from the eighteenth birthday on."""
    return age(born, today) >= ADULT_AGE


def check_guardian(field: str, person: Person, today: dt.date) -> list[Finding]:
    """A minor is represented by a guardian who is of age and has an identity of their own."""
    born = birth_of(person, today)
    if born is None or is_adult(born, today):
        return []
    guardian, path = part(person, "guardian"), f"{field}.guardian"
    if not text(guardian, "name"):
        return [error(path, "guardian_missing", "A minor needs a guardian.", "未成年人开户须由监护人代理。")]
    findings = check_name(f"{path}.name", text(guardian, "name"))
    findings += check_resident_id(f"{path}.id_number", text(guardian, "id_number"), today)
    holder = read_resident_id(text(guardian, "id_number"))
    if holder is not None and not is_adult(holder.date_of_birth, today):
        findings.append(
            error(f"{path}.id_number", "guardian_minor", "The guardian must be of age.", "监护人须为成年人。")
        )
    if holder is not None and compact(text(guardian, "id_number")) == compact(text(person, "id_number")):
        findings.append(
            error(f"{path}.id_number", "guardian_self", "Nobody is their own guardian.", "监护人不能为本人。")
        )
    if not text(guardian, "relation"):
        findings.append(
            error(f"{path}.relation", "missing", "The relation to the minor is missing.", "缺少与未成年人的关系。")
        )
    return findings
