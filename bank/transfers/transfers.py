"""Transfers: registered, checked and reserved under lock, posted once or refused (CP3, R090)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bank.accounts import Account, Accounts
from bank.calendar import BusinessCalendar
from bank.checks.findings import Finding, error
from bank.clock import local_date
from bank.errors import IllegalTransition, RecordNotFound
from bank.ledger import BookingText, InternalAccount, Ledger, Leg, credit, debit
from bank.parameters import Parameters
from bank.terms import Record
from bank.transfers.errors import OrderRefused, OverLimit, TransferRefused
from bank.transfers.incoming import IncomingPayments, Payer
from bank.transfers.limits import beyond_approval, counts, limit_lines, unlimited
from bank.transfers.orders import Order, canonical_name, check_order, read_order
from bank.transfers.records import (
    OPEN,
    TRANSITIONS,
    Channel,
    IncomingSource,
    LimitCheck,
    ReservationState,
    Transfer,
    TransferKind,
    TransferRules,
    TransferStatus,
    Usage,
    Window,
)
from bank.transfers.reservations import hold, settle
from bank.transfers.rules import forbidden
from bank.transfers.statutory import statutory_of
from bank.transfers.tables import transfer
from bank.transfers.usage import count_of_day, held_fen, used_fen

_COLUMNS = tuple(column for column in transfer.c if column.name != "counter_match")


class Transfers:
    """The payments out of the bank's accounts. Every method works in the caller's transaction."""

    def __init__(
        self,
        accounts: Accounts,
        ledger: Ledger,
        incoming: IncomingPayments,
        calendar: BusinessCalendar,
        parameters: Parameters,
    ) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._incoming = incoming
        self._calendar = calendar
        self._parameters = parameters

    def register(
        self, connection: Connection, business_key: str, entered: Mapping[str, object], *, now: dt.datetime
    ) -> Transfer:
        """Write down what was asked for, once per case. Raises OrderRefused with every field that is wrong."""
        known = self.of_case(connection, business_key)
        if known is not None:
            return known
        findings = check_order(entered)
        if findings:
            raise OrderRefused(findings)
        order = read_order(entered)
        account = self._accounts.by_number(connection, order.account_number)
        if account is None:
            raise OrderRefused([_unknown_account("account_number")])
        try:
            with connection.begin_nested():
                return self._insert(connection, business_key, order, account.key, now)
        except IntegrityError:
            known = self.of_case(connection, business_key)
            if known is None:
                raise
            return known

    def reserve(self, connection: Connection, key: int, *, rules: TransferRules, now: dt.datetime) -> LimitCheck:
        """Check the transfer under lock and, unless a rule forbids it, hold its amount against balance and limits.

        Asked again, on another day or after a change of limits, band or status, it is checked anew and its
        reservation moves to the present windows. Raises RecordNotFound, IllegalTransition.
        """
        asked, payer, payee = self._locked(connection, key)
        _require(asked, TransferStatus.RESERVED)
        check, counted = self._check(connection, asked, payer, payee, rules, now)
        if not check.refusals:
            windows = tuple(Window) if counted else (Window.FUNDS,)
            hold(connection, asked, windows, local_date(now))
            self._change(connection, asked, TransferStatus.RESERVED, now)
        return check

    def post(
        self, connection: Connection, key: int, *, rules: TransferRules, over_limit_approved: bool, now: dt.datetime
    ) -> Transfer:
        """Pay a reserved transfer, checked once more under lock; asked again, it stays paid once.

        `over_limit_approved`: whether a special approval, for this transfer alone, covers what the check finds.
        Raises RecordNotFound, IllegalTransition, TransferRefused, OverLimit.
        """
        asked, payer, payee = self._locked(connection, key)
        if asked.status is TransferStatus.POSTED:
            return asked
        _require(asked, TransferStatus.POSTED)
        check, _ = self._check(connection, asked, payer, payee, rules, now)
        if check.refusals:
            raise TransferRefused(check.refusals)
        if not check.within and not over_limit_approved:
            raise OverLimit(limits=", ".join(line.code for line in check.exceeded))
        entry = self._ledger.post(
            connection,
            reference=f"transfer {asked.business_key}",
            booking_text=BookingText(asked.kind.value),
            legs=_legs(asked, payee),
            now=now,
            business_key=asked.business_key,
        )
        if payee is not None:
            self._receive(connection, asked, payer, payee, entry.key, now)
        settle(connection, asked, ReservationState.USED)
        return self._change(connection, asked, TransferStatus.POSTED, now, entry=entry.key)

    def end(
        self, connection: Connection, key: int, outcome: TransferStatus, *, reason: str, now: dt.datetime
    ) -> Transfer:
        """End a transfer unpaid and release what it held; the same end again changes nothing.

        Raises RecordNotFound, IllegalTransition.
        """
        asked, _, _ = self._locked(connection, key)
        if outcome in OPEN or outcome is TransferStatus.POSTED:
            raise IllegalTransition(what=Record.TRANSFER, actual=asked.status, wanted=outcome)
        if asked.status is outcome:
            return asked
        _require(asked, outcome)
        settle(connection, asked, ReservationState.RELEASED)
        return self._change(connection, asked, outcome, now, reason=reason)

    def lock_for(self, connection: Connection, key: int) -> tuple[Transfer, Account]:
        """A transfer and its account, kept from every other payment or change until the transaction ends.

        Raises RecordNotFound.
        """
        asked, payer, _ = self._locked(connection, key)
        return asked, payer

    def usage(self, connection: Connection, account_key: int, *, now: dt.datetime) -> Usage:
        """What the account has used of its limits by now."""
        today = local_date(now)
        return Usage(
            today_fen=used_fen(connection, account_key, Window.DAILY, today),
            this_year_fen=used_fen(connection, account_key, Window.YEARLY, today),
            today_count=count_of_day(connection, account_key, today),
            held_fen=held_fen(connection, account_key),
            balance_fen=self._ledger.balance(connection, account_key),
        )

    def get(self, connection: Connection, key: int) -> Transfer:
        """The transfer with this key. Raises RecordNotFound."""
        row = connection.execute(select(*_COLUMNS).where(transfer.c.key == key)).first()
        if row is None:
            raise RecordNotFound(what=Record.TRANSFER, key=key)
        return _transfer(row)

    def of_case(self, connection: Connection, business_key: str) -> Transfer | None:
        """The transfer a case asks for, or None."""
        row = connection.execute(select(*_COLUMNS).where(transfer.c.business_key == business_key)).first()
        return None if row is None else _transfer(row)

    def of_account(self, connection: Connection, account_key: int, *, most: int) -> list[Transfer]:
        """The latest transfers out of an account, newest first."""
        query = select(*_COLUMNS).where(transfer.c.account == account_key).order_by(transfer.c.key.desc()).limit(most)
        return [_transfer(row) for row in connection.execute(query)]

    def _locked(self, connection: Connection, key: int) -> tuple[Transfer, Account, Account | None]:
        """The transfer with payer and, inside this bank, payee, as they stand once nobody else may change them."""
        asked = self.get(connection, key)
        other = self._payee(connection, asked)
        keys = {asked.account} if other is None else {asked.account, other.key}
        locked = self._accounts.lock(connection, keys)
        payee = None if other is None else locked[other.key]
        return self.get(connection, key), locked[asked.account], payee

    def _payee(self, connection: Connection, asked: Transfer) -> Account | None:
        if asked.kind is not TransferKind.TRANSFER:
            return None
        return self._accounts.by_number(connection, asked.counter_number)

    def _check(
        self,
        connection: Connection,
        asked: Transfer,
        payer: Account,
        payee: Account | None,
        rules: TransferRules,
        now: dt.datetime,
    ) -> tuple[LimitCheck, bool]:
        profile, limits = self._accounts.profile(connection, payer.key), self._accounts.limits(connection, payer.key)
        parameters = self._parameters.newest(connection)
        statutory = statutory_of(parameters, payer.account_type)
        counted = counts(asked, profile, rules, statutory)
        lines = tuple(
            limit_lines(
                connection,
                asked,
                limits,
                counted=counted,
                rules=rules,
                statutory=statutory,
                today=local_date(now),
            )
        )
        refusals = (
            *forbidden(asked, payer, profile, calendar=self._calendar.at(connection), parameters=parameters, now=now),
            *unlimited(payer, limits),
            *beyond_approval(lines),
            *self._payee_findings(connection, asked, payee, now),
            *self._funds(connection, asked),
        )
        return LimitCheck(refusals=tuple(dict.fromkeys(refusals)), lines=lines), counted

    def _payee_findings(
        self, connection: Connection, asked: Transfer, payee: Account | None, now: dt.datetime
    ) -> Iterator[Finding]:
        if payee is None:
            prefix = self._parameters.text(connection, "account_number_prefix")
            if asked.kind is TransferKind.TRANSFER and asked.counter_number.startswith(prefix):
                yield _unknown_account("counter_number")
            return
        if payee.key == asked.account:
            return  # a finding of its own
        name = canonical_name(self._accounts.profile(connection, payee.key).holder_name)
        if name and name != canonical_name(asked.counter_name):
            yield error(
                "counter_name",
                "payee_name",
                "The payee's name and account do not belong together.",
                "收款户名与账号不符。",
            )
        yield from self._incoming.findings(connection, payee, asked.amount_fen, now=now)

    def _funds(self, connection: Connection, asked: Transfer) -> Iterator[Finding]:
        available = self._ledger.balance(connection, asked.account) - held_fen(connection, asked.account, but=asked.key)
        if asked.amount_fen > available:
            yield error("amount_fen", "balance", "The balance available is not sufficient.", "账户可用余额不足。")

    def _receive(
        self, connection: Connection, asked: Transfer, payer: Account, payee: Account, entry: int, now: dt.datetime
    ) -> None:
        holder = self._accounts.profile(connection, payer.key).holder_name
        self._incoming.record(
            connection,
            payee.key,
            asked.amount_fen,
            source=IncomingSource.THIS_BANK,
            reference=f"transfer {asked.business_key}",
            now=now,
            payer=Payer(name=holder, number=payer.number),
            entry=entry,
        )

    def _insert(
        self, connection: Connection, business_key: str, order: Order, account: int, now: dt.datetime
    ) -> Transfer:
        values = {
            "business_key": business_key,
            "account": account,
            "kind": order.kind,
            "counter_name": order.counter_name,
            "counter_match": canonical_name(order.counter_name)[:200],
            "counter_number": order.counter_number,
            "counter_bank": order.counter_bank,
            "amount_fen": order.amount_fen,
            "channel": order.channel,
            "purpose": order.purpose,
            "requested_at": now,
            "status": TransferStatus.REQUESTED,
            "reason": "",
            "changed_at": now,
        }
        return _transfer(connection.execute(insert(transfer).values(values).returning(*_COLUMNS)).one())

    def _change(
        self, connection: Connection, asked: Transfer, status: TransferStatus, now: dt.datetime, **values: Any
    ) -> Transfer:
        values |= {"status": status, "changed_at": now}
        changed = update(transfer).where(transfer.c.key == asked.key, transfer.c.status == asked.status).values(values)
        if connection.execute(changed).rowcount == 0:
            actual = self.get(connection, asked.key).status
            raise IllegalTransition(what=Record.TRANSFER, actual=actual, wanted=status)
        return self.get(connection, asked.key)


def _legs(asked: Transfer, payee: Account | None) -> list[Leg]:
    if asked.kind is TransferKind.CASH_WITHDRAWAL:
        return [debit(asked.account, asked.amount_fen), credit(InternalAccount.CASH, asked.amount_fen)]
    to = InternalAccount.SETTLEMENT if payee is None else payee.key
    return [debit(asked.account, asked.amount_fen), credit(to, asked.amount_fen)]


def _require(asked: Transfer, wanted: TransferStatus) -> None:
    if wanted not in TRANSITIONS[asked.status]:
        raise IllegalTransition(what=Record.TRANSFER, actual=asked.status, wanted=wanted)


def _unknown_account(name: str) -> Finding:
    return error(name, "account_unknown", "This bank has no account with this number.", "本行没有该账号的账户。")


def _transfer(row: Row[Any]) -> Transfer:
    values = row._asdict()
    return Transfer(
        **{
            **values,
            "kind": TransferKind(values["kind"]),
            "channel": Channel(values["channel"]),
            "status": TransferStatus(values["status"]),
        }
    )
