"""Rules that forbid a payment whatever its amount; each is a finding with its field, code and reason.

All of them are looked at, so that the customer learns everything at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bank.account_types import ACCOUNT_TYPES
from bank.accounts import Account, AccountStatus, Profile
from bank.calendar import WorkingTime
from bank.checks.findings import Finding, error
from bank.clock import local_date
from bank.parameters import ParameterSet
from bank.transfers.records import Transfer, TransferKind

_ENTERPRISES = frozenset({"company", "sole_trader"})
"""Organisations that 银发〔2019〕41号 lets pay on the day of opening."""

_NO_CASH = frozenset({"general"})  # 人民币银行结算账户管理办法: cash may be paid in, not drawn


def forbidden(
    transfer: Transfer,
    account: Account,
    profile: Profile,
    *,
    calendar: WorkingTime,
    parameters: ParameterSet,
    now: dt.datetime,
) -> Iterator[Finding]:
    """Why the account may not make this payment at `now`."""
    if account.status is not AccountStatus.ACTIVE:
        yield error(
            "account_number",
            "account_not_payable",
            "The account cannot make payments at present.",
            "该账户目前不能办理付款。",
        )
    if transfer.kind is TransferKind.CASH_WITHDRAWAL and account.account_type in _NO_CASH:
        yield error(
            "kind", "no_cash", "No cash can be drawn from a general deposit account.", "一般存款账户不得支取现金。"
        )
    first_day = first_day_of_payments(account, profile, calendar, parameters)
    if local_date(now) < first_day:
        yield error(
            "account_number",
            "too_early",
            f"This account may pay from {first_day.isoformat()} on.",
            f"该账户自 {first_day.isoformat()} 起方可办理付款业务。",
        )
    if profile.ends_on is not None and local_date(now) > profile.ends_on:
        yield error(
            "account_number",
            "account_ended",
            "The period of this temporary account is over.",
            "该临时存款账户有效期已届满。",
        )
    if transfer.counter_number == account.number:
        yield error(
            "counter_number", "same_account", "Payer and payee are the same account.", "付款账户与收款账户相同。"
        )


def first_day_of_payments(
    account: Account, profile: Profile, calendar: WorkingTime, parameters: ParameterSet
) -> dt.date:
    """The first day the account may pay: for an organisation that is no enterprise, the day after the third
    business day from its opening (人民币银行结算账户管理办法); for any other account the day of opening.

    An organisation of unknown kind counts as no enterprise.
    """
    opened_on = local_date(account.opened_at)
    known = ACCOUNT_TYPES.get(account.account_type)
    of_person = profile.holder == "individual" or (known is not None and known.kind == "individual")
    if of_person or profile.holder in _ENTERPRISES:
        return opened_on
    wait = parameters.integer("payment_wait_business_days")
    return local_date(calendar.business_days_after(account.opened_at, wait)) + dt.timedelta(days=1)


def cannot_receive(account: Account) -> Finding:
    """The finding about a payee's account that may not receive."""
    assert account.status not in RECEIVING
    return error(
        "counter_number",
        "payee_not_receiving",
        "The payee's account cannot receive payments at present.",
        "收款账户目前不能收款。",
    )


RECEIVING = frozenset({AccountStatus.ACTIVE, AccountStatus.RESTRICTED})
"""The statuses in which an account takes money in."""
