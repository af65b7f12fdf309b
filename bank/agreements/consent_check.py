"""Whether what the customer signed is what the bank prepared, read in earnest and in force (R023, R024, R032)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum

from bank.agreements.agreements import Agreements
from bank.agreements.records import SignedConsent
from bank.agreements.terms import terms_digest
from bank.checks.fields import text, whole
from bank.checks.signers import may_sign
from bank.clock import local_date
from bank.errors import RecordNotFound


class Objection(Enum):
    """Why a consent does not count: code, Chinese and English sentence."""

    CONSENT_MISSING = ("consent_missing", "未收到客户的同意记录。", "The customer's consent is missing.")
    NOT_SIGNED = ("not_signed", "未填写签署人。", "Nobody signed the consent.")
    SIGNER_UNKNOWN = (
        "signer_unknown",
        "签署人不是申请人本人、监护人、法定代表人或在授权期内的经办人。",
        "The signer is neither the applicant, nor the guardian, legal representative or authorised operator.",
    )
    TIME_UNREADABLE = (
        "time_unreadable",
        "同意时间缺失，或未注明时区。",
        "The time of consent is missing or has no time zone.",
    )
    TIME_IN_FUTURE = ("time_in_future", "同意时间晚于当前时间。", "The time of consent lies in the future.")
    VERSION_UNKNOWN = (
        "version_unknown",
        "所准备的协议版本不存在，请重新选择版本。",
        "The agreement was prepared in a version the bank never published.",
    )
    VERSION_NOT_IN_FORCE = (
        "version_not_in_force",
        "该协议版本在同意当日对此类客户不适用或已停用，请按现行版本重新准备。",
        "On the day of consent this version was not the one in force for this kind of customer.",
    )
    VERSION_DIFFERS = (
        "version_differs",
        "客户同意的协议版本与所准备的版本不一致。",
        "The customer consented to another version than the one prepared.",
    )
    TEXT_DIFFERS = (
        "text_differs",
        "客户所阅协议文本与该版本公布的文本不一致。",
        "The text the customer read is not the published text of this version.",
    )
    TERMS_DIFFER = (
        "terms_differ",
        "客户同意后，服务范围、收费或风险控制条款已有变动，须重新征得同意。",
        "Scope, fees or risk terms are no longer those the customer consented to.",
    )
    READ_TOO_SHORT = (
        "read_too_short",
        "客户阅读协议的时间不足，无法认定其已充分了解。",
        "The agreement was open too short a time to have been read.",
    )

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code = code
        self.zh = zh
        self.en = en


def check_consent(
    agreements: Agreements,
    consent: Mapping[str, object],
    agreement: Mapping[str, object],
    application: Mapping[str, object],
    *,
    now: dt.datetime,
    minimum_seconds: int,
) -> SignedConsent | Objection:
    """The consent when it counts, else the first objection to it.

    `consent` is what the message brought: version, digest, terms_digest, signed_by, read_seconds,
    consented_at (ISO text with zone). `agreement` is what the bank prepared.
    """
    if not consent:
        return Objection.CONSENT_MISSING
    signed = _signed(consent)
    if isinstance(signed, Objection):
        return signed
    if signed.consented_at > now:
        return Objection.TIME_IN_FUTURE
    day = local_date(signed.consented_at)
    if not may_sign(application, signed.signed_by, day):
        return Objection.SIGNER_UNKNOWN
    return (
        _objection_to_version(agreements, text(agreement, "version"), text(application, "kind"), day)
        or _objection_to_content(agreements, signed, agreement)
        or (Objection.READ_TOO_SHORT if signed.read_seconds < minimum_seconds else signed)
    )


def _signed(consent: Mapping[str, object]) -> SignedConsent | Objection:
    signed_by, consented_at = text(consent, "signed_by"), _moment(consent.get("consented_at"))
    if not signed_by:
        return Objection.NOT_SIGNED
    if consented_at is None:
        return Objection.TIME_UNREADABLE
    return SignedConsent(
        version=text(consent, "version"),
        digest=text(consent, "digest"),
        terms_digest=text(consent, "terms_digest"),
        signed_by=signed_by,
        read_seconds=whole(consent, "read_seconds") or 0,
        consented_at=consented_at,
    )


def _moment(value: object) -> dt.datetime | None:
    """The instant in UTC, or None when it is malformed or has no zone."""
    try:
        instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(instant, dt.datetime) or instant.tzinfo is None:
            return None
        return instant.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _objection_to_version(agreements: Agreements, version: str, kind: str, day: dt.date) -> Objection | None:
    if all(template.version != version for template in agreements):
        return Objection.VERSION_UNKNOWN
    try:
        in_force = agreements.in_force(kind, day)
    except RecordNotFound:
        return Objection.VERSION_NOT_IN_FORCE
    return None if in_force.version == version else Objection.VERSION_NOT_IN_FORCE


def _objection_to_content(
    agreements: Agreements, signed: SignedConsent, agreement: Mapping[str, object]
) -> Objection | None:
    version = text(agreement, "version")
    if signed.version != version:
        return Objection.VERSION_DIFFERS
    if signed.digest != agreements.version(version).digest:
        return Objection.TEXT_DIFFERS
    return None if signed.terms_digest == terms_digest(agreement) else Objection.TERMS_DIFFER
