"""The terms of one case, as its preparation form wrote them."""

from __future__ import annotations

from collections.abc import Mapping

from bank.agreements.canonical import digest_of

TERMS = ("version", "language", "scope", "opening_fee_fen", "annual_fee_fen", "fee_note", "risk_terms")
"""What the customer is shown besides the standard text. Signatures and notes of the bank are no terms."""


def terms_digest(agreement: Mapping[str, object]) -> str:
    """SHA-256, in hexadecimal, of the terms in the variable `agreement` (R023).

    An absent term and one that is null are the same; anything else of the variable does not count.
    """
    return digest_of({name: agreement.get(name) for name in TERMS})
