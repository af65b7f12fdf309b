"""`kaihu verify`: look at every journal chain, every document and the ledger, on either kind of database."""

from __future__ import annotations

import json
from contextlib import closing

import click

from cli.backup_archive import DOCUMENTS
from cli.soundness import print_soundness, soundness
from persistence.database import Database
from persistence.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def verify(settings: Settings, as_json: bool) -> None:
    """Check every case's hash chain, every document and the ledger. Says which moment the records stand for.

    For a database restored with its server's own tools, and for anyone who wants to know. Nothing is changed.
    """
    with closing(Database(settings.database_url)) as database:
        found = soundness(database, settings.home / DOCUMENTS)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=1))
    else:
        print_soundness(settings, found)
    found.require()
