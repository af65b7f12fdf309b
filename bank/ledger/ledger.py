"""Entries and balances. A balance is credits less debits: what the bank owes the customer (R090, CP3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bank.errors import RecordNotFound
from bank.ledger.errors import (
    AmountOutOfRange,
    BalanceInsufficient,
    EntryAlreadyReversed,
    EntryUnbalanced,
    ReferenceUsedOtherwise,
)
from bank.ledger.records import MOST_FEN, AccountRef, BookingText, Entry, InternalAccount, Leg, Side, StatementLine
from bank.ledger.tables import ledger_account, ledger_entry, posting
from bank.terms import Record

change = case((posting.c.side == Side.CREDIT, posting.c.amount_fen), else_=-posting.c.amount_fen)
"""What a posting does to the balance of its account."""


class Ledger:
    """The entries of the bank. Every method works in the caller's transaction."""

    def post(
        self,
        connection: Connection,
        *,
        reference: str,
        booking_text: BookingText,
        legs: Sequence[Leg],
        now: dt.datetime,
        business_key: str = "",
    ) -> Entry:
        """Write one entry and move the balances with it; the same reference again gives the first entry.

        Raises AmountOutOfRange, EntryUnbalanced, BalanceInsufficient, ReferenceUsedOtherwise.
        """
        check_balanced(legs)
        return self._post(connection, reference, booking_text, legs, now, business_key, None)

    def reverse(self, connection: Connection, entry: int, *, reference: str, now: dt.datetime) -> Entry:
        """Undo an entry by one with its sides exchanged; the entry itself stays as it was written.

        Raises RecordNotFound, EntryAlreadyReversed, BalanceInsufficient when the money is no longer there.
        """
        row = connection.execute(select(ledger_entry).where(ledger_entry.c.key == entry)).first()
        if row is None:
            raise RecordNotFound(what=Record.ENTRY, key=entry)
        original = _entry(row)
        if original.reversal_of is not None:
            raise EntryAlreadyReversed(entry=entry)
        legs = [
            Leg(account=leg.account, side=leg.side.other, amount_fen=leg.amount_fen)
            for leg in self.legs(connection, entry)
        ]
        self._lock(connection, legs)  # of two who reverse at once the second sees the first
        other = connection.execute(select(ledger_entry).where(ledger_entry.c.reversal_of == entry)).first()
        if other is not None:
            if other.reference == reference:
                return _entry(other)
            raise EntryAlreadyReversed(entry=entry)
        return self._post(connection, reference, BookingText.REVERSAL, legs, now, original.business_key, entry)

    def legs(self, connection: Connection, entry: int) -> list[Leg]:
        """The postings of an entry, in the order they were written."""
        query = (
            select(ledger_account.c.account, ledger_account.c.internal, posting.c.side, posting.c.amount_fen)
            .join(ledger_account, ledger_account.c.key == posting.c.ledger_account)
            .where(posting.c.entry == entry)
            .order_by(posting.c.key)
        )
        return [
            Leg(
                account=InternalAccount(row.internal) if row.account is None else row.account,
                side=Side(row.side),
                amount_fen=row.amount_fen,
            )
            for row in connection.execute(query)
        ]

    def balance(self, connection: Connection, account: AccountRef) -> int:
        """Credits less debits in fen; 0 for an account nothing was ever posted to."""
        if not isinstance(account, InternalAccount):
            kept = select(ledger_account.c.balance_fen).where(ledger_account.c.account == account)
            return int(connection.execute(kept).scalar() or 0)
        summed = (
            select(func.sum(change))
            .join(ledger_account, ledger_account.c.key == posting.c.ledger_account)
            .where(ledger_account.c.internal == account)
        )
        return int(connection.execute(summed).scalar() or 0)

    def statement(self, connection: Connection, account: int, *, most: int) -> list[StatementLine]:
        """The latest postings of a customer's account, newest first."""
        balance = self.balance(connection, account)
        query = (
            select(
                ledger_entry.c.key,
                ledger_entry.c.posted_at,
                ledger_entry.c.booking_text,
                ledger_entry.c.business_key,
                change.label("change_fen"),
            )
            .join(ledger_entry, ledger_entry.c.key == posting.c.entry)
            .join(ledger_account, ledger_account.c.key == posting.c.ledger_account)
            .where(ledger_account.c.account == account)
            .order_by(posting.c.key.desc())
            .limit(most)
        )
        lines = []
        for row in connection.execute(query):
            lines.append(
                StatementLine(
                    entry=row.key,
                    posted_at=row.posted_at,
                    booking_text=BookingText(row.booking_text),
                    business_key=row.business_key,
                    change_fen=row.change_fen,
                    balance_fen=balance,
                )
            )
            balance -= row.change_fen
        return lines

    def _post(
        self,
        connection: Connection,
        reference: str,
        booking_text: BookingText,
        legs: Sequence[Leg],
        now: dt.datetime,
        business_key: str,
        reversal_of: int | None,
    ) -> Entry:
        places = self._lock(connection, legs)
        known = connection.execute(select(ledger_entry).where(ledger_entry.c.reference == reference)).first()
        if known is not None:
            return self._same(connection, _entry(known), legs)
        values = {
            "reference": reference,
            "booking_text": booking_text,
            "business_key": business_key,
            "posted_at": now,
            "reversal_of": reversal_of,
        }
        made = insert(ledger_entry).values(values).returning(*ledger_entry.c)
        try:
            with connection.begin_nested():  # internal accounts are not locked: another may have been faster
                row = connection.execute(made).one()
        except IntegrityError:
            known = connection.execute(select(ledger_entry).where(ledger_entry.c.reference == reference)).first()
            if known is None:
                raise
            return self._same(connection, _entry(known), legs)
        rows = [
            {"entry": row.key, "ledger_account": places[leg.account], "side": leg.side, "amount_fen": leg.amount_fen}
            for leg in legs
        ]
        connection.execute(insert(posting), rows)
        _require_balanced(connection, row.key)
        _move_balances(connection, legs)
        return _entry(row)

    def _same(self, connection: Connection, known: Entry, legs: Sequence[Leg]) -> Entry:
        if self.legs(connection, known.key) != list(legs):
            raise ReferenceUsedOtherwise(reference=known.reference)
        return known

    def _lock(self, connection: Connection, legs: Sequence[Leg]) -> dict[AccountRef, int]:
        """The ledger's own keys of the accounts, those of customers locked, always in the same order."""
        accounts = {leg.account for leg in legs}
        customers = sorted(account for account in accounts if not isinstance(account, InternalAccount))
        internal = sorted(account for account in accounts if isinstance(account, InternalAccount))
        _open_missing(connection, customers, internal)
        locked = (
            select(ledger_account.c.account, ledger_account.c.key)
            .where(ledger_account.c.account.in_(customers))
            .order_by(ledger_account.c.account)
            .with_for_update(key_share=True)
        )
        found: dict[AccountRef, int] = {row.account: row.key for row in connection.execute(locked)}
        own = select(ledger_account.c.internal, ledger_account.c.key).where(ledger_account.c.internal.in_(internal))
        return found | {InternalAccount(row.internal): row.key for row in connection.execute(own)}


def check_balanced(legs: Sequence[Leg]) -> None:
    """Raises AmountOutOfRange, EntryUnbalanced unless the legs make an entry."""
    for leg in legs:
        check_amount("amount_fen", leg.amount_fen)
    debits, credits_ = (sum(leg.amount_fen for leg in legs if leg.side is side) for side in Side)
    if debits != credits_ or not legs:
        raise EntryUnbalanced(debit=debits, credit=credits_)


def check_amount(field: str, amount_fen: object) -> int:
    """The amount itself. Raises AmountOutOfRange for what is no whole number of fen in range."""
    if isinstance(amount_fen, bool) or not isinstance(amount_fen, int) or not 0 < amount_fen <= MOST_FEN:
        raise AmountOutOfRange(field=field, most=MOST_FEN)
    return amount_fen


def _open_missing(connection: Connection, customers: Iterable[int], internal: Iterable[InternalAccount]) -> None:
    rows: list[dict[str, Any]] = [{"account": key, "internal": None, "balance_fen": 0} for key in customers]
    rows += [{"account": None, "internal": code, "balance_fen": None} for code in internal]
    insert_: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert_(ledger_account).on_conflict_do_nothing(), rows)


def _require_balanced(connection: Connection, entry: int) -> None:
    """What was written balances, whatever wrote it: asked of the database before anything may be committed."""
    sums = {
        row.side: int(row.fen)
        for row in connection.execute(
            select(posting.c.side, func.sum(posting.c.amount_fen).label("fen"))
            .where(posting.c.entry == entry)
            .group_by(posting.c.side)
        )
    }
    debits, credits_ = sums.get(Side.DEBIT, 0), sums.get(Side.CREDIT, 0)
    if debits != credits_ or not debits:
        raise EntryUnbalanced(debit=debits, credit=credits_)


def _move_balances(connection: Connection, legs: Sequence[Leg]) -> None:
    changes: dict[int, int] = defaultdict(int)
    for leg in legs:
        if not isinstance(leg.account, InternalAccount):
            changes[leg.account] += leg.amount_fen if leg.side is Side.CREDIT else -leg.amount_fen
    for account, fen in sorted(changes.items()):
        after = ledger_account.c.balance_fen + fen
        moved = connection.execute(
            update(ledger_account).where(ledger_account.c.account == account, after >= 0).values(balance_fen=after)
        )
        if moved.rowcount == 0:
            raise BalanceInsufficient()


def _entry(row: Row[Any]) -> Entry:
    values = row._asdict()
    return Entry(**{**values, "booking_text": BookingText(values["booking_text"])})
