"""Which roles may do what to cases: the bank's answer to the engine's questions (R008, R082).

The table is `action_roles.json`. Internal audit and supervision appear under `view_case` alone; the
administrator has no business authority. `while_unstaffed` names roles that stand in as long as nobody in
the bank holds one of `roles`: the administrator who sets the bank up deploys the first processes.
`processes` and, within them, `elements` name the roles that hold there in place of the general ones (the innermost
rule decides alone); a process is the one whose diagram has the element, and of a case the one it was started with.
Which tasks a person may claim is further narrowed by the task's candidates and by segregation of duties.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection

from bank.clock import local_date
from bank.delegation import Delegations, PersonAbsent
from bank.errors import ActionNotAuthorised, ReferenceDataWrong
from bank.people import People
from bank.qualifications import QUALIFICATIONS, Qualifications
from persistence.errors import KaihuError

Subject: TypeAlias = Mapping[str, str | int | None]


@dataclass(frozen=True, kw_only=True)
class ActionRule:
    """The roles an action asks for: one of them is enough."""

    roles: frozenset[str]
    while_unstaffed: frozenset[str] = frozenset()
    processes: Mapping[str, ActionRule] = field(default_factory=dict)
    elements: Mapping[str, ActionRule] = field(default_factory=dict)
    """Of a rule for one process only."""

    def at(self, subject: Subject) -> ActionRule:
        """The rule that holds for the subject: that of its element, else of its process, else this one."""
        process = self.processes.get(str(subject.get("process_id")))
        if process is None:
            return self
        return process.elements.get(str(subject.get("element_id")), process)


_NESTED = {"processes": "elements", "elements": ""}
"""What a rule may be narrowed by; a rule within it, by what comes next."""


def read_rules(rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, ActionRule]:
    """The rules of a table as `action_roles.json` has it. Raises ReferenceDataWrong for anything it may not say."""
    return {action: _rule(action, row, "processes") for action, row in rows.items()}


def _rule(name: str, row: Mapping[str, Any], narrowed_by: str) -> ActionRule:
    if not row.get("roles") or row.keys() - {"roles", "while_unstaffed", narrowed_by}:
        raise ReferenceDataWrong(name=name)  # a misspelt word would open or shut a door without a sound
    nested = {
        key: _rule(f"{name}.{key}", inner, _NESTED[narrowed_by]) for key, inner in row.get(narrowed_by, {}).items()
    }
    return ActionRule(
        roles=frozenset(row["roles"]),
        while_unstaffed=frozenset(row.get("while_unstaffed", ())),
        **({narrowed_by: nested} if nested else {}),
    )


ACTION_RULES = read_rules(orjson.loads(Path(__file__).with_name("action_roles.json").read_bytes()))
"""The rule of every action; an action that is not in the table is refused to everybody."""


_NEW_WORK = frozenset({"claim"})
"""What an absent person neither does nor is given (the engine asks for `claim` on behalf of who is assigned a task)."""

_QUALIFIED = frozenset({"claim", "complete"})
"""What the qualification of a task is asked for; to give a task back, or to hand it to somebody, needs none."""


class RoleAuthority:
    """Implements the engine's `Authority` port."""

    def __init__(
        self,
        people: People,
        delegations: Delegations,
        qualifications: Qualifications,
        rules: Mapping[str, ActionRule] = ACTION_RULES,
    ) -> None:
        self._people, self._delegations, self._qualifications = people, delegations, qualifications
        self._rules = rules

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        """The roles the person holds now, as a deputy too."""
        return self._delegations.standing(connection, person).roles

    def refusal(self, connection: Connection, person: int, action: str, subject: Subject) -> KaihuError | None:
        """Why the person may not do `action` to the subject, or None."""
        standing = self._delegations.standing(connection, person)
        if not self._allows(connection, standing.roles, action, subject):
            return ActionNotAuthorised(action=action)
        if standing.absent_until is not None and action in _NEW_WORK:
            return PersonAbsent(until=local_date(standing.absent_until).isoformat())
        qualification = subject.get("qualification")
        if qualification is None or action not in _QUALIFIED:
            return None
        return self._qualifications.refusal(connection, person, str(qualification))

    def knows_qualification(self, qualification: str) -> bool:
        """Whether the bank's register has it."""
        return qualification in QUALIFICATIONS

    def bound_with(self, connection: Connection, person: int) -> frozenset[int]:
        """The person and whom they deputise now, whatever roles are left of it."""
        return frozenset({person, *self._delegations.standing(connection, person).deputised})

    def on_behalf_of(
        self, connection: Connection, person: int, action: str, subject: Subject, candidates: Collection[str]
    ) -> int | None:
        """The first of those they deputise whose roles are needed for it; None when their own are enough."""
        standing = self._delegations.standing(connection, person)
        if not standing.deputised:
            return None

        def enough(roles: frozenset[str]) -> bool:
            offered = not candidates or not roles.isdisjoint(candidates)
            return offered and self._allows(connection, roles, action, subject)

        if enough(standing.own):
            return None
        return next((other for other, roles in standing.deputised.items() if enough(standing.own | roles)), None)

    def _allows(self, connection: Connection, held: frozenset[str], action: str, subject: Subject) -> bool:
        general = self._rules.get(action)
        if general is None:
            return False
        rule = general.at(subject)
        return bool(held & rule.roles) or self._stands_in(connection, rule, held)

    def _stands_in(self, connection: Connection, rule: ActionRule, held: frozenset[str]) -> bool:
        if not held & rule.while_unstaffed:
            return False
        return not any(self._people.holders(connection, role) for role in rule.roles)
