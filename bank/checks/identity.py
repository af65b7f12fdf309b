"""Control point 1, identification: everything a form and a calendar can say about an application (R020, R088)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bank.account_types import ACCOUNT_TYPES
from bank.checks.contact import check_country, check_mail_address, check_phone
from bank.checks.fields import part, rows, text
from bank.checks.findings import Finding, error
from bank.checks.name_check import check_name
from bank.checks.organisations import check_lei, check_uscc
from bank.checks.person import birth_of, check_guardian, check_person, is_adult
from bank.checks.resident_id import check_resident_id, compact
from bank.checks.validity import check_expiry, check_past

Application = Mapping[str, object]


def check_application(application: Application, today: dt.date) -> list[Finding]:
    """All findings on an application, in the order of its fields. `today` is the day in Shanghai."""
    findings = _contact(application)
    if text(application, "kind") == "individual":
        return findings + _individual(part(application, "individual"), today)
    return findings + _enterprise(application, today)


def _contact(application: Application) -> list[Finding]:
    contact = part(application, "contact")
    findings = []
    if text(contact, "phone"):
        findings += check_phone("contact.phone", text(contact, "phone"))
    if text(contact, "email"):
        findings += check_mail_address("contact.email", text(contact, "email"))
    return findings


def _individual(person: Mapping[str, object], today: dt.date) -> list[Finding]:
    findings = check_person("individual", person, today)
    if text(person, "phone"):
        findings += check_phone("individual.phone", text(person, "phone"))
    if text(person, "tax_residency"):
        findings += check_country("individual.tax_residency", text(person, "tax_residency"))
    return findings + check_guardian("individual", person, today)


def _enterprise(application: Application, today: dt.date) -> list[Finding]:
    enterprise = part(application, "enterprise")
    findings = _registration(enterprise, today)
    findings += check_person("legal_representative", part(application, "legal_representative"), today)
    findings += _operator(part(application, "operator"), today)
    findings += _finance_contact(part(application, "finance_contact"), today)
    findings += _owners(application, today)
    return findings + _basic_account(application)


def _registration(enterprise: Mapping[str, object], today: dt.date) -> list[Finding]:
    findings = check_name("enterprise.name", text(enterprise, "name"))
    if not text(enterprise, "name"):
        findings.append(error("enterprise.name", "missing", "The name is missing.", "缺少单位名称。"))
    if text(enterprise, "uscc"):
        findings += check_uscc("enterprise.uscc", text(enterprise, "uscc"))
    elif text(enterprise, "entity_type") != "foreign":  # an organisation registered abroad has no code here
        findings.append(
            error("enterprise.uscc", "missing", "The unified social credit code is missing.", "缺少统一社会信用代码。")
        )
    if text(enterprise, "lei"):
        findings += check_lei("enterprise.lei", text(enterprise, "lei"))
    if text(enterprise, "tax_residency"):
        findings += check_country("enterprise.tax_residency", text(enterprise, "tax_residency"))
    findings += check_past("enterprise.established_on", enterprise, "established_on", today)
    return findings + check_expiry(
        "enterprise.licence_expires_on", enterprise, "licence_expires_on", today, required=False
    )


def _operator(operator: Mapping[str, object], today: dt.date) -> list[Finding]:
    """An operator who is not the legal representative needs an identity and a letter of authority in force."""
    if not text(operator, "name"):
        return []
    findings = check_name("operator.name", text(operator, "name"))
    findings += check_resident_id("operator.id_number", text(operator, "id_number"), today)
    return findings + check_expiry("operator.letter_expires_on", operator, "letter_expires_on", today)


def _finance_contact(contact: Mapping[str, object], today: dt.date) -> list[Finding]:
    if not text(contact, "name"):
        return []
    findings = check_name("finance_contact.name", text(contact, "name"))
    findings += check_phone("finance_contact.phone", text(contact, "phone"))
    return findings + check_expiry(
        "finance_contact.letter_expires_on", contact, "letter_expires_on", today, required=False
    )


def _owners(application: Application, today: dt.date) -> list[Finding]:
    findings = []
    for position, owner in enumerate(rows(application, "owners"), start=1):
        field = f"owners[{position}]"
        entity = text(owner, "kind") == "entity"
        foreign = text(owner, "nationality") not in {"", "CN"}
        findings += check_name(f"{field}.name", text(owner, "name"))
        if text(owner, "nationality"):
            findings += check_country(f"{field}.nationality", text(owner, "nationality"))
        if foreign or not text(owner, "id_number"):
            continue  # numbers of other countries have no common rule
        if entity:
            findings += check_uscc(f"{field}.id_number", text(owner, "id_number"))
        else:
            findings += check_resident_id(f"{field}.id_number", text(owner, "id_number"), today)
    return findings


def _basic_account(application: Application) -> list[Finding]:
    """银发〔2019〕41号: an account that is not the basic one is opened on the basic account's number."""
    account_type = ACCOUNT_TYPES.get(text(application, "account_type"))
    if account_type is None or not account_type.needs_basic_account:
        return []
    if text(part(application, "enterprise"), "basic_account_number"):
        return []
    return [
        error(
            "enterprise.basic_account_number",
            "missing",
            "Accounts other than the basic account need the basic account's number.",
            "开立非基本存款账户须提供基本存款账户编号。",
        )
    ]


def subject_key(application: Application) -> str:
    """What makes two applications concern the same subject: the code or identity number, or empty."""
    if text(application, "kind") == "individual":
        return compact(text(part(application, "individual"), "id_number"))
    enterprise = part(application, "enterprise")
    return compact(text(enterprise, "uscc")) or compact(text(enterprise, "tax_number"))


def expired_documents(application: Application, today: dt.date) -> list[Finding]:
    """Only what has expired on `today`: asked again right before an account becomes usable (R026)."""
    return [finding for finding in check_application(application, today) if finding.code == "expired"]


def is_minor(application: Application, today: dt.date) -> bool:
    """True when the individual applying is younger than eighteen on `today`."""
    born = birth_of(part(application, "individual"), today)
    return text(application, "kind") == "individual" and born is not None and not is_adult(born, today)
