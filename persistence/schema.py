"""The one set of table definitions, and the column types that SQLite and PostgreSQL share.

Engine and bank each declare their own tables on `metadata`; migrations create them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, MetaData
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = BigInteger().with_variant(Integer, "sqlite")
"""An int64 key (SQLite's INTEGER is 64 bits wide)."""

Blob = LargeBinary


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A time in UTC, stored as int64 microseconds since 1970: both databases compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        """Refuse a time without zone: it could mean anything."""
        return _microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """The stored instant, in UTC."""
        return _instant(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[dt.datetime | None], int | None]:
        """As `process_bind_param`, without SQLAlchemy's call around it: a command has dozens of times."""
        return _microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], dt.datetime | None]:
        """As `process_result_value`, for the same reason: a page has hundreds."""
        return _instant


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _microseconds(time: dt.datetime | None) -> int | None:
    if time is None:
        return None
    if time.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    since = time - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _instant(microseconds: int | None) -> dt.datetime | None:
    return None if microseconds is None else _EPOCH + dt.timedelta(0, 0, microseconds)
