"""What counts against an account's limits already: sums over reservations and payments in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bank.transfers.orders import canonical_name
from bank.transfers.records import ReservationState, Transfer, Window
from bank.transfers.tables import incoming_payment, limit_reservation, transfer

_COUNTS = limit_reservation.c.state.in_([ReservationState.HELD, ReservationState.USED])


def first_of_year(day: dt.date) -> dt.date:
    """Where the window of a yearly limit begins: 1 January of the bank's calendar."""
    return day.replace(month=1, day=1)


def window_of(window: Window, today: dt.date) -> dt.date:
    """Where the window a payment of `today` counts in begins."""
    return first_of_year(today) if window is Window.YEARLY else today


def used_fen(connection: Connection, account: int, window: Window, today: dt.date, *, but: int | None = None) -> int:
    """Fen paid or held in the window of `today`, without the transfer `but`."""
    return _sum(connection, account, window, limit_reservation.c.window_start == window_of(window, today), _COUNTS, but)


def held_fen(connection: Connection, account: int, *, but: int | None = None) -> int:
    """Fen of the balance that transfers under way hold, whatever day they were asked for."""
    held = limit_reservation.c.state == ReservationState.HELD
    return _sum(connection, account, Window.FUNDS, held, _COUNTS, but)


def count_of_day(connection: Connection, account: int, today: dt.date, *, but: int | None = None) -> int:
    """Payments of the day, paid or held, without the transfer `but`."""
    query = select(func.count()).where(
        limit_reservation.c.account == account,
        limit_reservation.c.period == Window.FUNDS,
        limit_reservation.c.window_start == today,
        _COUNTS,
        *_without(but),
    )
    return int(connection.execute(query).scalar_one())


def split_fen(connection: Connection, asked: Transfer, today: dt.date) -> int:
    """Fen of the day's other payments to the same counterparty, by number or by name: parts of one payment."""
    same_name = and_(transfer.c.counter_match == canonical_name(asked.counter_name), transfer.c.counter_match != "")
    same_number = transfer.c.counter_number == asked.counter_number  # empty for cash: all of it is one counterparty
    query = (
        select(func.coalesce(func.sum(limit_reservation.c.amount_fen), 0))
        .join(transfer, transfer.c.key == limit_reservation.c.transfer)
        .where(
            limit_reservation.c.account == asked.account,
            limit_reservation.c.period == Window.DAILY,
            limit_reservation.c.window_start == today,
            _COUNTS,
            transfer.c.kind == asked.kind,
            or_(same_number, same_name),
            *_without(asked.key),
        )
    )
    return int(connection.execute(query).scalar_one())


def received_fen(connection: Connection, account: int, since: dt.date, until: dt.date) -> int:
    """Fen received from the day `since` to the day `until`, both included."""
    query = select(func.coalesce(func.sum(incoming_payment.c.amount_fen), 0)).where(
        incoming_payment.c.account == account,
        incoming_payment.c.received_on >= since,
        incoming_payment.c.received_on <= until,
    )
    return int(connection.execute(query).scalar_one())


def _sum(
    connection: Connection,
    account: int,
    window: Window,
    place: ColumnElement[bool],
    state: ColumnElement[bool],
    but: int | None,
) -> int:
    query = select(func.coalesce(func.sum(limit_reservation.c.amount_fen), 0)).where(
        limit_reservation.c.account == account, limit_reservation.c.period == window, place, state, *_without(but)
    )
    return int(connection.execute(query).scalar_one())


def _without(key: int | None) -> list[Any]:
    return [] if key is None else [limit_reservation.c.transfer != key]
