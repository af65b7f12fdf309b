"""What the bank knows of an agreement's text and of a consent to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause in both languages; the Chinese text prevails."""

    heading: str
    heading_en: str
    body: str
    body_en: str


@dataclass(frozen=True, kw_only=True)
class AgreementTemplate:
    """One published version of the bank's standard text; never changed once published."""

    version: str
    """Unique among all templates, such as `enterprise-2026.1`."""
    effective_from: dt.date
    """First day in force, in the bank's zone; in force until a later version of the same kind begins."""
    kinds: tuple[str, ...]
    """Kinds of application it is for: `enterprise`, `individual`."""
    title: str
    title_en: str
    clauses: tuple[Clause, ...]
    notice: tuple[Clause, ...]
    """Risks and fees, shown before the agreement can be signed (R024)."""
    digest: str
    """SHA-256, in hexadecimal, of the canonical JSON of the whole template."""


@dataclass(frozen=True, kw_only=True)
class SignedConsent:
    """What a customer signed."""

    version: str
    digest: str
    """Digest of the template that was shown."""
    terms_digest: str
    """Digest of the terms of the case that were shown."""
    signed_by: str
    read_seconds: int
    """How long the text was open before it was signed."""
    consented_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Consent(SignedConsent):
    """A consent in the bank's records, kept as given."""

    key: int
    business_key: str
    recorded_at: dt.datetime
