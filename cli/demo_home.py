"""A demo home: one person and login per role, calendars, account types, and the shipped processes deployed."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from bank.bank import Bank
from bank.seed import seed_demo
from cli.deploy import resources_of
from cli.parts import Parts
from cli.wording import in_language, role_name
from engine.model.actor import Actor
from persistence.errors import ErrorKind, KaihuError

_MARK = "demo"


class NotADemoHome(KaihuError):
    """The home belongs to a real bank."""

    code = "not_a_demo_home"
    kind = ErrorKind.CONFLICT
    en = "{home} already has people of its own. Choose another folder with KAIHU_HOME for a demo."
    zh = "{home} 已有正式人员数据，请用 KAIHU_HOME 指定另一个目录运行演示。"


def prepare_demo_home(kaihu: Parts) -> None:
    """Seed the home once, print the generated passwords once, deploy what ships. Raises NotADemoHome."""
    mark = kaihu.settings.home / _MARK
    with kaihu.database.transaction() as transaction:
        if not mark.exists() and kaihu.bank.people.all(transaction.connection):
            raise NotADemoHome(home=kaihu.settings.home)
        logins = seed_demo(transaction.connection, kaihu.bank)
    mark.touch()
    if logins:
        once = in_language(
            kaihu.settings, zh="演示用登录名，密码仅显示这一次：", en="Demo logins; the passwords are shown this once:"
        )
        click.echo(once)
        for login, role, password in logins:
            click.echo(f"  {login:<24} {password}  {role}  {role_name(kaihu.settings, role)}")
    kaihu.engine.deployments.deploy(
        staff_with_role(kaihu, "process_owner"), resources_of((kaihu.processes, kaihu.forms))
    )


def staff_with_role(kaihu: Parts, role: str) -> Actor:
    """The demo's person of a role, acting through their login."""
    with kaihu.database.reading() as connection:
        return _actor(connection, kaihu.bank, role)


def _actor(connection: Connection, bank: Bank, role: str) -> Actor:
    person = bank.people.holders(connection, role)[0]
    return Actor.staff(person.key, bank.people.logins.of_person(connection, person.key)[0].key)
