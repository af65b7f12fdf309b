"""The bank's numbers, each version of them with its source and who agreed to it."""

from bank.parameters.door import ParameterDoor
from bank.parameters.errors import BasisChanged, ParameterValueRefused, ThreePersonsNeeded
from bank.parameters.parameters import Parameters
from bank.parameters.proposals import CALENDAR, Difference, Proposal, read_proposal
from bank.parameters.records import (
    Adoption,
    CalendarDay,
    Certainty,
    Change,
    ChangeKind,
    NewValue,
    Parameter,
    ParameterSet,
    ParameterValue,
)

__all__ = [
    "CALENDAR",
    "Adoption",
    "BasisChanged",
    "CalendarDay",
    "Certainty",
    "Change",
    "ChangeKind",
    "Difference",
    "NewValue",
    "Parameter",
    "ParameterDoor",
    "ParameterSet",
    "ParameterValue",
    "ParameterValueRefused",
    "Parameters",
    "Proposal",
    "ThreePersonsNeeded",
    "read_proposal",
]
