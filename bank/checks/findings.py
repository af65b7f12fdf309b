"""What a check has to say about one field, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the case may go on with the finding."""

    ERROR = "error"
    """Identification fails until it is corrected."""
    WARNING = "warning"
    """A person should look, the case may go on."""


@dataclass(frozen=True)
class Finding:
    """One thing a check found. The texts name the rule, never the value: they end up in logs and letters."""

    field: str
    """Path of the field inside `application`, such as `legal_representative.id_number`."""
    code: str
    severity: Severity
    en: str
    zh: str

    def value(self) -> dict[str, str]:
        """The finding as a process variable."""
        return {
            "field": self.field,
            "code": self.code,
            "severity": self.severity.value,
            "en": self.en,
            "zh": self.zh,
        }


def error(field: str, code: str, en: str, zh: str) -> Finding:
    """A finding that stops identification."""
    return Finding(field, code, Severity.ERROR, en, zh)


def warning(field: str, code: str, en: str, zh: str) -> Finding:
    """A finding for a person to judge."""
    return Finding(field, code, Severity.WARNING, en, zh)


def passed(findings: Iterable[Finding]) -> bool:
    """True when nothing found is an error."""
    return all(finding.severity is not Severity.ERROR for finding in findings)
