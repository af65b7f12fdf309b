"""Sentences about things and their states read natively in both languages."""

from __future__ import annotations

import re

import pytest

from engine.model.errors import NotFound, StateConflict
from engine.model.terms import Condition, Thing
from engine.store.states import IncidentState, InstanceState, JobState, TaskState

_LATIN, _HAN = re.compile(r"[A-Za-z]"), re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("term", [*Thing, *Condition])
def test_every_term_has_a_word_in_each_language(term: Thing | Condition) -> None:
    assert term.en.isascii()
    assert _HAN.search(term.zh)
    assert not _LATIN.search(term.zh)


@pytest.mark.parametrize("state", [*InstanceState, *TaskState, *IncidentState, *JobState])
def test_every_stored_state_has_its_word(state: str) -> None:
    assert Condition.of(state).en


def test_a_conflict_mixes_no_language_into_the_other() -> None:
    error = StateConflict(what=Thing.USER_TASK, actual=Condition.of(TaskState.COMPLETED), expected=Condition.OPEN)
    assert error.message("en").startswith("This user task is completed; expected open.")
    assert error.message("zh").startswith("人工任务当前状态为“已完成”，应为“待处理”。")
    assert not _LATIN.search(error.message("zh"))


def test_what_is_not_found_is_named_in_the_readers_language() -> None:
    error = NotFound(what=Thing.CASE, key=7)
    assert (error.message("en"), error.message("zh")) == ("There is no case 7.", "找不到案件 7。")
    assert NotFound(what=Thing.PROCESS).message("en") == "There is no process."
