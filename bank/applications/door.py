"""The doors the pages use for applications: each method is one transaction, so that pages open none."""

from __future__ import annotations

from bank.applications.applications import APPLICATION, Applications
from bank.authority import RoleAuthority
from persistence.database import Database

ISSUE_ACCESS_CODE = "issue_access_code"
"""An action of the bank alone; the engine knows nothing of access codes."""


class ApplicationDoor:
    """What the staff do for a customer outside the tasks of the case."""

    def __init__(self, database: Database, applications: Applications, authority: RoleAuthority) -> None:
        self._database = database
        self._applications = applications
        self._authority = authority

    def may_issue_access_code(self, person: int) -> bool:
        """Whether the person may give a customer a new access code."""
        with self._database.reading() as connection:
            return self._authority.refusal(connection, person, ISSUE_ACCESS_CODE, {}) is None

    def issue_access_code(self, business_key: str, *, by: int) -> str:
        """A new access code for the customer of a case, in place of an earlier one (R020, R082).

        `by` is the key of the person who hands it over. Raises ActionNotAuthorised.
        """
        with self._database.transaction() as transaction:
            refusal = self._authority.refusal(transaction.connection, by, ISSUE_ACCESS_CODE, {})
            if refusal is not None:
                raise refusal
            return self._applications.issue_access_code(transaction.connection, business_key)


class ApplicantDoor:
    """What the customer's pages ask; the access code lets a customer in, no role does."""

    def __init__(self, database: Database, applications: Applications) -> None:
        self._database = database
        self._applications = applications

    def number_for(self, request: str, prefix: str = APPLICATION) -> str:
        """The case number of a request, the same however often it is sent."""
        with self._database.transaction() as transaction:
            return self._applications.number_for(transaction.connection, request, prefix)

    def access_code(self, business_key: str) -> str:
        """A new access code for who has just applied, in place of an earlier one (R020)."""
        with self._database.transaction() as transaction:
            return self._applications.issue_access_code(transaction.connection, business_key)

    def access_granted(self, business_key: str, code: str) -> bool:
        """Whether number and code belong together."""
        with self._database.reading() as connection:
            return self._applications.access_granted(connection, business_key, code)

    def access_stands(self, business_key: str, mark: str) -> bool:
        """Whether the code with this mark is still the one in force."""
        with self._database.reading() as connection:
            return self._applications.access_stands(connection, business_key, mark)
