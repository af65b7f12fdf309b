"""The bank as its doors and workers see it: every service, built once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bank.accounts import Accounts
from bank.agreements import Agreements
from bank.applications import Applications
from bank.authority import RoleAuthority
from bank.calendar import BusinessCalendar
from bank.clock import Clock
from bank.customers import Customers
from bank.delegation import Delegations
from bank.documents import Documents
from bank.ledger import Ledger
from bank.parameters import Parameters
from bank.people import People
from bank.qualifications import Qualifications
from bank.transfers import IncomingPayments, Transfers


@dataclass(frozen=True, kw_only=True)
class Bank:
    """The services; each method takes the open connection of its caller's transaction."""

    parameters: Parameters
    people: People
    delegations: Delegations
    qualifications: Qualifications
    authority: RoleAuthority
    calendar: BusinessCalendar
    applications: Applications
    customers: Customers
    accounts: Accounts
    agreements: Agreements
    documents: Documents
    ledger: Ledger
    incoming: IncomingPayments
    transfers: Transfers


def build(clock: Clock, home: Path) -> Bank:
    """The bank with its files below the folder `home`."""
    parameters = Parameters()
    people, customers = People(clock, parameters), Customers()
    delegations = Delegations(clock, people, parameters)
    qualifications = Qualifications(clock, parameters)
    accounts, ledger, calendar = Accounts(parameters), Ledger(), BusinessCalendar(parameters)
    incoming = IncomingPayments(accounts, ledger, parameters)
    return Bank(
        parameters=parameters,
        people=people,
        delegations=delegations,
        qualifications=qualifications,
        authority=RoleAuthority(people, delegations, qualifications),
        calendar=calendar,
        applications=Applications(clock, customers),
        customers=customers,
        accounts=accounts,
        agreements=Agreements.shipped(),
        documents=Documents(clock, parameters, home / "documents"),
        ledger=ledger,
        incoming=incoming,
        transfers=Transfers(accounts, ledger, incoming, calendar, parameters),
    )
