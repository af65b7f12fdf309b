"""Accounts: what they hold, what they have used of their limits, and what was paid."""

from web.accounts.views import account_of_case, blueprint

__all__ = ["account_of_case", "blueprint"]
