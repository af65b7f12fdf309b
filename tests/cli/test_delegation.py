"""Deputies and absences on the command line: the same service, the same record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engine.store.tables import operations_log
from persistence.database import Database
from tests.cli.conftest import Kaihu
from tests.cli.test_commands import OWN, password_of

FAR = ("--from", "2000-01-01", "--until")


@pytest.fixture
def staff(kaihu: Kaihu) -> Kaihu:
    """A bank with an administrator, a team lead and two supervisors, all with the same password of their own."""
    for login, role in (("boss", ""), ("lead", "team_lead"), ("first", "supervisor"), ("second", "reviewer")):
        names = ("--name-zh", "张伟", "--name-en", login)
        by = ("--by", "boss", "--role", role) if role else ()
        generated = password_of(kaihu("user", login, *names, *by, KAIHU_PASSWORD=OWN).stdout)
        kaihu("password", login, KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD=OWN)
    return kaihu


def days_from_now(number: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=number)).isoformat()


@pytest.mark.requirement("R082", "R083")
@pytest.mark.control("CP2")
def test_a_delegation_is_given_listed_and_ended(staff: Kaihu) -> None:
    terms = ("--deputy", "second", "--role", "supervisor", *FAR, days_from_now(5), "--reason", "leave")
    given = staff("delegation", "give", "--by", "first", *terms, KAIHU_PASSWORD=OWN)
    assert given.exit_code == 0, given.output
    key = given.stdout.split()[1]
    listed = staff("delegation", "list", "--by", "second", KAIHU_PASSWORD=OWN).stdout
    assert "first → second" in listed
    refused = staff("delegation", "end", "--by", "second", key, KAIHU_PASSWORD=OWN)
    assert refused.exit_code == 1
    assert "Only the person concerned or a team lead" in refused.stderr
    assert staff("delegation", "end", "--by", "lead", key, KAIHU_PASSWORD=OWN).exit_code == 0
    assert staff("delegation", "list", "--by", "lead", KAIHU_PASSWORD=OWN).stdout == ""


@pytest.mark.requirement("R083")
@pytest.mark.control("CP2")
def test_nobody_makes_themselves_a_deputy_and_the_attempt_is_on_record(staff: Kaihu, home: Path) -> None:
    terms = ("--deputy", "second", "--role", "supervisor", *FAR, days_from_now(5), "--reason", "leave")
    refused = staff("delegation", "give", "--by", "second", "--person", "first", *terms, KAIHU_PASSWORD=OWN)
    assert refused.exit_code == 1
    database = Database(f"sqlite:///{home / 'kaihu.db'}")
    with database.reading() as connection:
        lines = connection.execute(operations_log.select().where(operations_log.c.action == "give_delegation")).all()
    database.close()
    assert [(line.outcome, line.code) for line in lines] == [("refused", "deputy_may_not_give")]


@pytest.mark.requirement("R082")
def test_an_absence_is_entered_and_ended(staff: Kaihu) -> None:
    terms = (*FAR, days_from_now(2), "--reason", "ill")
    entered = staff("delegation", "absent", "--by", "lead", "--person", "first", *terms, KAIHU_PASSWORD=OWN)
    assert entered.exit_code == 0, entered.output
    assert "absent" in staff("delegation", "list", "--by", "first", KAIHU_PASSWORD=OWN).stdout
    key = entered.stdout.split()[1]
    assert staff("delegation", "back", "--by", "second", key, KAIHU_PASSWORD=OWN).exit_code == 1
    back = staff("delegation", "back", "--by", "first", key, KAIHU_PASSWORD=OWN, KAIHU_LANGUAGE="zh")
    assert back.stdout.strip() == f"缺勤 {key} 已结束"


def test_a_login_there_is_none_of_is_told(staff: Kaihu) -> None:
    terms = ("--deputy", "nobody", "--role", "supervisor", *FAR, days_from_now(5), "--reason", "leave")
    refused = staff("delegation", "give", "--by", "first", *terms, KAIHU_PASSWORD=OWN)
    assert refused.exit_code == 1
    assert "login" in refused.stderr
