"""Qualifications of the staff: granted on an exam, valid for a time, asked for by tasks (R055, R064–R065)."""

from bank.qualifications.errors import (
    ExamNotPassed,
    QualificationLapsed,
    QualificationMissing,
    QualificationUnknown,
    ScoreImpossible,
)
from bank.qualifications.qualifications import Qualifications
from bank.qualifications.records import QUALIFICATIONS, HeldQualification, Qualification

__all__ = [
    "QUALIFICATIONS",
    "ExamNotPassed",
    "HeldQualification",
    "Qualification",
    "QualificationLapsed",
    "QualificationMissing",
    "QualificationUnknown",
    "Qualifications",
    "ScoreImpossible",
]
