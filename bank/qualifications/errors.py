"""Refusals about qualifications."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class QualificationMissing(KaihuError):
    """The person never had the qualification, or it was withdrawn. Fields: `name_zh`, `name_en`."""

    code = "qualification_missing"
    kind = ErrorKind.FORBIDDEN
    en = "This task asks for the qualification “{name_en}”, which this person does not hold."
    zh = "办理该任务须具备“{name_zh}”，该人员尚未取得。"


class QualificationLapsed(QualificationMissing):
    """The qualification is over. Fields: `name_zh`, `name_en`, `last_day`, a date of the bank's zone."""

    code = "qualification_lapsed"
    en = "This task asks for the qualification “{name_en}”, which was valid until {last_day}; it must be renewed."
    zh = "办理该任务须具备“{name_zh}”，其有效期已于 {last_day} 届满，须重新考核。"


class QualificationUnknown(KaihuError):
    """The register has no such qualification. Fields: `id`."""

    code = "qualification_unknown"
    kind = ErrorKind.INVALID
    en = "There is no qualification {id}."
    zh = "没有资格 {id}。"


class ExamNotPassed(KaihuError):
    """The score is too low. Fields: `score`, `minimum`."""

    code = "exam_not_passed"
    kind = ErrorKind.INVALID
    en = "The exam was not passed: {score} points, at least {minimum} are needed."
    zh = "考试未合格：{score} 分，须不低于 {minimum} 分。"


class ScoreImpossible(KaihuError):
    """No whole number from 0 to 100."""

    code = "score_impossible"
    kind = ErrorKind.INVALID
    en = "A score is a whole number from 0 to 100."
    zh = "分数须为 0 至 100 的整数。"
