"""`kaihu delegation`: deputies and absences, entered and ended as on the page, by the same service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import click

from bank.delegation.door import DelegationDoor
from bank.errors import RecordNotFound
from bank.terms import Record
from cli.composition import parts
from cli.parts import Parts
from cli.sign_in import sign_in
from cli.wording import in_language, role_name
from engine.journal import Outcome
from engine.model.actor import Actor
from persistence.errors import KaihuError

T = TypeVar("T")
_DAY = click.DateTime(["%Y-%m-%d"])
_by = click.option("--by", required=True, help="Login of the person who does this.")
_first = click.option("--from", "first", type=_DAY, required=True, help="First day, such as 2026-12-01.")
_last = click.option("--until", "last", type=_DAY, required=True, help="Last day.")
_reason = click.option("--reason", required=True, help="Why, for the record.")


@click.group()
def delegation() -> None:
    """Deputies and absences: `give`, `end`, `absent`, `back`, `list`."""


@delegation.command()
@_by
@click.option("--person", help="Login of the person deputised; of --by unless given.")
@click.option("--deputy", required=True, help="Login of the deputy.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="A role for the deputy; may be given several times."
)
@_first
@_last
@_reason
def give(
    by: str, person: str | None, deputy: str, roles: tuple[str, ...], first: dt.datetime, last: dt.datetime, reason: str
) -> None:
    """Make somebody a deputy."""

    def act(door: DelegationDoor, actor: int) -> int:
        return door.give(
            person=_person(door, person, actor),
            deputy=_person(door, deputy, actor),
            roles=roles,
            first=first.date(),
            last=last.date(),
            reason=reason,
            by=actor,
        ).key

    kaihu, key = _recorded(by, "give_delegation", act)
    click.echo(in_language(kaihu.settings, zh=f"代理授权 {key} 已登记", en=f"Delegation {key} has been given"))


@delegation.command()
@_by
@click.argument("key", type=click.IntRange(1, 2**63 - 1))
def end(by: str, key: int) -> None:
    """End delegation KEY now."""
    kaihu, _ = _recorded(by, "end_delegation", lambda door, actor: door.end(key, by=actor))
    click.echo(in_language(kaihu.settings, zh=f"代理授权 {key} 已终止", en=f"Delegation {key} has been ended"))


@delegation.command()
@_by
@click.option("--person", help="Login of the absent person; of --by unless given.")
@_first
@_last
@_reason
def absent(by: str, person: str | None, first: dt.datetime, last: dt.datetime, reason: str) -> None:
    """Put an absence on record."""

    def act(door: DelegationDoor, actor: int) -> int:
        whose = _person(door, person, actor)
        return door.enter_absence(person=whose, first=first.date(), last=last.date(), reason=reason, by=actor).key

    kaihu, key = _recorded(by, "enter_absence", act)
    click.echo(in_language(kaihu.settings, zh=f"缺勤 {key} 已登记", en=f"Absence {key} has been entered"))


@delegation.command()
@_by
@click.argument("key", type=click.IntRange(1, 2**63 - 1))
def back(by: str, key: int) -> None:
    """End absence KEY now: the person is back."""
    kaihu, _ = _recorded(by, "end_absence", lambda door, actor: door.end_absence(key, by=actor))
    click.echo(in_language(kaihu.settings, zh=f"缺勤 {key} 已结束", en=f"Absence {key} has been ended"))


@delegation.command(name="list")
@_by
def listed(by: str) -> None:
    """What stands or will stand: one's own, for a team lead everybody's."""
    kaihu = parts()
    actor = sign_in(kaihu, by)
    assert actor.person is not None  # staff
    overview = _door(kaihu).overview(actor.person)
    language = kaihu.settings.language
    names = {each.key: each.name(language) for each in overview.colleagues}
    for each in overview.delegations:
        roles = ", ".join(role_name(kaihu.settings, role) for role in sorted(each.roles))
        told = f"{names.get(each.person, '–')} → {names.get(each.deputy, '–')}  {roles}"
        click.echo(f"{each.key}  {told}  {_days(kaihu, each.begins_at, each.ends_at)}  {each.reason}")
    word = in_language(kaihu.settings, zh="缺勤", en="absent")
    for row in overview.absences:
        told = f"{names.get(row.person, '–')}  {_days(kaihu, row.begins_at, row.ends_at)}"
        click.echo(f"{row.key}  {word}  {told}  {row.reason}")


def _days(kaihu: Parts, begins_at: dt.datetime, ends_at: dt.datetime) -> str:
    zone = kaihu.settings.zone
    last = (ends_at - dt.timedelta(microseconds=1)).astimezone(zone).date()
    return f"{begins_at.astimezone(zone).date()} – {last}"


def _door(kaihu: Parts) -> DelegationDoor:
    return DelegationDoor(kaihu.database, kaihu.bank.delegations, kaihu.bank.people)


def _person(door: DelegationDoor, login: str | None, otherwise: int) -> int:
    if login is None:
        return otherwise
    found = door.person_of(login)
    if found is None:
        raise RecordNotFound(what=Record.LOGIN)
    return found


def _recorded(by: str, action: str, act: Callable[[DelegationDoor, int], T]) -> tuple[Parts, T]:
    """Do it as the person behind the login; a refused attempt is on record like one that was carried out."""
    kaihu = parts()
    actor: Actor = sign_in(kaihu, by)
    assert actor.person is not None  # staff
    try:
        done = act(_door(kaihu), actor.person)
    except KaihuError as refusal:
        kaihu.engine.history.record(actor, action, outcome=Outcome.REFUSED, code=refusal.code)
        raise
    kaihu.engine.history.record(actor, action, detail=f"record {done}")
    return kaihu, done
