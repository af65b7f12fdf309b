"""Deputies and absences."""

from bank.delegation.delegations import Delegations, delegable
from bank.delegation.errors import (
    AlreadyEnded,
    DelegationIncomplete,
    DelegationNotYours,
    DelegationTimeWrong,
    DeputyMayNotGive,
    DeputyNotActive,
    OwnDeputyRefused,
    PersonAbsent,
    ReasonMissing,
    RoleNotDelegable,
)
from bank.delegation.records import Absence, Change, Delegation, DelegationEvent, Standing

__all__ = [
    "Absence",
    "AlreadyEnded",
    "Change",
    "Delegation",
    "DelegationEvent",
    "DelegationIncomplete",
    "DelegationNotYours",
    "DelegationTimeWrong",
    "Delegations",
    "DeputyMayNotGive",
    "DeputyNotActive",
    "OwnDeputyRefused",
    "PersonAbsent",
    "ReasonMissing",
    "RoleNotDelegable",
    "Standing",
    "delegable",
]
