"""The database's shape, step by step; `upgrade` brings any database to the present one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from persistence.database import Database
from persistence.errors import ErrorKind, KaihuError

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent
REVISIONS = tuple(sorted(file.name.partition("_")[0] for file in (_HERE / "versions").glob("[0-9]*.py")))
"""Every revision this program knows, in order; the last one is the shape its code is written for."""

_LOCK = 0x6B616968  # any number of our own: two processes that start at once must not both migrate


class SchemaTooNew(KaihuError):
    """A newer program has migrated this database. Fields: `found`, `known`."""

    code = "schema_too_new"
    kind = ErrorKind.UNAVAILABLE
    en = (
        "The database has schema revision {found}; this version of Kaihu knows none after {known}. Nothing changed. "
        "Start the newer version, or take the schema back with the newer version's: kaihu migrate --to {known}"
    )
    zh = (
        "数据库结构版本为 {found}，当前程序最高支持 {known}，未作任何改动。"
        "请启动较新的版本，或用较新的版本执行 kaihu migrate --to {known} 回退数据库结构。"
    )


class RevisionUnknown(KaihuError):
    """There is no such revision. Fields: `asked`, `allowed`."""

    code = "revision_unknown"
    kind = ErrorKind.NOT_FOUND
    en = "There is no schema revision {asked}. Known: base, {allowed}."
    zh = "不存在数据库结构版本 {asked}，可用：base、{allowed}。"


def revision_of(connection: Connection) -> str | None:
    """The revision the database has; None when nothing was ever migrated, or everything taken back."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def require_known(found: str | None) -> None:
    """Raises SchemaTooNew for a revision of a newer program."""
    if found is not None and found not in REVISIONS:
        raise SchemaTooNew(found=found, known=REVISIONS[-1])


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every migration the database has not seen, in one transaction. Raises SchemaTooNew, RevisionUnknown.

    A database that is up to date is only looked at.
    """
    target = REVISIONS[-1] if revision == "head" else _known(revision)
    with database.reading() as connection:
        found = revision_of(connection)
    require_known(found)
    if found == target:
        return
    from alembic import command  # noqa: PLC0415  slow to import, and seldom needed

    with database.transaction() as transaction:
        _alone(transaction.connection)
        require_known(revision_of(transaction.connection))  # a newer program may have been first
        command.upgrade(_config(transaction.connection), target)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back to `revision` ("base": all of them); what they added is lost.

    Raises SchemaTooNew, RevisionUnknown.
    """
    target = revision if revision == "base" else _known(revision)
    from alembic import command  # noqa: PLC0415  as above

    with database.transaction() as transaction:
        _alone(transaction.connection)
        require_known(revision_of(transaction.connection))
        command.downgrade(_config(transaction.connection), target)


def taken_back(found: str | None, revision: str) -> tuple[str, ...]:
    """The revisions that `downgrade` to `revision` undoes on a database at `found`, the latest first."""
    target = "" if revision == "base" else _known(revision)
    return tuple(known for known in reversed(REVISIONS) if target < known <= (found or ""))


def _known(revision: str) -> str:
    if revision not in REVISIONS:
        raise RevisionUnknown(asked=revision, allowed=", ".join(REVISIONS))
    return revision


def _alone(connection: Connection) -> None:
    """Wait until no other process migrates, and keep others waiting until the transaction ends."""
    if connection.dialect.name == "postgresql":  # on SQLite the transaction itself does it
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config
