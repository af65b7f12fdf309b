"""`kaihu migrate`: bring the database's schema to a revision, for upgrades that are planned and for taking one back."""

from __future__ import annotations

from contextlib import closing

import click

from cli.wording import in_language
from persistence.database import Database
from persistence.errors import ErrorKind, KaihuError
from persistence.migrations import REVISIONS, downgrade, require_known, revision_of, taken_back, upgrade
from persistence.settings import Settings


class DataWouldBeLost(KaihuError):
    """Taking migrations back removes what only they made room for. Fields: `revisions`."""

    code = "data_would_be_lost"
    kind = ErrorKind.CONFLICT
    en = (
        "This takes back {revisions} and loses the data that only they have a place for. Nothing was changed. Make a "
        "backup, stop every other Kaihu, then repeat with --lose-data"
    )
    zh = (
        "此操作将回退 {revisions}，仅存于其中的数据会丢失，尚未作任何改动。"
        "请先备份并停止所有进程，再加 --lose-data 执行。"
    )


@click.command()
@click.option("--to", "revision", default=REVISIONS[-1], show_default=True, help="A revision, or `base` for none.")
@click.option("--lose-data", is_flag=True, help="Take migrations back although data is lost with them.")
@click.pass_obj
def migrate(settings: Settings, revision: str, lose_data: bool) -> None:
    """Bring the database to a schema revision.

    Every command that opens the database brings it to the newest one by itself; this one does so ahead of them, or
    takes migrations back before an older version of Kaihu is started.
    """
    with closing(Database(settings.database_url)) as database:
        with database.reading() as connection:
            found = revision_of(connection)
        require_known(found)
        back = taken_back(found, revision)
        if back and not lose_data:
            raise DataWouldBeLost(revisions=", ".join(back))
        if back:
            downgrade(database, revision)
        elif revision != "base":
            upgrade(database, revision)
    before = found or "base"
    click.echo(in_language(settings, zh=f"数据库结构：{before} → {revision}", en=f"schema: {before} → {revision}"))
