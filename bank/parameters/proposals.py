"""What somebody proposes to change, read from a form and held against the set in force, field by field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bank.checks.fields import day, rows, text
from bank.checks.findings import Finding, error
from bank.parameters.records import (
    CalendarDay,
    Certainty,
    ChangeKind,
    NewValue,
    Parameter,
    ParameterSet,
    ParameterValue,
)

CALENDAR = "calendar"
"""The name changes of the bank's own days are kept under."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_YUAN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")
_FEN_PER_YUAN = 100
_OPENINGS = {"open": True, "closed": False, "public": None}
_UNITS = {
    "attempts": ("次", "attempts"),
    "minutes": ("分钟", "minutes"),
    "characters": ("个字符", "characters"),
    "bytes": ("字节", "bytes"),
    "days": ("天", "days"),
    "business_days": ("个工作日", "business days"),
    "seconds": ("秒", "seconds"),
    "months": ("个月", "months"),
    "years": ("年", "years"),
    "points": ("分", "points"),
    "fen": ("元", "yuan"),
}
_STATES = {True: ("营业", "open"), False: ("休息", "closed")}
Words = tuple[str, str]
"""Chinese, English."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a change does to one thing, in words."""

    subject: Words
    before: Words
    after: Words


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change as proposed; it may be adopted when nothing was found."""

    kind: ChangeKind
    name: str
    reason: str
    value: NewValue | None = None
    days: tuple[CalendarDay, ...] = ()
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_proposal(
    proposal: Mapping[str, object], current: ParameterSet, today: dt.date, is_public: Callable[[dt.date], bool]
) -> Proposal:
    """The proposal of a form, whatever it holds; `is_public` says whether a day is a public business day."""
    reason = text(proposal, "reason")
    found = [] if reason else [_missing("reason")]
    if text(proposal, "kind") == ChangeKind.CALENDAR:
        days, differences, wrong = _days(proposal, current, today, is_public)
        return Proposal(
            kind=ChangeKind.CALENDAR,
            name=CALENDAR,
            reason=reason,
            days=days,
            differences=differences,
            findings=(*wrong, *found),
        )
    name = text(proposal, "name")
    entry = current.entries.get(name)
    if text(proposal, "kind") != ChangeKind.PARAMETER or entry is None:
        field = "name" if text(proposal, "kind") == ChangeKind.PARAMETER else "kind"
        unknown = error(f"proposal.{field}", "unknown", "There is no such parameter.", "没有这项参数。")
        return Proposal(kind=ChangeKind.PARAMETER, name=name, reason=reason, findings=(unknown, *found))
    value, wrong = _value(proposal, entry, today)
    return Proposal(
        kind=ChangeKind.PARAMETER,
        name=name,
        reason=reason,
        value=value,
        differences=() if value is None else (_difference(entry, value),),
        findings=(*wrong, *found),
    )


def _value(proposal: Mapping[str, object], entry: Parameter, today: dt.date) -> tuple[NewValue | None, list[Finding]]:
    typed, source = text(proposal, "value"), text(proposal, "source")
    as_of, certainty = day(proposal, "as_of"), text(proposal, "certainty")
    found = list(_wrong_value(entry, typed))
    if not source:
        found.append(_missing("source"))
    if as_of is None:
        found.append(error("proposal.as_of", "impossible_date", "This is no date.", "日期无效。"))
    elif as_of > today:
        found.append(error("proposal.as_of", "in_the_future", "The date lies in the future.", "日期不能晚于今天。"))
    if certainty not in list(Certainty):
        found.append(_missing("certainty"))
    if found or as_of is None:
        return None, found
    value = _read(entry, typed)
    if value is None:
        return None, [_not_a_number(entry)]
    new = NewValue(value=value, source=source, as_of=as_of, certainty=Certainty(certainty))
    if (value, source, as_of, certainty) == (entry.value, entry.source, entry.as_of, entry.certainty):
        return None, [error("proposal.value", "no_change", "This is in force already.", "与现行版本相同，无需变更。")]
    return new, []


def _wrong_value(entry: Parameter, typed: str) -> Iterator[Finding]:
    if not typed:
        yield _missing("value")
        return
    value = _read(entry, typed)
    if value is None:
        yield _not_a_number(entry)
    elif not entry.admits(value):
        zh, en = _bounds(entry)
        yield error("proposal.value", "out_of_bounds", f"Allowed: {en}.", f"允许范围：{zh}。")


def _read(entry: Parameter, typed: str) -> ParameterValue | None:
    """The value as it is kept; money is typed in yuan with at most two decimals and kept in fen."""
    if not entry.is_number:
        return typed
    if entry.unit != "fen":
        return int(typed) if _WHOLE.fullmatch(typed) else None
    return int(Decimal(typed) * _FEN_PER_YUAN) if _YUAN.fullmatch(typed) else None


def _not_a_number(entry: Parameter) -> Finding:
    if entry.unit == "fen":
        wording = "This must be an amount in yuan with at most two decimals.", "须为金额（元），最多两位小数。"
        return error("proposal.value", "not_money", *wording)
    return error("proposal.value", "not_whole", "This must be a whole number.", "须为整数。")


def _bounds(entry: Parameter) -> Words:
    if not entry.is_number:
        return entry.pattern, entry.pattern
    (zh, en), least, most = _unit(entry), _plain(entry, entry.minimum or 0), _plain(entry, entry.maximum or 0)
    return f"{least} 至 {most} {zh}", f"{least} to {most} {en}"


def _difference(entry: Parameter, new: NewValue) -> Difference:
    return Difference(
        subject=(entry.name_zh, entry.name_en),
        before=_with_unit(entry, entry.value),
        after=_with_unit(entry, new.value),
    )


def _with_unit(entry: Parameter, value: ParameterValue) -> Words:
    zh, en = _unit(entry)
    return f"{_plain(entry, value)} {zh}".strip(), f"{_plain(entry, value)} {en}".strip()


def _unit(entry: Parameter) -> Words:
    return _UNITS.get(entry.unit, (entry.unit, entry.unit))


def _plain(entry: Parameter, value: ParameterValue) -> str:
    if isinstance(value, str) or entry.unit != "fen":
        return str(value)
    return f"{Decimal(value) / _FEN_PER_YUAN:,.2f}"


def _days(
    proposal: Mapping[str, object], current: ParameterSet, today: dt.date, is_public: Callable[[dt.date], bool]
) -> tuple[tuple[CalendarDay, ...], tuple[Difference, ...], list[Finding]]:
    given = rows(proposal, "days")
    found = [] if given else [_missing("days")]
    days: dict[dt.date, CalendarDay] = {}
    differences: list[Difference] = []
    for number, row in enumerate(given):
        own = _day(row)
        wrong = _wrong_day(own, row, today, days)
        if wrong is None and own is not None:
            before = current.own_days.get(own.day)
            if before == own.business_day:
                wrong = "no_change", "This is in force already.", "与现行日历相同，无需变更。"
            days[own.day] = own
            differences.append(_difference_of_day(own, before, is_public(own.day)))
        if wrong is not None:
            found.append(error(f"proposal.days[{number}]", *wrong))
    return tuple(days.values()), tuple(differences), found


def _day(row: Mapping[str, object]) -> CalendarDay | None:
    own = day(row, "day")
    if own is None or text(row, "opening") not in _OPENINGS:
        return None
    return CalendarDay(day=own, business_day=_OPENINGS[text(row, "opening")], source=text(row, "source"))


def _wrong_day(
    own: CalendarDay | None, row: Mapping[str, object], today: dt.date, before: Mapping[dt.date, CalendarDay]
) -> tuple[str, str, str] | None:
    """Code, English and Chinese."""
    if day(row, "day") is None:
        return "impossible_date", "This is no date.", "日期无效。"
    if own is None or not own.source:
        return "missing", "Say what the bank does on this day and by which source.", "请填写当日安排及依据。"
    if own.day < today:
        return "in_the_past", "A day that is over cannot be changed.", "已过去的日期不能变更。"
    if own.day in before:
        return "twice", "The same day is given twice.", "同一日期重复填写。"
    return None


def _difference_of_day(own: CalendarDay, before: bool | None, public: bool) -> Difference:
    return Difference(
        subject=(own.day.isoformat(), own.day.isoformat()),
        before=_STATES[public if before is None else before],
        after=_STATES[public if own.business_day is None else own.business_day],
    )


def _missing(field: str) -> Finding:
    return error(f"proposal.{field}", "missing", "This is required.", "此项必填。")
