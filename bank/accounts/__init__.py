"""The bank's accounts: opening, limits, activation and the service file."""

from bank.accounts.accounts import Accounts
from bank.accounts.errors import ActivationOverdue, ActivationSpent, LimitsNotInOrder
from bank.accounts.records import Account, AccountStatus, Activation, LimitPeriod, Profile, StatusChange, StatusReason

__all__ = [
    "Account",
    "AccountStatus",
    "Accounts",
    "Activation",
    "ActivationOverdue",
    "ActivationSpent",
    "LimitPeriod",
    "LimitsNotInOrder",
    "Profile",
    "StatusChange",
    "StatusReason",
]
