"""The journal: one append-only entry per command, chained by hashes; and the log of what changed no case."""

from __future__ import annotations

from engine.journal.chain import ChainVerdict, verify_chain
from engine.journal.entries import Head, JournalEntry, append, entries_of, following, read_entries
from engine.journal.operations import Operation, Outcome, read_operations, record_operation, refused_attempts

__all__ = [
    "ChainVerdict",
    "Head",
    "JournalEntry",
    "Operation",
    "Outcome",
    "append",
    "entries_of",
    "following",
    "read_entries",
    "read_operations",
    "record_operation",
    "refused_attempts",
    "verify_chain",
]
