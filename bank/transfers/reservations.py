"""Reservations: what a transfer holds of balance and limits, so that two cannot both count on it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, insert, update

from bank.transfers.records import ReservationState, Transfer, Window
from bank.transfers.tables import limit_reservation
from bank.transfers.usage import window_of


def hold(connection: Connection, asked: Transfer, windows: tuple[Window, ...], today: dt.date) -> None:
    """Hold the amount in these windows of `today`, in place of what the transfer held before.

    The caller has locked the account.
    """
    connection.execute(delete(limit_reservation).where(limit_reservation.c.transfer == asked.key))
    rows = [
        {
            "transfer": asked.key,
            "account": asked.account,
            "period": window,
            "window_start": window_of(window, today),
            "amount_fen": asked.amount_fen,
            "state": ReservationState.HELD,
        }
        for window in windows
    ]
    connection.execute(insert(limit_reservation), rows)


def settle(connection: Connection, asked: Transfer, state: ReservationState) -> None:
    """What becomes of all the transfer holds: used when it is posted, released when it ends unpaid."""
    connection.execute(
        update(limit_reservation)
        .where(limit_reservation.c.transfer == asked.key, limit_reservation.c.state == ReservationState.HELD)
        .values(state=state)
    )
