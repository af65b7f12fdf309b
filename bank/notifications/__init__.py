"""Letters to customers: on record before they leave, and sent once."""

from bank.notifications.outbox import Outbox
from bank.notifications.records import Channel, Letter, Notification, State

__all__ = ["Channel", "Letter", "Notification", "Outbox", "State"]
