"""The bank's numbers, each version of them with its source and who agreed to it."""

from bank.parameters.door import ParameterDoor
from bank.parameters.errors import BasisChanged, ParameterValueRefused
from bank.parameters.parameters import Parameters
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
    "Adoption",
    "BasisChanged",
    "CalendarDay",
    "Certainty",
    "Change",
    "ChangeKind",
    "NewValue",
    "Parameter",
    "ParameterDoor",
    "ParameterSet",
    "ParameterValue",
    "ParameterValueRefused",
    "Parameters",
]
