"""The bank's tables, gathered so that migrations and tests see them all: importing them registers them."""

from bank import counters
from bank.accounts import tables as accounts
from bank.agreements import tables as agreements
from bank.applications import tables as applications
from bank.customers import tables as customers
from bank.delegation import tables as delegation
from bank.documents import tables as documents
from bank.ledger import tables as ledger
from bank.notifications import tables as notifications
from bank.parameters import tables as parameters
from bank.people import tables as people
from bank.qualifications import tables as qualifications
from bank.transfers import tables as transfers

REGISTERED = (
    accounts,
    agreements,
    applications,
    counters,
    customers,
    delegation,
    documents,
    ledger,
    notifications,
    parameters,
    people,
    qualifications,
    transfers,
)
"""The modules whose tables stand on `persistence.schema.metadata`."""
