"""Whether the ledger is whole: every entry balances, and every kept balance is the sum of its postings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from bank.ledger.ledger import change
from bank.ledger.tables import ledger_account, ledger_entry, posting


@dataclass(frozen=True, kw_only=True)
class LedgerReport:
    """What a look at every entry and every balance found."""

    entries: int
    unbalanced: tuple[int, ...]
    """Keys of entries whose debits and credits differ, or that have none."""
    wrong_balances: tuple[int, ...]
    """Keys of accounts (`account.key`) whose kept balance is not the sum of their postings."""
    total_fen: int
    """Credits less debits of all accounts; 0 in a ledger that balances."""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.unbalanced and not self.wrong_balances and self.total_fen == 0


def verify_ledger(connection: Connection) -> LedgerReport:
    """Look at every entry and every balance. Nothing is changed."""
    summed = func.coalesce(func.sum(change), 0)
    unbalanced = (
        select(ledger_entry.c.key)
        .join(posting, posting.c.entry == ledger_entry.c.key, isouter=True)
        .group_by(ledger_entry.c.key)
        .having(or_(func.count(posting.c.key) == 0, summed != 0))
        .order_by(ledger_entry.c.key)
    )
    wrong = (
        select(ledger_account.c.account)
        .join(posting, posting.c.ledger_account == ledger_account.c.key, isouter=True)
        .where(ledger_account.c.account.is_not(None))
        .group_by(ledger_account.c.account, ledger_account.c.balance_fen)
        .having(summed != ledger_account.c.balance_fen)
        .order_by(ledger_account.c.account)
    )
    return LedgerReport(
        entries=connection.execute(select(func.count()).select_from(ledger_entry)).scalar_one(),
        unbalanced=tuple(connection.execute(unbalanced).scalars()),
        wrong_balances=tuple(connection.execute(wrong).scalars()),
        total_fen=int(connection.execute(select(func.sum(change))).scalar() or 0),
    )
