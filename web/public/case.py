"""The case as its customer may know it: where it stands in plain words, and what is asked of them.

Checks, ratings, opinions and the people who decide never leave this file: a customer must not be tipped off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bank.accounts import Account, AccountStatus
from bank.applications import Status
from bank.applications.records import OPEN
from bank.checks.fields import part
from engine.model.actor import Actor
from engine.model.values import Value
from engine.services.answers import Activity, ProcessInstance
from engine.store.states import ActivityState, InstanceState
from web.services import services

STAGES = ("identify_customer", "review_application", "sign_contract", "open_account", "serve_customer")
"""The main diagram's stages in order."""

_WITHDRAWABLE = frozenset({*STAGES[:3], "set_up_account", "await_activation"})
"""Where the diagrams take a withdrawal; in the fourth stage only before and after the account is created."""


_SHOWN_DIGITS = 4  # of an account number


class Wait(Enum):
    """What a customer may be asked for; the value is the element of the diagrams that waits."""

    SUPPLEMENT = "supplement_documents"
    SUPPLEMENT_AT_BRANCH = "receive_supplement"
    HAND_IN = "collect_documents"
    SIGN = "sign_agreement"
    ACTIVATE = "await_activation"


class Outcome(Enum):
    """How an application ended."""

    OPENED = "opened"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"
    """Ended by the bank without one of the others."""


@dataclass(frozen=True, kw_only=True)
class CustomerCase:
    """One case, read at once."""

    instance: ProcessInstance
    activities: tuple[Activity, ...]
    application: Mapping[str, object]
    """As entered; of it only what the customer typed is shown."""
    outcome: Outcome | None
    account: Account | None

    @property
    def number(self) -> str:
        """The application number."""
        return self.instance.business_key

    @property
    def actor(self) -> Actor:
        """The customer towards the engine."""
        return Actor.customer(self.number)

    @property
    def account_active(self) -> bool:
        """Whether the account can be used."""
        return self.account is not None and self.account.status is AccountStatus.ACTIVE

    @property
    def may_withdraw(self) -> bool:
        """Whether the case takes a withdrawal now."""
        return self.outcome is None and any(each.element_id in _WITHDRAWABLE for each in self._open())

    def waiting(self, wait: Wait) -> Activity | None:
        """The open step that waits for this, if any."""
        return next((each for each in self._open() if each.element_id == wait.value), None)

    def was_done(self, wait: Wait, number: str) -> bool:
        """Whether the step with this number, as a page carried it, waited for this and has been completed."""
        return any(
            str(each.number) == number and each.element_id == wait.value and each.state == ActivityState.COMPLETED.value
            for each in self.activities
        )

    def stage_states(self) -> list[tuple[str, str]]:
        """(stage, "completed", "active" or "upcoming") of the five stages."""
        latest = {each.element_id: each for each in self.activities if each.element_id in STAGES}
        states = [(stage, _stage_state(latest.get(stage))) for stage in STAGES]
        return [(STAGES[0], "active"), *states[1:]] if not latest else states

    def visible_at(self, activity: Activity) -> Mapping[str, Value]:
        """The variables the open step sees."""
        return services().engine.history.variables_at(self.actor, self.instance.key, activity.number)

    def _open(self) -> Iterator[Activity]:
        return (each for each in self.activities if each.ended_at is None)


def _stage_state(activity: Activity | None) -> str:
    if activity is None:
        return "upcoming"
    return "completed" if activity.state == ActivityState.COMPLETED.value else "active"


def read_case(business_key: str) -> CustomerCase:
    """The case with this number, for its customer. Raises NotFound."""
    actor, engine, bank = Actor.customer(business_key), services().engine, services().bank
    instance = engine.process_instances.find(actor, business_key)
    with services().database.reading() as connection:
        record = bank.applications.find(connection, business_key)
        account = bank.accounts.of_case(connection, business_key)
    return CustomerCase(
        instance=instance,
        activities=tuple(engine.history.activities(actor, instance.key)),
        application=part(engine.history.variables(actor, instance.key).root, "application"),
        outcome=_outcome(instance, record.status if record else None),
        account=account,
    )


def _outcome(instance: ProcessInstance, status: Status | None) -> Outcome | None:
    if status is Status.CANCELLED:
        return Outcome.CLOSED
    if status is not None and status not in OPEN:
        return Outcome(status.value)
    return None if instance.state is InstanceState.ACTIVE else Outcome.CLOSED


def masked(number: str) -> str:
    """An account number of which only the end is shown."""
    return f"**** {number[-_SHOWN_DIGITS:]}"


def moment_of(written: str) -> dt.datetime | None:
    """The time in a variable, None when there is none."""
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        return None
