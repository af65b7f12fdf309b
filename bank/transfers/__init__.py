"""Payments out of and into accounts: orders, limits, reservations, posting (CP3, R090)."""

from bank.transfers.errors import IncomingRefused, OrderRefused, OverLimit, TransferRefused
from bank.transfers.incoming import IncomingPayments
from bank.transfers.orders import check_order
from bank.transfers.records import (
    Channel,
    IncomingPayment,
    IncomingSource,
    LimitCheck,
    LimitLine,
    Transfer,
    TransferKind,
    TransferRules,
    TransferStatus,
    Usage,
)
from bank.transfers.transfers import Transfers

__all__ = [
    "Channel",
    "IncomingPayment",
    "IncomingPayments",
    "IncomingRefused",
    "IncomingSource",
    "LimitCheck",
    "LimitLine",
    "OrderRefused",
    "OverLimit",
    "Transfer",
    "TransferKind",
    "TransferRefused",
    "TransferRules",
    "TransferStatus",
    "Transfers",
    "Usage",
    "check_order",
]
