"""Every view of the inbox is what a plain filter over all tasks gives, whatever people do to the tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Row, select

from engine.model.actor import Actor
from engine.model.errors import NotAuthorised
from engine.model.ports import PlainAuthority
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, TaskPage
from engine.store import inbox
from engine.store.states import TaskState
from engine.store.tables import user_task
from persistence.database import Database
from persistence.errors import KaihuError
from persistence.keys import HIGHEST, Keys
from tests.conftest import NOON, TestClock
from tests.engine.conftest import EveryDay, clerk, staff
from tests.engine.diagrams import chain, diagram, end, start

pytestmark = pytest.mark.requirement("R079")

ROLES = ("clerk", "reviewer", "supervisor")
PEOPLE = (11, 12, 13)
DUE_HOURS = (-50, -2, -1, 0, 1)


@dataclass
class Roster(PlainAuthority):
    """Who holds which roles; everybody may do everything else."""

    held: dict[int, frozenset[str]] = field(default_factory=dict)

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        return self.held.get(person, frozenset())

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        return None


@dataclass(frozen=True)
class Offer:
    """Whom a case's tasks are offered to, who holds them from the start, and when they are due."""

    roles: tuple[str, ...]
    persons: tuple[int, ...] = ()
    holder: int | None = None
    due_in: int | None = None
    """Hours from now."""

    @property
    def variables(self) -> dict[str, object]:
        due = None if self.due_in is None else (NOON + dt.timedelta(hours=self.due_in)).isoformat()
        holder = None if self.holder is None else str(self.holder)
        return {"roles": list(self.roles), "persons": [str(key) for key in self.persons], "holder": holder, "due": due}


def _offered_task(id_: str) -> tuple[str, str]:
    return id_, (
        f'<bpmn:userTask id="{id_}" name="{id_}"><bpmn:extensionElements><zeebe:userTask/>'
        '<zeebe:assignmentDefinition assignee="=holder" candidateGroups="=roles" candidateUsers="=persons"/>'
        '<zeebe:taskSchedule dueDate="=due"/></bpmn:extensionElements>{flows}</bpmn:userTask>'
    )


class Office:
    """An engine with a roster that tests set, and what it was told of each case."""

    def __init__(self, database: Database) -> None:
        self.database, self.roster, self.offers = database, Roster(), dict[str, Offer]()
        self.engine = ProcessEngine(
            database=database,
            keys=Keys.of(database),
            clock=TestClock(),
            authority=self.roster,
            calendar=EveryDay(),
            handlers={},
            resources=None,
        )
        two = chain(start(), _offered_task("first"), _offered_task("second"), end())
        self.engine.deployments.deploy(clerk, [diagram("offered", two)])

    def begin(self, offer: Offer) -> int:
        """A new case; the key of its first task."""
        number = f"AO-{len(self.offers)}"
        self.offers[number] = offer
        case = self.engine.process_instances.start(clerk, "offered", business_key=number, variables=offer.variables)
        return self.engine.user_tasks.of_case(clerk, case.key)[0].key

    def tasks(self) -> list[Row[tuple[object, ...]]]:
        with self.database.reading() as connection:
            return list(connection.execute(select(user_task).order_by(user_task.c.key)))

    def expected(self, person: int, view: InboxView) -> list[int]:
        """The keys a plain filter over all tasks gives, in the view's order."""
        rows = [row for row in self.tasks() if self._belongs(row, person, view)]
        if view is InboxView.OVERDUE:
            rows.sort(key=lambda row: (row.due_at, row.key))
        return [row.key for row in (reversed(rows) if view is InboxView.COMPLETED else rows)]

    def _belongs(self, row: Row[tuple[object, ...]], person: int, view: InboxView) -> bool:
        if view is InboxView.COMPLETED:
            return bool(row.state == TaskState.COMPLETED.value and row.completed_by == person)
        offer, roles = self.offers[row.business_key], self.roster.held.get(person, frozenset())
        mine, free = row.assignee == person, row.assignee is None
        offered = person in offer.persons or bool(roles & set(offer.roles))
        overdue = row.due_at is not None and row.due_at < NOON
        return (
            row.state == TaskState.OPEN.value
            and {
                InboxView.MINE: mine,
                InboxView.GROUPS: free and offered,
                InboxView.OVERDUE: overdue and (mine or (free and offered)),
                InboxView.ALL: mine or offered,
            }[view]
        )

    def pages(self, person: int, view: InboxView, limit: int) -> list[TaskPage]:
        """The view's pages one after the other."""
        pages = [self.page(person, view, limit, None)]
        while pages[-1].next is not None:
            pages.append(self.page(person, view, limit, pages[-1].next))
        return pages

    def page(self, person: int, view: InboxView, limit: int = 50, after: str | None = None) -> TaskPage:
        return self.engine.user_tasks.inbox(staff(person), view, Page(limit=limit, after=after))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def keys(page: TaskPage) -> list[int]:
    return [row.key for row in page.rows]


offers = st.builds(
    Offer,
    roles=st.lists(st.sampled_from(ROLES), max_size=3, unique=True).map(tuple),
    persons=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple),
    holder=st.none() | st.sampled_from(PEOPLE),
    due_in=st.none() | st.sampled_from(DUE_HOURS),
)
rosters = st.fixed_dictionaries({person: st.frozensets(st.sampled_from(ROLES)) for person in PEOPLE})
actions = st.lists(
    st.tuples(
        st.sampled_from(("claim", "claim", "release", "assign", "complete", "complete", "cancel")),
        st.integers(0, 30),
        st.sampled_from(PEOPLE),
    ),
    max_size=12,
)


def _act(office: Office, action: str, key: int, actor: Actor, case: int) -> None:
    tasks = office.engine.user_tasks
    match action:
        case "claim":
            tasks.claim(actor, key)
        case "release":
            tasks.release(actor, key)
        case "assign":
            tasks.assign(clerk, key, actor.person or 0)
        case "complete":
            tasks.complete(actor, key, {})
        case _:
            office.engine.process_instances.cancel(actor, case, "客户要求")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roster=rosters, new=st.lists(offers, min_size=1, max_size=6), acts=actions, limit=st.integers(1, 4))
def test_every_view_is_what_a_plain_filter_over_all_tasks_gives(
    office: Office,
    roster: dict[int, frozenset[str]],
    new: list[Offer],
    acts: list[tuple[str, int, int]],
    limit: int,
) -> None:
    office.roster.held = roster
    for offer in new:
        office.begin(offer)
    for action, number, person in acts:
        rows = [row for row in office.tasks() if row.state == TaskState.OPEN.value]
        if rows:
            row = rows[-1 - number % len(rows)]
            with suppress(KaihuError):  # a refused command must leave the views right, too
                _act(office, action, row.key, staff(person), row.instance_key)
    for person in PEOPLE:
        for view in InboxView:
            seen = [row for page in office.pages(person, view, limit) for row in page.rows]
            assert [row.key for row in seen] == office.expected(person, view), view
            assert all(row.candidate_groups == tuple(sorted(office.offers[row.business_key].roles)) for row in seen)
        counts = office.engine.user_tasks.counts(staff(person))
        views = (InboxView.MINE, InboxView.GROUPS, InboxView.OVERDUE)
        assert (counts.mine, counts.groups, counts.overdue) == tuple(len(office.expected(person, v)) for v in views)


def test_a_task_offered_to_two_of_my_roles_and_to_me_by_name_comes_once(office: Office) -> None:
    office.roster.held = {11: frozenset(ROLES)}
    key = office.begin(Offer(roles=ROLES, persons=(11,), due_in=-1))
    for view in (InboxView.GROUPS, InboxView.OVERDUE, InboxView.ALL):
        assert keys(office.page(11, view)) == [key]
    counts = office.engine.user_tasks.counts(staff(11))
    assert (counts.mine, counts.groups, counts.overdue) == (0, 1, 1)


def test_one_candidate_named_twice_is_one_candidate(office: Office) -> None:
    key = office.begin(Offer(roles=("clerk", "clerk"), persons=(11, 11)))
    assert keys(office.page(11, InboxView.GROUPS)) == [key]


def test_pages_neither_repeat_nor_leave_out_what_stays_while_others_work(office: Office) -> None:
    office.roster.held = {11: frozenset({"clerk"}), 12: frozenset({"clerk"})}
    tasks = [office.begin(Offer(roles=("clerk",), due_in=-1)) for _ in range(7)]
    for view in (InboxView.GROUPS, InboxView.OVERDUE):
        first = office.page(11, view, limit=2)
        taken, last_seen = keys(first)
        office.engine.user_tasks.claim(staff(12), taken)
        office.engine.user_tasks.claim(staff(12), last_seen)
        tasks = [key for key in tasks if key not in (taken, last_seen)]
        assert keys(office.page(11, view, after=first.next)) == tasks
        assert keys(office.page(11, view)) == tasks


def test_what_is_overdue_longest_comes_first(office: Office) -> None:
    office.roster.held = {11: frozenset({"clerk"})}
    young, old, mine = (
        office.begin(Offer(roles=("clerk",), holder=holder, due_in=due))
        for holder, due in ((None, -1), (None, -50), (11, -2))
    )
    assert keys(office.page(11, InboxView.OVERDUE)) == [old, mine, young]


MALFORMED = (
    "", "x", "-1", "1.5", "９", "9" * 19, "9" * 30, "_", "2026-03-02T04:00:00+00:00_", "2026-03-02_5", "yesterday_5",
    "2026-03-02T04:00:00_5", "2026-03-02T04:00:00+00:00_" + "9" * 30, "0001-01-01T00:00:00+23:59_x", "\0_1", "\ud800_1",
)  # fmt: skip


def test_a_cursor_that_is_none_is_taken_as_none(office: Office) -> None:
    office.roster.held = {11: frozenset({"clerk"})}
    free, mine = (office.begin(Offer(roles=("clerk",), due_in=-1, holder=holder)) for holder in (None, 11))
    done = office.begin(Offer(roles=(), holder=12))
    office.engine.user_tasks.complete(staff(12), done, {})
    for after in MALFORMED:
        assert keys(office.page(11, InboxView.MINE, after=after)) == [mine]
        assert keys(office.page(11, InboxView.GROUPS, after=after)) == [free]
        assert keys(office.page(11, InboxView.OVERDUE, after=after)) == [free, mine]
        assert keys(office.page(12, InboxView.COMPLETED, after=after)) == [done]


def test_a_cursor_at_either_end_of_time_is_answered(office: Office) -> None:
    office.roster.held = {11: frozenset({"clerk"})}
    key = office.begin(Offer(roles=("clerk",), due_in=-1))
    first, last = "0001-01-01T00:00:00+23:59_0", f"9999-12-31T23:59:59.999999-23:59_{HIGHEST}"
    assert keys(office.page(11, InboxView.OVERDUE, after=first)) == [key]
    assert keys(office.page(11, InboxView.OVERDUE, after=last)) == []
    assert keys(office.page(11, InboxView.GROUPS, after=str(HIGHEST))) == []


def test_a_cursor_of_another_view_is_taken_as_none(office: Office) -> None:
    office.roster.held = {11: frozenset({"clerk"})}
    tasks = [office.begin(Offer(roles=("clerk",), due_in=-1)) for _ in range(3)]
    of_groups = office.page(11, InboxView.GROUPS, limit=2).next
    of_overdue = office.page(11, InboxView.OVERDUE, limit=2).next
    assert keys(office.page(11, InboxView.OVERDUE, after=of_groups)) == tasks
    assert keys(office.page(11, InboxView.GROUPS, after=of_overdue)) == tasks


def test_a_count_stops_at_its_cap(office: Office) -> None:
    for holder in (None, None, None, 11, 11):
        office.begin(Offer(roles=("clerk", "reviewer"), holder=holder))
    reader = inbox.Reader(person=11, roles=frozenset({"clerk", "reviewer"}), now=NOON)
    views = (inbox.MINE, inbox.CLAIMABLE, inbox.OVERDUE, inbox.EVERY_OPEN)
    with office.database.reading() as connection:
        assert inbox.counts_of(connection, views, reader, 3) == (2, 3, 0, 3)
        assert inbox.counts_of(connection, views, reader, 4) == (2, 3, 0, 4)
        assert inbox.counts_of(connection, views, reader, 9) == (2, 3, 0, 5)


def test_customers_and_the_engine_itself_have_no_inbox(office: Office) -> None:
    for actor in (Actor.customer("C-1"), Actor.system("timer")):
        with pytest.raises(NotAuthorised):
            office.engine.user_tasks.inbox(actor, InboxView.MINE)
        with pytest.raises(NotAuthorised):
            office.engine.user_tasks.counts(actor)
