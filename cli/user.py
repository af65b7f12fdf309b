"""`kaihu user`: make a person with a login; the first one becomes the administrator."""

from __future__ import annotations

import click

from bank.people import ROLES, Side
from cli.composition import parts
from cli.sign_in import sign_in
from cli.wording import in_language, role_name
from persistence.settings import Settings

STAFF_ROLES = sorted(name for name, role in ROLES.items() if role.side is not Side.CUSTOMER)


@click.command()
@click.argument("login")
@click.option("--name-zh", required=True, help="The person's Chinese name.")
@click.option("--name-en", required=True, help="The person's name in Latin script.")
@click.option("--role", "roles", multiple=True, type=click.Choice(STAFF_ROLES), help="May be given several times.")
@click.option("--by", help="Login of the administrator who grants the roles; not for the first administrator.")
def user(login: str, name_zh: str, name_en: str, roles: tuple[str, ...], by: str | None) -> None:
    """Make a person with the login name LOGIN and print the generated password once.

    Without --by this makes the very first administrator, and nobody else.
    """
    kaihu = parts()
    granter = sign_in(kaihu, by).person if by else None
    with kaihu.database.transaction() as transaction:
        person = kaihu.bank.people.add(transaction.connection, name_zh=name_zh, name_en=name_en)
        _, password = kaihu.bank.people.logins.add(transaction.connection, person.key, login)
        granted = roles or ("administrator",)
        for role in granted:
            kaihu.bank.people.grant(transaction.connection, person.key, role, by=granter)
    names = ", ".join(f"{role_name(kaihu.settings, role)} ({role})" for role in granted)
    click.echo(f"{login}  {password}  {names}")
    click.echo(_once(kaihu.settings, login), err=True)


def _once(settings: Settings, login: str) -> str:
    return in_language(
        settings,
        zh=f"密码仅显示这一次，首次登录时须更换，也可使用命令 kaihu password {login}。",
        en=f"The password is shown this once; change it when signing in, or with kaihu password {login}.",
    )
