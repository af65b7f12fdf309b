"""The customer's pages: apply, follow the application, hand in documents, sign, activate.

They need no account and no script. A customer acts in one case only, named by its number and opened by its
access code or by the activation link; nothing here shows what the bank checks or thinks of the customer.
"""

from web.public import activation, agreement, application, documents, status
from web.public.blueprint import blueprint

__all__ = ["activation", "agreement", "application", "blueprint", "documents", "status"]
