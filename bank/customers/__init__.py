"""The bank's customers: one record per subject."""

from bank.customers.customers import Customers, canonical
from bank.customers.records import Customer

__all__ = ["Customer", "Customers", "canonical"]
