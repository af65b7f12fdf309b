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
    def parameters(self) -> dict[str, Any]:
        """For the statements of this module."""
        roles = {f"role_{number}": role for number, role in enumerate(sorted(self.roles))}
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
    prepared = _page(view, len(reader.roles), after is not None, limit)
    return _with_groups(prepared.all(connection, parameters))


def completed_by(connection: Connection, person: int, before: int | None, limit: int) -> list[Offered]:
    """At most `limit` tasks the person completed, the newest first, those before the key `before`."""
    parameters = {"person": person} if before is None else {"person": person, "before": before}
    return _with_groups(_completed(before is not None, limit).all(connection, parameters))


def open_in(connection: Connection, instance_key: int, limit: int) -> list[Offered]:
    """At most `limit` open tasks of one case, the oldest first."""
    return _with_groups(_open_in(limit).all(connection, {"instance_key": instance_key}))


def counts_of(connection: Connection, views: Iterable[View], reader: Reader, cap: int) -> tuple[int, ...]:
    """How many tasks each view has, at most `cap`."""
    row = _counts(tuple(views), len(reader.roles), cap).first(connection, reader.parameters)
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
def _page(view: View, roles: int, resumed: bool, limit: int) -> Prepared:
    return Prepared(page_query(view, roles, resumed, limit))


@lru_cache(maxsize=64)
def _completed(resumed: bool, limit: int) -> Prepared:
    return Prepared(completed_query(resumed, limit))


@lru_cache(maxsize=4)
def _open_in(limit: int) -> Prepared:
    of_case = select(user_task.c.key).where(user_task.c.instance_key == bindparam("instance_key"), OPEN)
    return Prepared(_rows_of(of_case.order_by(user_task.c.key).limit(_written(limit)).subquery("page")))


@lru_cache(maxsize=64)
def _counts(views: tuple[View, ...], roles: int, cap: int) -> Prepared:
    return Prepared(counts_query(views, roles, cap))


def page_query(view: View, roles: int, resumed: bool, limit: int) -> Select[Any]:
    """The tasks of one page in their order, each once for every candidate role."""
    ranges = [query.order_by(*query.selected_columns) for query in _ranges(view, roles, resumed)]
    page = union(*_cut(ranges, limit)).subquery()  # what is offered to two of the person's roles comes once
    return _rows_of(select(page).order_by(*page.c).limit(_written(limit)).subquery("page"))


def completed_query(resumed: bool, limit: int) -> Select[Any]:
    """The tasks a person completed, each once for every candidate role."""
    key = user_task.c.key
    page = select(key).where(user_task.c.completed_by == bindparam("person"))
    if resumed:
        page = page.where(key < bindparam("before"))
    return _rows_of(page.order_by(key.desc()).limit(_written(limit)).subquery("page"), newest_first=True)


def counts_query(views: Iterable[View], roles: int, cap: int) -> Select[Any]:
    """One row with a capped number for each view."""
    numbers = []
    for number, view in enumerate(views):
        ranges = [query.with_only_columns(query.selected_columns.key) for query in _ranges(view, roles, False)]
        every = union_all(*_cut(ranges, cap)).subquery()
        counted = select(every.c.key).distinct().limit(_written(cap)).subquery()
        numbers.append(select(func.count()).select_from(counted).scalar_subquery().label(f"count_{number}"))
    return select(*numbers)


def _ranges(view: View, roles: int, resumed: bool) -> list[Select[Any]]:
    """Each selects what its tasks are ordered by, the key being the last."""
    ranges = []
    if view.held:
        held = _range(view, user_task.c.key, user_task.c.due_at, resumed)
        ranges.append(held.where(user_task.c.assignee == bindparam("person"), OPEN))
    if view.offers:
        offers: ColumnElement[bool] = literal_column(view.offers)
        offered = _range(view, _OFFER.task_key, _OFFER.due_at, resumed).where(offers)
        ranges.append(offered.where(_TO_PERSON, _OFFER.candidate == bindparam("by_name")))
        ranges += [offered.where(_TO_ROLE, _OFFER.candidate == bindparam(f"role_{number}")) for number in range(roles)]
    return ranges


def _range(view: View, key: ColumnElement[int], due: ColumnElement[Any], resumed: bool) -> Select[Any]:
    after_key = bindparam("after_key", type_=Key)
    if not view.overdue:
        query = select(key.label("key"))
        return query.where(key > after_key) if resumed else query
    query = select(due.label("due_at"), key.label("key")).where(due < bindparam("now"))
    after = tuple_(bindparam("after_due", type_=UtcDateTime()), after_key)
    return query.where(tuple_(due, key) > after) if resumed else query


def _cut(ranges: Iterable[Select[Any]], limit: int) -> list[Select[Any]]:
    """Each at most so long, ready to be put together."""
    return [select(query.limit(_written(limit)).subquery()) for query in ranges]


def _rows_of(page: FromClause, *, newest_first: bool = False) -> Select[Any]:
    """Everything a list shows of the tasks of a page, in its order; a further row for each further candidate role."""
    roles = (_OFFER.task_key == user_task.c.key) & _TO_ROLE
    rows = select(*_ROW, _OFFER.candidate).join_from(page, user_task, user_task.c.key == page.c.key)
    order = [column.desc() if newest_first else column for column in page.c]
    return rows.join(user_task_offer, roles, isouter=True).order_by(*order, _OFFER.candidate)


def _written(number: int) -> ColumnElement[int]:
    """Not a parameter: planning must see that it is small."""
    return literal_column(str(int(number)))
