"""Sentences about the bank's records read natively in both languages."""

from __future__ import annotations

import re

import pytest

from bank.accounts.records import AccountStatus
from bank.applications import Status
from bank.errors import IllegalTransition, RecordNotFound
from bank.terms import Record, Standing

_LATIN, _HAN = re.compile(r"[A-Za-z]"), re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("term", [*Record, *Standing])
def test_every_term_has_a_word_in_each_language(term: Record | Standing) -> None:
    assert term.en.isascii()
    assert _HAN.search(term.zh)
    assert not _LATIN.search(term.zh)


@pytest.mark.parametrize("status", [*AccountStatus, *Status])
def test_every_status_can_be_told(status: str) -> None:
    error = IllegalTransition(what=Record.ACCOUNT, actual=status, wanted=AccountStatus.CLOSED)
    assert not _LATIN.search(error.message("zh"))


def test_a_step_that_is_not_possible_is_told_in_the_readers_language() -> None:
    error = IllegalTransition(what=Record.APPLICATION, actual=Status.WITHDRAWN, wanted=Status.OPENED)
    assert error.message("en") == "This application is withdrawn and cannot become opened."
    assert error.message("zh") == "该申请当前状态为“已撤回”，不能变更为“已开户”。"


def test_a_missing_record_is_named_in_the_readers_language() -> None:
    error = RecordNotFound(what=Record.CUSTOMER, key=12)
    assert (error.message("en"), error.message("zh")) == (
        "The bank keeps no such customer (12).",
        "未找到该客户 (12)。",
    )
    assert RecordNotFound(what=Record.ACTIVATION).message("zh") == "未找到该激活链接。"
