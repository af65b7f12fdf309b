"""Applications to open an account, from submission to outcome."""

from bank.applications.applications import Applications
from bank.applications.records import Application, Status

__all__ = ["Application", "Applications", "Status"]
