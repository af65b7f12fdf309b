"""Invented people and firms with right check characters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bank.checks.resident_id import check_character

TODAY = dt.date(2026, 3, 2)
USCC = "91110000600037341L"
LEI = "INR2EJN1ERAN0W5ZP974"


def resident_number(born: str = "19900101", serial: str = "001", region: str = "110101") -> str:
    """A resident identity number of someone born on `born` (YYYYMMDD); an odd serial is male."""
    body = region + born + serial
    return body + check_character(body)


def individual(**changes: Any) -> dict[str, Any]:
    """The application of a grown man with everything in order."""
    person = {
        "name": "王小明",
        "sex": "male",
        "date_of_birth": "1990-01-01",
        "nationality": "CN",
        "id_type": "resident_id",
        "id_number": resident_number(),
        "id_issued_on": "2020-01-01",
        "id_expires_on": "2040-01-01",
        "phone": "13800138000",
        "tax_residency": "CN",
        "pep": "none",
        "expected_monthly_turnover_fen": 1_000_000,
    }
    return {"kind": "individual", "channel": "counter", "account_type": "class_1", "individual": person | changes}


def enterprise(**changes: Any) -> dict[str, Any]:
    """The application of a company with everything in order; `changes` replace whole parts."""
    return {
        "kind": "enterprise",
        "channel": "counter",
        "account_type": "basic",
        "applicant_name": "远山贸易有限公司",
        "contact": {"name": "李四", "phone": "010-62770334", "email": "office@example.com"},
        "enterprise": {
            "name": "远山贸易有限公司",
            "uscc": USCC,
            "entity_type": "company",
            "established_on": "2019-05-01",
            "licence_expires_on": "2039-05-01",
            "industry": "wholesale",
            "tax_residency": "CN",
            "expected_monthly_turnover_fen": 50_000_000,
        },
        "legal_representative": {
            "name": "王小明",
            "id_type": "resident_id",
            "id_number": resident_number(),
            "id_expires_on": "2040-01-01",
            "date_of_birth": "1990-01-01",
            "nationality": "CN",
        },
        "owners": [{"name": "王小明", "kind": "person", "share_percent": 100, "id_number": resident_number()}],
    } | changes


def codes(findings: list[Any]) -> list[str]:
    """The codes found, in order."""
    return [finding.code for finding in findings]
