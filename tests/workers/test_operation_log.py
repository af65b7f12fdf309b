"""The node 系统日志."""

from __future__ import annotations

from typing import Any

import pytest

from engine.model.values import dumps
from engine.worker_api import Completed
from tests.checks.people import enterprise
from tests.workers.conftest import Perform

pytestmark = pytest.mark.control("CP5")

CASE: dict[str, Any] = {
    "application": enterprise(),
    "identity": {"passed": True, "findings": []},
    "screening": {"result": "clear", "list_version": "1", "hits": []},
    "limits": {"single_fen": 1, "daily_fen": 2},
    "account": {"key": 5, "number": "6200000000001234", "status": "active"},
}


def log_of(perform: Perform, variables: dict[str, Any]) -> dict[str, Any]:
    done = perform("write-operation-log", variables)
    assert isinstance(done, Completed)
    log = done.variables["operation_log"]
    assert isinstance(log, dict)
    return log


@pytest.mark.requirement("R048")
def test_the_log_lists_what_each_control_point_left_and_what_is_missing(perform: Perform) -> None:
    log = log_of(perform, CASE)
    assert [(step["step"], step["control_point"]) for step in log["steps"]] == [
        ("identity", "CP1"), ("screening", "CP1"), ("limits", "CP3"), ("account", "CP3"),
    ]  # fmt: skip
    assert "approval_decision" in log["missing"]
    assert (log["case_number"], log["account_key"]) == ("AO-20260302-0001", 5)


def test_the_log_holds_no_personal_data(perform: Perform) -> None:
    written = dumps(log_of(perform, CASE)).decode()
    for personal in ("王小明", "远山", "6200000000001234", "110101"):
        assert personal not in written


def test_a_changed_fact_changes_the_digest(perform: Perform) -> None:
    changed = CASE | {"screening": CASE["screening"] | {"result": "review"}}
    assert log_of(perform, CASE)["digest"] == log_of(perform, CASE)["digest"]
    assert log_of(perform, CASE)["digest"] != log_of(perform, changed)["digest"]
