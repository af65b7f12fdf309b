"""`kaihu password`: a person replaces the own password."""

from __future__ import annotations

import click

from bank.people import SignInDoor
from cli.composition import parts
from cli.sign_in import new_password, session_of


@click.command()
@click.argument("login")
def password(login: str) -> None:
    """Replace the password of LOGIN by one that only its person knows."""
    kaihu = parts()
    session, current = session_of(kaihu, login)
    SignInDoor(kaihu.database, kaihu.bank.people).change_password(session, current, new_password(kaihu.settings))
    click.echo("✓")
