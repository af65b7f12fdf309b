"""The interpreter: BPMN diagrams parsed, linked to programs, and cases run through them.

The only importer of SpiffWorkflow, which moves the tokens; the variables live in our own scopes.
"""

from __future__ import annotations

from engine.interpreter.commands import Case
from engine.interpreter.dialect import parse_diagram
from engine.interpreter.environment import CALENDAR_FUNCTIONS, CaseEnvironment
from engine.interpreter.errors import DiagramRefused, StepBudgetSpent
from engine.interpreter.process_model import Diagram, ProcessModel, Program, link
from engine.interpreter.schedule import Schedule, business_key_at, schedule_of
from engine.interpreter.scopes import VariableChanges
from engine.interpreter.shared_writes import SharedWrite, shared_writes

__all__ = [
    "CALENDAR_FUNCTIONS",
    "Case",
    "CaseEnvironment",
    "Diagram",
    "DiagramRefused",
    "ProcessModel",
    "Program",
    "Schedule",
    "SharedWrite",
    "StepBudgetSpent",
    "VariableChanges",
    "business_key_at",
    "link",
    "parse_diagram",
    "schedule_of",
    "shared_writes",
]
