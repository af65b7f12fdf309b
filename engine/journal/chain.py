"""Whether a case's journal is whole: every entry follows the one before it and has the hash of its content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.journal.entries import GENESIS, entry_hash, rows_of
from engine.store.tables import process_instance


@dataclass(frozen=True, kw_only=True)
class ChainVerdict:
    """`broken_at` is the number of the first entry that is wrong or missing; None when the chain is whole."""

    instance_key: int
    entries: int
    head: str
    """Hash of the last entry that is right."""
    broken_at: int | None = None
    reason_en: str = ""
    reason_zh: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed, inserted or reordered."""
        return self.broken_at is None


def verify_chain(connection: Connection, instance_key: int) -> ChainVerdict:
    """Compute every hash of the case again; entries cut off at the end show against the case's own row."""
    expected, seq = GENESIS, 0

    def broken(at: int, en: str, zh: str) -> ChainVerdict:
        return ChainVerdict(
            instance_key=instance_key, entries=seq, head=expected, broken_at=at, reason_en=en, reason_zh=zh
        )

    for row in rows_of(connection, instance_key):
        if row["seq"] != seq + 1:
            return broken(seq + 1, "The entry is missing.", "该条目缺失。")
        if row["prev_hash"] != expected:
            return broken(row["seq"], "It does not follow the entry before it.", "与前一条目不衔接。")
        if entry_hash(dict(row)) != row["hash"]:
            return broken(row["seq"], "Its content has been changed.", "条目内容被改动。")
        expected, seq = row["hash"], row["seq"]
    last = connection.execute(
        select(process_instance.c.seq, process_instance.c.hash).where(process_instance.c.key == instance_key)
    ).first()
    if last is not None and (last.seq, last.hash) != (seq, expected):
        return broken(seq + 1, "Entries are missing at the end.", "末尾条目缺失。")
    return ChainVerdict(instance_key=instance_key, entries=seq, head=expected)
