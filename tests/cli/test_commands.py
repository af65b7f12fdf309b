"""What the commands do, and what they say when something is wrong."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Kaihu

PERSON = ("--name-zh", "王敏", "--name-en", "Wang Min")
DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


OWN = "eight-lanterns-9"


def password_of(output: str) -> str:
    return output.split()[1]


def administrator(kaihu: Kaihu) -> str:
    """The password the first administrator `boss` has chosen."""
    generated = password_of(kaihu("user", "boss", *PERSON).stdout)
    assert kaihu("password", "boss", KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD=OWN).exit_code == 0
    return OWN


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KAIHU_ZONE", "Mars/Base", "The setting KAIHU_ZONE is not usable."),
        ("KAIHU_LANGUAGE", "fr", "The setting KAIHU_LANGUAGE is not usable. Allowed: zh, en."),
        ("KAIHU_DATABASE_URL", "mysql://bank", "The database address cannot be used."),
        ("KAIHU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "The database does not answer."),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(kaihu: Kaihu, name: str, value: str, said: str) -> None:
    result = kaihu("user", "boss", *PERSON, **{name: value})
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_no_database_is_left_as_it_is(kaihu: Kaihu, home: Path) -> None:
    home.mkdir()
    (home / "kaihu.db").write_text("not a database, but somebody's file")
    result = kaihu("user", "boss", *PERSON)
    assert "The database file is damaged or not a database." in result.stderr
    assert (home / "kaihu.db").read_text() == "not a database, but somebody's file"


@pytest.mark.requirement("R082")
def test_the_first_administrator_is_made_without_anybody_and_nobody_else_is(kaihu: Kaihu) -> None:
    assert kaihu("user", "boss", *PERSON).exit_code == 0
    again = kaihu("user", "second", *PERSON)
    assert again.exit_code == 1
    assert "None of your roles permits this action" in again.stderr


@pytest.mark.requirement("R082")
def test_the_administrator_makes_other_people_and_a_wrong_password_makes_none(kaihu: Kaihu) -> None:
    boss = administrator(kaihu)
    clerk = ("user", "clerk", *PERSON, "--role", "reviewer", "--by", "boss")
    assert "The login name or the password is wrong." in kaihu(*clerk, KAIHU_PASSWORD="wrong").stderr
    assert kaihu(*clerk, KAIHU_PASSWORD=boss).exit_code == 0
    assert "This login name is already in use." in kaihu(*clerk, KAIHU_PASSWORD=boss).stderr


@pytest.mark.requirement("R082")
def test_a_generated_password_opens_nothing_but_the_choice_of_an_own_one(kaihu: Kaihu, home: Path) -> None:
    generated = password_of(kaihu("user", "boss", *PERSON).stdout)
    refused = kaihu("deploy", "--login", "boss", KAIHU_PASSWORD=generated)
    assert refused.exit_code == 1
    assert "Choose a password of your own first: kaihu password boss" in refused.stderr
    weak = kaihu("password", "boss", KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD="short")
    assert "A password needs at least" in weak.stderr
    assert kaihu("password", "boss", KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD=OWN).exit_code == 0
    assert kaihu("deploy", "--login", "boss", KAIHU_PASSWORD=OWN).exit_code == 0
    log = sqlite3.connect(home / "kaihu.db").execute("SELECT outcome FROM operations_log WHERE action = 'sign_in'")
    assert [outcome for (outcome,) in log] == ["done"] * 4


@pytest.mark.requirement("R074")
def test_the_shipped_procedure_is_deployed_once_and_a_hostile_file_not_at_all(kaihu: Kaihu, tmp_path: Path) -> None:
    boss = administrator(kaihu)
    first = kaihu("deploy", "--login", "boss", KAIHU_PASSWORD=boss)
    assert first.exit_code == 0
    assert "account_opening v1" in first.stdout
    assert kaihu("deploy", "--login", "boss", KAIHU_PASSWORD=boss).stdout.startswith("already deployed")
    (tmp_path / "hostile.bpmn").write_text(DOCTYPE)
    refused = kaihu("deploy", tmp_path / "hostile.bpmn", "--login", "boss", KAIHU_PASSWORD=boss)
    assert refused.exit_code == 1
    assert "Document types are not allowed." in refused.stderr


@pytest.mark.parametrize(("content", "why"), [("not xml", "not well-formed"), (DOCTYPE, "Document types")])
def test_a_broken_diagram_is_refused_with_the_reason_as_json(
    kaihu: Kaihu, tmp_path: Path, content: str, why: str
) -> None:
    (tmp_path / "broken.bpmn").write_text(content)
    report = json.loads(kaihu("run", tmp_path / "broken.bpmn", "--json").stdout)
    assert report["refused"] is True
    assert why in report["reason"]
    assert report["completed"] == []


def test_a_folder_without_diagrams_has_nothing_to_play(kaihu: Kaihu, tmp_path: Path) -> None:
    assert "There is no diagram" in kaihu("test", tmp_path).stderr


@pytest.mark.requirement("R082")
def test_nobody_but_the_owner_reads_the_home_even_where_the_folder_is_open_to_all(kaihu: Kaihu, home: Path) -> None:
    home.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        kaihu("user", "boss", *PERSON)
    finally:
        os.umask(before)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert home / "kaihu.db" in files
    assert {file.name for file in files if file.stat().st_mode & 0o077} == set()


def test_a_port_outside_the_range_is_refused_before_anything_starts(kaihu: Kaihu, home: Path) -> None:
    assert kaihu("serve", "--port", "99999").exit_code == 2
    assert not home.exists()


def clerk(kaihu: Kaihu, boss: str) -> str:
    """The generated password of a reviewer `clerk` the administrator has made."""
    made = kaihu("user", "clerk", *PERSON, "--role", "reviewer", "--by", "boss", KAIHU_PASSWORD=boss)
    return password_of(made.stdout)


def changes_on_record(home: Path) -> list[tuple[str, str]]:
    """Action and outcome of each change of a login in the operations log."""
    log = sqlite3.connect(home / "kaihu.db").execute("SELECT action, outcome FROM operations_log ORDER BY key")
    return [(action, outcome) for action, outcome in log if action.endswith("_login")]


@pytest.mark.requirement("R082")
def test_the_administrator_resets_a_forgotten_password(kaihu: Kaihu) -> None:
    boss = administrator(kaihu)
    forgotten = clerk(kaihu, boss)
    reset = kaihu("user", "clerk", "--reset-password", "--by", "boss", KAIHU_PASSWORD=boss)
    assert reset.exit_code == 0
    own = {"KAIHU_NEW_PASSWORD": "seven-bridges-4"}
    assert kaihu("password", "clerk", KAIHU_PASSWORD=forgotten, **own).exit_code == 1
    assert kaihu("password", "clerk", KAIHU_PASSWORD=password_of(reset.stdout), **own).exit_code == 0


@pytest.mark.requirement("R082")
def test_a_disabled_login_signs_in_again_only_when_enabled_and_the_operations_log_tells_of_it(
    kaihu: Kaihu, home: Path
) -> None:
    boss = administrator(kaihu)
    settings = {"KAIHU_PASSWORD": clerk(kaihu, boss), "KAIHU_NEW_PASSWORD": "seven-bridges-4"}
    assert kaihu("user", "clerk", "--disable", "--by", "boss", KAIHU_PASSWORD=boss).exit_code == 0
    assert kaihu("password", "clerk", **settings).exit_code == 1
    assert kaihu("user", "clerk", "--enable", "--by", "boss", KAIHU_PASSWORD=boss).exit_code == 0
    assert kaihu("password", "clerk", **settings).exit_code == 0
    assert changes_on_record(home) == [("disable_login", "done"), ("enable_login", "done")]


@pytest.mark.requirement("R082")
def test_logins_are_changed_by_administrators_only_and_never_their_own(kaihu: Kaihu, home: Path) -> None:
    boss = administrator(kaihu)
    generated = clerk(kaihu, boss)
    kaihu("password", "clerk", KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD="seven-bridges-4")
    by_clerk = kaihu("user", "boss", "--disable", "--by", "clerk", KAIHU_PASSWORD="seven-bridges-4")
    assert "None of your roles permits this action" in by_clerk.stderr
    own = kaihu("user", "boss", "--disable", "--by", "boss", KAIHU_PASSWORD=boss)
    assert "This login is your own" in own.stderr
    unknown = kaihu("user", "nobody", "--enable", "--by", "boss", KAIHU_PASSWORD=boss)
    assert "The bank keeps no such login." in unknown.stderr
    refused = [("disable_login", "refused"), ("disable_login", "refused"), ("enable_login", "refused")]
    assert changes_on_record(home) == refused


def test_a_person_is_made_or_a_login_changed_but_never_half_of_each(kaihu: Kaihu, home: Path) -> None:
    assert kaihu("user", "boss").exit_code == 2
    assert kaihu("user", "boss", "--disable").exit_code == 2
    assert kaihu("user", "boss", *PERSON, "--disable", "--by", "boss").exit_code == 2
    assert not home.exists()
