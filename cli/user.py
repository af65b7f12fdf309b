"""`kaihu user`: make a person with a login, the first one as administrator; reset, bar and admit logins."""

from __future__ import annotations

import click

from bank.people import ROLES, Login, LoginDoor, Side
from cli.composition import parts
from cli.parts import Parts
from cli.sign_in import sign_in
from cli.wording import in_language, role_name
from engine.journal import Outcome
from engine.model.actor import Actor
from persistence.errors import KaihuError
from persistence.settings import Settings

STAFF_ROLES = sorted(name for name, role in ROLES.items() if role.side is not Side.CUSTOMER)


@click.command()
@click.argument("login")
@click.option("--name-zh", help="The new person's Chinese name.")
@click.option("--name-en", help="The new person's name in Latin script.")
@click.option("--role", "roles", multiple=True, type=click.Choice(STAFF_ROLES), help="May be given several times.")
@click.option("--reset-password", "change", flag_value="reset_password", help="Give LOGIN a new password; unlocks it.")
@click.option("--disable", "change", flag_value="disable_login", help="Bar LOGIN and end its sessions.")
@click.option("--enable", "change", flag_value="enable_login", help="Let LOGIN sign in again.")
@click.option("--by", help="Login of the administrator who does this; not for the first administrator.")
def user(
    login: str, name_zh: str | None, name_en: str | None, roles: tuple[str, ...], change: str | None, by: str | None
) -> None:
    """Make a person with the login name LOGIN and print the generated password once, or change a login there is.

    Without --by this makes the very first administrator, and nobody else.
    """
    if change is not None:
        if by is None or name_zh or name_en or roles:
            raise click.UsageError("A login is changed with --by, and without names and roles.")
        _change(login, change, by)
    elif name_zh and name_en:
        _make(login, name_zh, name_en, roles or ("administrator",), by)
    else:
        raise click.UsageError("A new person needs --name-zh and --name-en.")


def _make(login: str, name_zh: str, name_en: str, roles: tuple[str, ...], by: str | None) -> None:
    kaihu = parts()
    granter = sign_in(kaihu, by).person if by else None
    with kaihu.database.transaction() as transaction:
        person = kaihu.bank.people.add(transaction.connection, name_zh=name_zh, name_en=name_en)
        _, password = kaihu.bank.people.logins.add(transaction.connection, person.key, login)
        for role in roles:
            kaihu.bank.people.grant(transaction.connection, person.key, role, by=granter)
    names = ", ".join(f"{role_name(kaihu.settings, role)} ({role})" for role in roles)
    click.echo(f"{login}  {password}  {names}")
    click.echo(_once(kaihu.settings, login), err=True)


def _change(login: str, change: str, by: str) -> None:
    kaihu = parts()
    actor = sign_in(kaihu, by)
    try:
        changed, told = _changed(kaihu, login, change, actor)
    except KaihuError as refusal:
        kaihu.engine.history.record(actor, change, outcome=Outcome.REFUSED, code=refusal.code)
        raise
    kaihu.engine.history.record(actor, change, detail=f"login {changed.key}")
    click.echo(told)
    if change == "reset_password":
        click.echo(_once(kaihu.settings, login), err=True)


def _changed(kaihu: Parts, login: str, change: str, actor: Actor) -> tuple[Login, str]:
    """The login as it was before, and what to tell of it now."""
    assert actor.person is not None  # staff
    door = LoginDoor(kaihu.database, kaihu.bank.people)
    if change == "reset_password":
        changed, password = door.reset_password(login, by=actor.person)
        return changed, f"{login}  {password}"
    if change == "disable_login":
        told = in_language(kaihu.settings, zh=f"{login} 已停用", en=f"{login} is disabled")
        return door.disable(login, by=actor.person), told
    told = in_language(kaihu.settings, zh=f"{login} 已启用", en=f"{login} is enabled")
    return door.enable(login, by=actor.person), told


def _once(settings: Settings, login: str) -> str:
    return in_language(
        settings,
        zh=f"密码仅显示这一次，首次登录时须更换，也可使用命令 kaihu password {login}。",
        en=f"The password is shown this once; change it when signing in, or with kaihu password {login}.",
    )
