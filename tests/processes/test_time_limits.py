"""Time limits are data: the table decides, and the targets drawn in the diagrams say the same (R006)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.decisions import parse_decisions
from engine.feel import Environment

FOLDER = Path(__file__).parents[2] / "processes" / "account_opening"
NOW = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
DIAGRAMS = sorted(FOLDER.glob("*.bpmn"))
_LIMIT = re.compile(r"time_limits\.([a-z_]+)")
_UNITS = {"business_hours": "营业小时", "business_days": "工作日", "days": "自然日"}


def decided(name: str) -> Any:
    model = parse_decisions((FOLDER / "time_limits.dmn").read_bytes(), "time_limits.dmn")
    return model.decisions[name].evaluate({}, Environment(NOW)).value


def tree(diagram: Path) -> Any:
    return etree.fromstring(diagram.read_bytes())


def used(diagram: Path) -> Iterator[str]:
    return (found for found in _LIMIT.findall(diagram.read_text(encoding="utf-8")))


def unit_of(limit: str) -> str:
    return next(unit for ending, unit in _UNITS.items() if limit.endswith("_" + ending))


def test_each_limit_has_a_source_a_date_a_certainty_and_the_unit_its_name_says() -> None:
    for row in decided("time_limit_list"):
        assert row["unit"] == unit_of(row["limit"])
        assert row["amount"] > 0
        assert row["name"]
        assert row["name_en"]
        assert row["source"]
        assert dt.date.fromisoformat(row["as_of"])
        assert row["certainty"] in {"H", "M", "L"}


def test_the_diagrams_ask_for_limits_the_table_has_and_for_all_of_them() -> None:
    asked = {limit for diagram in DIAGRAMS for limit in used(diagram)}
    assert asked == set(decided("time_limits"))


@pytest.mark.requirement("R006", "R010")
def test_no_timer_and_no_due_time_is_written_into_a_diagram() -> None:
    for diagram in DIAGRAMS:
        timers = tree(diagram).xpath("//*[local-name()='timerEventDefinition']/*/text()")
        dues = tree(diagram).xpath("//*[local-name()='taskSchedule']/@dueDate")
        for expression in (*timers, *dues):
            assert re.search(r"time_limits\.|\.deadline|\.expires_on|approval\.due_business_days", expression), (
                expression
            )


@pytest.mark.requirement("R006")
def test_the_target_drawn_beside_a_step_is_the_limit_of_the_table() -> None:
    limits, compared = decided("time_limits"), 0
    for diagram in DIAGRAMS:
        for task in tree(diagram).xpath("//*[local-name()='userTask'][@id]"):
            (due,) = task.xpath(".//*[local-name()='taskSchedule']/@dueDate")
            (target,) = task.xpath(".//*[local-name()='property'][@name='sla']/@value")
            for limit in _LIMIT.findall(due):
                amount = limits[limit]
                hours = {f"{amount} h", "0.5 b"} if amount == 4 else {f"{amount} h"}  # a business day has eight hours
                assert target in (hours if unit_of(limit) == "营业小时" else {f"{amount} b"}), task.get("id")
                compared += 1
    assert compared > 15


def test_a_reminder_comes_before_what_it_reminds_of() -> None:
    limits = decided("time_limits")
    supplement = [limits[f"supplement_{part}business_days"] for part in ("reminder_", "second_reminder_", "")]
    assert supplement == sorted(set(supplement))
    assert limits["signing_reminder_days"] < limits["signing_days"]
    assert limits["activation_reminder_days"] < limits["activation_second_reminder_days"]
