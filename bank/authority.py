"""Which roles may do what to cases: the bank's answer to the engine's questions (R008, R082).

The table is `action_roles.json`. Internal audit and supervision appear under `view_case` alone; the
administrator has no business authority. `while_unstaffed` names roles that stand in as long as nobody in
the bank holds one of `roles`: the administrator who sets the bank up deploys the first processes.
Which tasks a person may claim is further narrowed by the task's candidates and by segregation of duties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import Connection

from bank.errors import ActionNotAuthorised
from bank.people import People
from persistence.errors import KaihuError


@dataclass(frozen=True, kw_only=True)
class ActionRule:
    """The roles an action asks for: one of them is enough."""

    roles: frozenset[str]
    while_unstaffed: frozenset[str] = frozenset()


def _read() -> dict[str, ActionRule]:
    rows: dict[str, dict[str, list[str]]] = orjson.loads(Path(__file__).with_name("action_roles.json").read_bytes())
    return {
        action: ActionRule(roles=frozenset(row["roles"]), while_unstaffed=frozenset(row.get("while_unstaffed", ())))
        for action, row in rows.items()
    }


ACTION_RULES: Mapping[str, ActionRule] = _read()
"""The rule of every action; an action that is not in the table is refused to everybody."""


class RoleAuthority:
    """Implements the engine's `Authority` port."""

    def __init__(self, people: People) -> None:
        self._people = people

    def roles(self, connection: Connection, person: int) -> frozenset[str]:
        """The roles the person holds now."""
        return self._people.roles(connection, person)

    def refusal(
        self, connection: Connection, person: int, action: str, subject: Mapping[str, str | int | None]
    ) -> KaihuError | None:
        """Why the person may not do `action`, or None; `subject` is not needed for rules by role alone."""
        rule = ACTION_RULES.get(action)
        held = self.roles(connection, person)
        if rule is not None and (held & rule.roles or self._stands_in(connection, rule, held)):
            return None
        return ActionNotAuthorised(action=action)

    def _stands_in(self, connection: Connection, rule: ActionRule, held: frozenset[str]) -> bool:
        if not held & rule.while_unstaffed:
            return False
        return not any(self._people.holders(connection, role) for role in rule.roles)
