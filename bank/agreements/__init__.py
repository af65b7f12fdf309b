"""The bank's agreements: versioned texts, and the customers' consents to them (R023, R024)."""

from bank.agreements.agreements import Agreements
from bank.agreements.consent_check import Objection, check_consent
from bank.agreements.records import AgreementTemplate, Clause, Consent, SignedConsent
from bank.agreements.terms import terms_digest

__all__ = [
    "AgreementTemplate",
    "Agreements",
    "Clause",
    "Consent",
    "Objection",
    "SignedConsent",
    "check_consent",
    "terms_digest",
]
