"""Applications to open an account, from submission to outcome."""

from bank.applications.applications import APPLICATION, Applications, access_mark
from bank.applications.door import ISSUE_ACCESS_CODE, ApplicantDoor, ApplicationDoor
from bank.applications.records import Application, Status

__all__ = [
    "APPLICATION",
    "ISSUE_ACCESS_CODE",
    "ApplicantDoor",
    "Application",
    "ApplicationDoor",
    "Applications",
    "Status",
    "access_mark",
]
