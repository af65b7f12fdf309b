"""Statements that SQLAlchemy writes once, for either database, and the driver executes.

What SQLAlchemy does around each execution (cache keys, events, result objects) costs ten times what SQLite needs
for the statement itself. On the way of a case, where a command takes a millisecond, that would be most of it;
everywhere else statements are executed by SQLAlchemy as usual.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import CompoundSelect, Connection, Delete, Dialect, Insert, LargeBinary, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from persistence.sqlite_loss import refuse_if_lost

Query: TypeAlias = "Select[Any] | CompoundSelect[Any]"
Statement: TypeAlias = "Query | Insert | Update | Delete"
Convert: TypeAlias = Callable[[Any], Any]
Row: TypeAlias = Any
"""A named tuple of the selected columns."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement compiled for one database and one set of parameters."""

    sql: str
    take: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """The parameters in their order."""
    binds: tuple[tuple[int, Convert], ...]
    """By the places of those that the driver wants in another form."""
    constants: Mapping[str, Any]
    formats: tuple[int, ...] | None
    """Of the parameters: 1 for bytes, 0 for text. None on SQLite."""
    row: Callable[[Iterable[Any]], Row] | None
    converts: tuple[tuple[int, Convert], ...]

    def bound(self, parameters: Mapping[str, Any]) -> Sequence[Any]:
        values = self.take({**self.constants, **parameters} if self.constants else parameters)
        return _converted(values, self.binds) if self.binds else values

    def read(self, values: Sequence[Any]) -> Row:
        assert self.row is not None  # asked of queries only
        return self.row(_converted(values, self.converts) if self.converts else values)


def _converted(values: Iterable[Any], converts: Iterable[tuple[int, Convert]]) -> list[Any]:
    """The values in another form; null is null in any."""
    converted = list(values)
    for place, convert in converts:
        value = converted[place]
        if value is not None:
            converted[place] = convert(value)
    return converted


class Prepared:
    """One statement whose variable parts are `bindparam`s, and for inserts and updates the columns given.

    Lists for `IN` have no fixed number of parts and cannot be prepared. Every method takes the open connection of
    a transaction, and raises SQLAlchemy's DBAPIError as its own execution would; on PostgreSQL, where the methods
    without an answer do not wait for theirs, it may also be that of an earlier one (`persistence.pipelined`).
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, tuple[str, ...]], _Plan] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> None:
        """Execute it."""
        plan, driver = self._plan(connection, parameters), _driver(connection)
        try:
            if plan.formats is None:
                driver.execute(plan.sql, plan.bound(parameters))
            else:
                driver.send(plan.sql, plan.bound(parameters), plan.formats)
        except _driver_error(connection) as error:
            raise _translated(connection, plan.sql, error) from error

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it once for each row; all have the same columns."""
        if not rows:
            return
        plan, driver = self._plan(connection, rows[0]), _driver(connection)
        try:
            if plan.formats is None:
                driver.cursor().executemany(plan.sql, [plan.bound(row) for row in rows])
            else:
                for row in rows:
                    driver.send(plan.sql, plan.bound(row), plan.formats)
        except _driver_error(connection) as error:
            raise _translated(connection, plan.sql, error) from error

    def count(self, connection: Connection, parameters: Mapping[str, Any]) -> int:
        """Execute it; how many rows it touched."""
        plan, driver = self._plan(connection, parameters), _driver(connection)
        try:
            if plan.formats is None:
                return int(driver.execute(plan.sql, plan.bound(parameters)).rowcount)
            return int(driver.count(plan.sql, plan.bound(parameters), plan.formats))
        except _driver_error(connection) as error:
            raise _translated(connection, plan.sql, error) from error

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Row | None:
        """The first row of a query, or None."""
        plan, driver = self._plan(connection, parameters), _driver(connection)
        try:
            if plan.formats is None:
                values = driver.execute(plan.sql, plan.bound(parameters)).fetchone()
                return None if values is None else plan.read(values)
            rows = driver.rows(plan.sql, plan.bound(parameters), plan.formats, plan.read)
        except _driver_error(connection) as error:
            raise _translated(connection, plan.sql, error) from error
        return rows[0] if rows else None

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row of a query."""
        plan, driver = self._plan(connection, parameters), _driver(connection)
        try:
            if plan.formats is None:
                return [plan.read(values) for values in driver.execute(plan.sql, plan.bound(parameters)).fetchall()]
            return list(driver.rows(plan.sql, plan.bound(parameters), plan.formats, plan.read))
        except _driver_error(connection) as error:
            raise _translated(connection, plan.sql, error) from error

    def _plan(self, connection: Connection, parameters: Collection[str]) -> _Plan:
        key = connection.dialect.name, tuple(parameters)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = _compiled(self._statement, connection.dialect, key[1])
        return plan


def run_text(connection: Connection, sql: str) -> None:
    """Execute a constant text."""
    try:
        _driver(connection).execute(sql)
    except _driver_error(connection) as error:
        raise _translated(connection, sql, error) from error


def run_savepoint(connection: Connection, sql: str) -> None:
    """`SAVEPOINT name`, `RELEASE SAVEPOINT name` or `ROLLBACK TO SAVEPOINT name`."""
    driver = _driver(connection)
    try:
        if connection.dialect.name == "sqlite":
            driver.execute(sql)
        else:
            driver.savepoint(sql)
    except _driver_error(connection) as error:
        raise _translated(connection, sql, error) from error


def end_transaction(connection: Connection, how: Literal["commit", "rollback"]) -> None:
    """End what `run_text` began; what SQLAlchemy believes to have begun meanwhile ends with it."""
    if connection.get_transaction() is not None:
        getattr(connection, how)()
        return
    try:
        getattr(_driver(connection), how)()
    except _driver_error(connection) as error:
        raise _translated(connection, how, error) from error


def _driver(connection: Connection) -> Any:
    """The driver's own connection, inside the transaction that SQLAlchemy began."""
    return connection.connection.dbapi_connection


def _driver_error(connection: Connection) -> type[Exception]:
    """The class of the driver's errors."""
    return cast("type[Exception]", connection.dialect.loaded_dbapi.Error)


def _translated(connection: Connection, sql: str, error: Exception) -> BaseException:
    """The error as SQLAlchemy raises it, without the parameters: they may be personal data."""
    dialect = connection.dialect
    if dialect.name == "sqlite":
        refuse_if_lost(connection)
    return DBAPIError.instance(
        sql, None, error, _driver_error(connection), hide_parameters=True, dialect=dialect,
        connection_invalidated=dialect.is_disconnect(cast(Any, error), connection.connection, None),
    )  # fmt: skip


def _taking(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: tuple(given[name] for name in names)


@cache
def _numbered(dialect: Callable[..., Dialect]) -> Dialect:
    """The dialect with parameters as PostgreSQL itself writes them: $1, $2."""
    return dialect(paramstyle="numeric_dollar")


def _compiled(statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
    is_sqlite = dialect.name == "sqlite"
    dialect = dialect if is_sqlite else _numbered(cast("Callable[..., Dialect]", type(dialect)))
    is_query = isinstance(statement, Select | CompoundSelect)
    compiled = statement.compile(dialect=dialect, column_keys=None if is_query else list(names))
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.post_compile_params  # parts that are known only when executing cannot be prepared
    types = {bind_name: bind.type.dialect_impl(dialect) for bind, bind_name in compiled.bind_names.items()}
    order = compiled.positiontup
    assert order is not None
    constants = {name: value for name, value in compiled.params.items() if name not in names}
    row, converts = None, []
    if isinstance(statement, Select | CompoundSelect):
        selected = list(statement.selected_columns)
        row = cast(Any, namedtuple("Row", [column.name for column in selected]))._make
        for index, column in enumerate(selected):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                converts.append((index, convert))
    binds = [types[name].bind_processor(dialect) for name in order]
    return _Plan(
        sql=compiled.string,
        take=_taking(order),
        binds=tuple((place, convert) for place, convert in enumerate(binds) if convert is not None),
        constants={name: constants[name] for name in order if name in constants},
        formats=None if is_sqlite else tuple(int(isinstance(types[name], LargeBinary)) for name in order),
        row=row,
        converts=tuple(converts),
    )
