"""Commands speak the language of KAIHU_LANGUAGE."""

from __future__ import annotations

import re

from tests.cli.conftest import Kaihu
from tests.cli.test_commands import OWN, PERSON, password_of

HAN, WORD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"\b[a-z]{3,}\b", re.IGNORECASE)
CODES = {"account_opening", "administrator", "kaihu", "password", "boss"}


def english_words(text: str) -> set[str]:
    """Words in Latin letters that are no code, login, command or generated text."""
    return {word for word in WORD.findall(text) if not any(word in code for code in CODES)}


def test_a_person_is_made_in_chinese_with_the_names_of_the_roles(kaihu: Kaihu) -> None:
    made = kaihu("user", "boss", *PERSON, KAIHU_LANGUAGE="zh")
    assert made.stdout.rstrip().endswith("系统管理员 (administrator)")
    assert "密码仅显示这一次" in made.stderr
    assert english_words(made.stderr) == set()


def test_a_person_is_made_in_english_with_the_names_of_the_roles(kaihu: Kaihu) -> None:
    made = kaihu("user", "boss", *PERSON)
    assert made.stdout.rstrip().endswith("(administrator)")
    assert not HAN.search(made.output)
    assert "shown this once" in made.stderr


def test_a_deployment_is_reported_in_chinese(kaihu: Kaihu) -> None:
    generated = password_of(kaihu("user", "boss", *PERSON).stdout)
    kaihu("password", "boss", KAIHU_PASSWORD=generated, KAIHU_NEW_PASSWORD=OWN)
    settings = {"KAIHU_LANGUAGE": "zh", "KAIHU_PASSWORD": OWN}
    assert kaihu("deploy", "--login", "boss", **settings).stdout.startswith("已部署：")
    assert kaihu("deploy", "--login", "boss", **settings).stdout.startswith("内容此前已部署：")


def test_a_refusal_is_chinese_from_its_first_word(kaihu: Kaihu) -> None:
    kaihu("user", "boss", *PERSON)
    refused = kaihu("user", "second", *PERSON, KAIHU_LANGUAGE="zh")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("错误：")


def test_the_demo_home_names_the_role_of_every_login(kaihu: Kaihu) -> None:
    told = kaihu("demo", KAIHU_LANGUAGE="zh")
    assert told.exit_code == 0, told.stderr
    first, *logins = told.stdout.splitlines()
    assert first == "演示用登录名，密码仅显示这一次："
    assert all(HAN.search(line.split()[-1]) for line in logins)
    assert "relationship_manager  客户经理" in told.stdout
    assert told.stderr.rstrip().endswith("正常")
