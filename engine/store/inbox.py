"""The inbox: pages and counts of user tasks out of short ranges of partial indexes, never out of a scan.

A view is a union of ranges: the tasks the person holds, and those offered to the person or to one of their roles.
Each range is read in the order of its index and cut at the page's length before the ranges are put together, so
that a page costs no more with a million open tasks than with a hundred. There is one prepared statement for each
shape (view, number of roles, page's length, with or without a cursor); conditions of partial indexes and lengths are
written into it, because the planners must know them before they know the parameters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union,
    union_all,
)

from engine.store.states import CandidateKind
from engine.store.tables import user_task, user_task_offer
from engine.store.tasks import OPEN
from persistence.prepared import Prepared
from persistence.schema import Key, UtcDateTime

Offered = tuple[Row[Any], tuple[str, ...]]
"""A task with the roles whose holders are its candidates."""


@dataclass(frozen=True, slots=True)
class View:
    """Which ranges of open tasks make up a view."""

    held: bool
    """The tasks the person holds."""
    offers: str | None = None
    """The column that marks the offers to the person and to their roles that belong to the view."""
    overdue: bool = False
    """Only what is past due, the longest overdue first; otherwise the oldest is first."""


MINE = View(held=True)
CLAIMABLE = View(held=False, offers="claimable")
OVERDUE = View(held=True, offers="claimable", overdue=True)
EVERY_OPEN = View(held=True, offers="open")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose inbox it is, with the roles they hold and the present time."""

    person: int
    roles: Collection[str]
    now: dt.datetime

    @property
    def places(self) -> int:
        """For how many roles a statement is to be: an even number, so that there are half as many shapes."""
        return len(self.roles) + len(self.roles) % 2

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements of this module; a place too many is nobody's role."""
        given = [*sorted(self.roles), ""][: self.places]
        roles = {f"role_{number}": role for number, role in enumerate(given)}
        return {"person": self.person, "by_name": str(self.person), "now": self.now} | roles


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last task of a page; what is overdue is ordered by the due time first."""

    key: int
    due: dt.datetime | None = None


def page_of(connection: Connection, view: View, reader: Reader, after: Cursor | None, limit: int) -> list[Offered]:
    """At most `limit` tasks of a view, behind the cursor."""
    parameters = reader.parameters
    if after is not None:
        parameters |= {"after_key": after.key, "after_due": after.due}
    places = reader.places if view.offers else 0
    prepared = _page(connection.dialect.name, view, places, after is not None, limit)
    return _with_groups(prepared.all(connection, parameters))


def completed_by(connection: Connection, person: int, before: int | None, limit: int) -> list[Offered]:
    """At most `limit` tasks the person completed, the newest first, those before the key `before`."""
    parameters = {"person": person} if before is None else {"person": person, "after_key": before}
    return _with_groups(_completed(connection.dialect.name, before is not None, limit).all(connection, parameters))


def open_in(connection: Connection, instance_key: int, limit: int) -> list[Offered]:
    """At most `limit` open tasks of one case, the oldest first."""
    return _with_groups(_open_in(connection.dialect.name, limit).all(connection, {"instance_key": instance_key}))


def counts_of(connection: Connection, views: Iterable[View], reader: Reader, cap: int) -> tuple[int, ...]:
    """How many tasks each view has, at most `cap`."""
    row = _counts(connection.dialect.name, tuple(views), reader.places, cap).first(connection, reader.parameters)
    assert row is not None  # it only counts
    return tuple(row)


_NOT_SHOWN = {"number", "definition_key", "form_id", "form_key", "completed_login"}
_ROW = [column for column in user_task.c if column.name not in _NOT_SHOWN]
_OFFER = user_task_offer.c
_TO_ROLE = _OFFER.kind == literal_column(f"'{CandidateKind.ROLE.value}'")
_TO_PERSON = _OFFER.kind == literal_column(f"'{CandidateKind.PERSON.value}'")


def _with_groups(rows: Iterable[Row[Any]]) -> list[Offered]:
    """A row of the statement for each candidate role becomes one for each task."""
    offered = []
    for _, same in groupby(rows, attrgetter("key")):
        of_task = list(same)
        offered.append((of_task[0], tuple(row.candidate for row in of_task if row.candidate is not None)))
    return offered


@lru_cache(maxsize=512)
def _page(dialect: str, view: View, roles: int, resumed: bool, limit: int) -> Prepared:
    return Prepared(page_query(dialect, view, roles, resumed, limit))


@lru_cache(maxsize=64)
def _completed(dialect: str, resumed: bool, limit: int) -> Prepared:
    return Prepared(completed_query(dialect, resumed, limit))


@lru_cache(maxsize=4)
def _open_in(dialect: str, limit: int) -> Prepared:
    of_case = select(user_task.c.key).where(user_task.c.instance_key == bindparam("instance_key"), OPEN)
    return Prepared(_rows_of(dialect, of_case.order_by(user_task.c.key).limit(_written(limit)).subquery("page")))


@lru_cache(maxsize=64)
def _counts(dialect: str, views: tuple[View, ...], roles: int, cap: int) -> Prepared:
    return Prepared(counts_query(dialect, views, roles, cap))


def page_query(dialect: str, view: View, roles: int, resumed: bool, limit: int) -> Select[Any]:
    """The tasks of one page in their order, each once for every candidate role."""
    # a union, since what is offered to two of the person's roles is to come once
    page = union(*_cut(_ranges(dialect, view, roles, resumed), limit)).subquery()
    return _rows_of(dialect, select(page).order_by(*page.c).limit(_written(limit)).subquery("page"))


def completed_query(dialect: str, resumed: bool, limit: int) -> Select[Any]:
    """The tasks a person completed, each once for every candidate role."""
    completed = _by_key(dialect, user_task.c.completed_by, "person", user_task.c.key, resumed, newest_first=True)
    return _rows_of(dialect, completed.limit(_written(limit)).subquery("page"), newest_first=True)


def counts_query(dialect: str, views: Iterable[View], roles: int, cap: int) -> Select[Any]:
    """One row with a capped number for each view."""
    numbers = []
    for number, view in enumerate(views):
        every = union_all(*_cut(_ranges(dialect, view, roles, False), cap)).subquery()
        counted = select(every.c.key).distinct().limit(_written(cap)).subquery()
        numbers.append(select(func.count()).select_from(counted).scalar_subquery().label(f"count_{number}"))
    return select(*numbers)


def _ranges(dialect: str, view: View, roles: int, resumed: bool) -> list[Select[Any]]:
    """Each selects what its tasks are ordered by, the key being the last."""

    def range_of(owner: ColumnElement[Any], parameter: str, key: ColumnElement[int], due: ColumnElement[Any]) -> Any:
        if view.overdue:
            return _by_due(owner, parameter, due, key, resumed)
        return _by_key(dialect, owner, parameter, key, resumed)

    ranges = []
    if view.held:
        ranges.append(range_of(user_task.c.assignee, "person", user_task.c.key, user_task.c.due_at).where(OPEN))
    if view.offers:
        offers: ColumnElement[bool] = literal_column(view.offers)
        to_all = [(_TO_PERSON, "by_name"), *((_TO_ROLE, f"role_{number}") for number in range(roles))]
        ranges += [
            range_of(_OFFER.candidate, parameter, _OFFER.task_key, _OFFER.due_at).where(kind, offers)
            for kind, parameter in to_all
        ]
    return ranges


def _by_key(
    dialect: str,
    owner: ColumnElement[Any],
    parameter: str,
    key: ColumnElement[int],
    resumed: bool,
    *,
    newest_first: bool = False,
) -> Select[Any]:
    """What belongs to one owner, in the order of the keys.

    Told that the owner is equal to one value, PostgreSQL may read the primary key in its order instead and hope to
    meet enough rows of that owner soon: through the whole table when they are all at its end. So it is told that the
    owner lies between two values, and only the index with the owner in front has the order then.
    """
    own, behind = bindparam(parameter, type_=owner.type), bindparam("after_key", type_=Key)
    if dialect == "postgresql":
        query, order = select(key.label("key")).where(owner >= own, owner <= own), [owner, key]
        place, cursor = tuple_(*order), tuple_(own, behind)
    else:
        query, order = select(key.label("key")).where(owner == own), [key]
        place, cursor = tuple_(key), tuple_(behind)
    if resumed:
        query = query.where(place < cursor if newest_first else place > cursor)
    return query.order_by(*([column.desc() for column in order] if newest_first else order))


def _by_due(
    owner: ColumnElement[Any], parameter: str, due: ColumnElement[Any], key: ColumnElement[int], resumed: bool
) -> Select[Any]:
    """What belongs to one owner and is past due, the longest overdue first: the order of one index only."""
    query = select(due.label("due_at"), key.label("key")).where(owner == bindparam(parameter), due < bindparam("now"))
    if resumed:
        cursor = tuple_(bindparam("after_due", type_=UtcDateTime()), bindparam("after_key", type_=Key))
        query = query.where(tuple_(due, key) > cursor)
    return query.order_by(due, key)


def _cut(ranges: Iterable[Select[Any]], limit: int) -> list[Select[Any]]:
    """Each at most so long, ready to be put together."""
    return [select(query.limit(_written(limit)).subquery()) for query in ranges]


def _rows_of(dialect: str, page: FromClause, *, newest_first: bool = False) -> Select[Any]:
    """Everything a list shows of the tasks of a page, in its order; a further row for each further candidate role.

    The rows are looked up one by one. So that no planner thinks of merging the page with the whole table instead, the
    joins are outer ones for SQLite, which then begins with the page, and for PostgreSQL a lateral that it may not open.
    """
    to_roles = (_OFFER.task_key == user_task.c.key) & _TO_ROLE
    order = [column.desc() if newest_first else column for column in page.c]
    of_page = user_task.c.key == page.c.key
    if dialect == "postgresql":
        found = select(*_ROW, _OFFER.candidate).join_from(user_task, user_task_offer, to_roles, isouter=True)
        task = found.where(of_page).offset(_written(0)).lateral("task")
        return select(task).join_from(page, task, true(), isouter=True).order_by(*order, task.c.candidate)
    rows = select(*_ROW, _OFFER.candidate).join_from(page, user_task, of_page, isouter=True)
    return rows.join(user_task_offer, to_roles, isouter=True).order_by(*order, _OFFER.candidate)


def _written(number: int) -> ColumnElement[int]:
    """Not a parameter: planning must see that it is small."""
    return literal_column(str(int(number)))
