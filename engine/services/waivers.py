"""A step given up on purpose: by somebody with the authority to, for a reason, on record (R086).

The diagram says which tasks may be waived and what stands in for their result; nothing else skips a step.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from engine.feel import compile_expression
from engine.interpreter import CALENDAR_FUNCTIONS
from engine.model.elements import Element
from engine.model.values import Value, normalise
from engine.services.command import CaseCommand
from engine.services.errors import NotWaivable, WaiverIncomplete, WaiverUnfit

_LONGEST_REASON, _LONGEST_REFERENCE = 1_000, 200


def require_waivable(element: Element) -> None:
    """Raises NotWaivable unless the diagram says that the task may be waived."""
    if element.waiver is None:
        name = element.name or element.name_en or element.id
        raise NotWaivable(element=name, element_en=element.name_en or name)


def require_grounds(reason: str, reference: str) -> None:
    """Raises WaiverIncomplete unless both are told."""
    if not (0 < len(reason.strip()) <= _LONGEST_REASON and 0 < len(reference.strip()) <= _LONGEST_REFERENCE):
        raise WaiverIncomplete(reason=_LONGEST_REASON, reference=_LONGEST_REFERENCE)


def stand_in(command: CaseCommand, element: Element, task: Row[Any]) -> dict[str, Value]:
    """The variables in place of the task's result, evaluated where the task is. Raises WaiverUnfit."""
    assert element.waiver is not None  # asked before
    expression = compile_expression(element.waiver.strip().removeprefix("="), CALENDAR_FUNCTIONS)
    value = normalise(expression.evaluate(command.case.job_variables(task.number), command.environment.feel()))
    if not isinstance(value, dict):
        raise WaiverUnfit(element=element.id)
    return value
