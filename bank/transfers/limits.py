"""The limits a payment is held against, each with what counts in it: exactly at a limit passes (CP3, R090)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bank.accounts import Account, LimitPeriod, Profile
from bank.checks.findings import Finding, error
from bank.transfers.orders import account_number
from bank.transfers.records import LimitLine, Transfer, TransferRules, Window
from bank.transfers.statutory import Statutory
from bank.transfers.usage import count_of_day, split_fen, used_fen


def counts(asked: Transfer, profile: Profile, rules: TransferRules, statutory: Statutory) -> bool:
    """Whether the payment counts against daily and yearly limits.

    A minor's payments always do; otherwise those to the bound account of a Class II account do not.
    """
    if statutory.bound_exempt and not profile.minor and is_bound(asked, profile):
        return False
    return rules.limits_apply or statutory.limits_payments or profile.minor


def is_bound(asked: Transfer, profile: Profile) -> bool:
    """Whether the money goes to the holder's own bound account."""
    bound = account_number(profile.bound_account)
    return bool(bound) and asked.counter_number == bound


def limit_lines(
    connection: Connection,
    asked: Transfer,
    limits: Mapping[LimitPeriod, int],
    *,
    counted: bool,
    rules: TransferRules,
    statutory: Statutory,
    today: dt.date,
) -> Iterator[LimitLine]:
    """Every limit that holds for the payment; what the transfer itself has reserved counts once."""
    if rules.daily_count is not None:
        number = count_of_day(connection, asked.account, today, but=asked.key) + 1
        yield LimitLine(code="daily_count", total=number, limit=rules.daily_count, approvable=True)
    if not counted:
        return
    day, year = (
        used_fen(connection, asked.account, window, today, but=asked.key) + asked.amount_fen
        for window in (Window.DAILY, Window.YEARLY)
    )
    together = split_fen(connection, asked, today) + asked.amount_fen
    totals = {LimitPeriod.SINGLE: together, LimitPeriod.DAILY: day, LimitPeriod.YEARLY: year}
    for period in LimitPeriod:
        if period in limits:
            yield LimitLine(code=str(period), total=totals[period], limit=limits[period], approvable=True)
    if statutory.daily_fen is not None:
        yield LimitLine(code="statutory_daily", total=day, limit=statutory.daily_fen, approvable=False)
    if statutory.yearly_fen is not None:
        yield LimitLine(code="statutory_yearly", total=year, limit=statutory.yearly_fen, approvable=False)


_STATUTORY = {
    "statutory_daily": ("the statutory limit of a day", "法定日累计限额"),
    "statutory_yearly": ("the statutory limit of a year", "法定年累计限额"),
}


def beyond_approval(lines: tuple[LimitLine, ...]) -> Iterator[Finding]:
    """Findings about limits no approval goes beyond: statutory ones, and those that permit nothing at all."""
    for line in lines:
        if line.exceeded and not line.approvable:
            en, zh = _STATUTORY[line.code]
            yield error("amount_fen", line.code, f"The payment exceeds {en} for this class.", f"付款超过该类账户{zh}。")
        elif line.exceeded and line.limit == 0:
            yield error("amount_fen", "no_limit", "The account has no limit to pay within.", "该账户未核定付款额度。")


def unlimited(account: Account, limits: Mapping[LimitPeriod, int]) -> Iterator[Finding]:
    """A finding when an account has no limits at all: nothing may be paid until some are set."""
    if not {LimitPeriod.SINGLE, LimitPeriod.DAILY} <= set(limits):
        yield error(
            "account_number",
            "no_limit",
            f"No limits are set for this {account.account_type} account.",
            "该账户未核定交易限额。",
        )
