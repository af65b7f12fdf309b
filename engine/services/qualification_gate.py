"""A task whose holder has lost the qualification it asks for goes back to its candidates (R055)."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.model.actor import Action, Actor
from engine.services.authorisation import may
from engine.services.command import CaseCommand
from engine.services.parts import EngineParts
from engine.services.task_detail import task_subject
from engine.services.transactions import run_once
from engine.store.states import InstanceState, TaskState
from engine.store.tasks import hand_task_to, lock_task

_ACTOR = Actor.system("qualification")
_COMMAND = "return_user_task"


def return_unqualified(parts: EngineParts, actor: Actor, key: int) -> None:
    """In a transaction of its own: give the task back if its qualification is all that keeps the actor from it.

    One that is offered to nobody stays with its holder: given back, nobody could take it any more.
    """

    def run(connection: Connection) -> None:
        locked = lock_task(connection, key)
        if locked is None or locked.task.state != TaskState.OPEN or locked.case.state != InstanceState.ACTIVE:
            return
        task = locked.task
        if task.assignee is None or task.assignee != actor.person or locked.candidates.nobody:
            return
        subject = task_subject(task, parts.programs.get(connection, locked.case.definition_key))
        refusal = may(parts, connection, actor, Action.COMPLETE, subject)
        otherwise = may(parts, connection, actor, Action.COMPLETE, subject | {"qualification": None})
        if refusal is None or otherwise is not None:
            return
        command = CaseCommand.of_active(parts, connection, _COMMAND, _ACTOR, locked.case)
        command.inputs |= {
            "number": task.number,
            "element": task.element_id,
            "holder": actor.person,
            "qualification": subject["qualification"],
            "code": refusal.code,
        }
        hand_task_to(connection, key, None)
        command.write()

    run_once(parts, f"{_COMMAND}:{key}", _ACTOR, None, run)
