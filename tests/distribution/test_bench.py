"""The measurements measure what they say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bank.errors import ActionNotAuthorised
from bench.diagrams import CLERK, ELEMENTS
from bench.kaihu_case import COMMITS, clerk, engine_in, run_case
from bench.plots import plot
from bench.reach import ROWS, judged
from bench.sizing import sizing
from bench.state_machine import Refused, StateMachine
from engine.services.answers import Resource


def rows_of(machine: StateMachine, statement: str) -> list[tuple[object, ...]]:
    with machine.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_the_state_machine_carries_out_the_same_elements_as_our_case(tmp_path: Path) -> None:
    machine, engine = StateMachine(tmp_path), engine_in(tmp_path)
    machine.run_case(1)
    run_case(engine, 1)
    with engine.parts.database.reading() as connection:
        ours = connection.exec_driver_sql("SELECT element_id FROM activity").scalars().all()
    theirs = [name for (name,) in rows_of(machine, "SELECT name FROM step")]
    assert sorted(theirs) == sorted(ours)
    assert len(theirs) == ELEMENTS


def test_the_state_machine_waits_for_its_disk_as_we_do(tmp_path: Path) -> None:
    machine = StateMachine(tmp_path)
    assert rows_of(machine, "PRAGMA journal_mode") == [("wal",)]
    assert rows_of(machine, "PRAGMA synchronous") == [(2,)]


def test_the_state_machine_completes_a_task_once_and_for_its_assignee_only(tmp_path: Path) -> None:
    machine = StateMachine(tmp_path)
    machine.start(1, CLERK, {"application": {"owners": []}, "risk": 30})
    with pytest.raises(Refused):
        machine.complete(1, CLERK + 1)
    machine.complete(1, CLERK)
    with pytest.raises(Refused):
        machine.complete(1, CLERK)


def test_the_measured_case_is_under_the_real_authority_of_the_bank(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    assert len(run_case(engine, 1)) == COMMITS - 1
    with pytest.raises(ActionNotAuthorised):
        engine.deployments.deploy(clerk, [Resource("bench.bpmn", b"")])


def test_every_row_of_the_table_has_a_name_of_its_own_and_is_judged_by_its_goal() -> None:
    rows = {row.name: row for row in ROWS}
    assert len(rows) == len(ROWS)
    fast = {"kaihu": 3.5, "core": 2.5, "times_core": 1.4, "unit": "ms"}
    assert judged(rows["case_sqlite_local"], fast)
    assert not judged(rows["case_sqlite_local"], fast | {"core": 2.0, "times_core": 1.75})
    assert judged(rows["postgres_elements"], {"kaihu": 2_500.0})
    assert not judged(rows["two_workers_ratio"], {"kaihu": 1.79})


def test_a_picture_of_growth_has_its_points_and_labelled_axes() -> None:
    picture = plot("Cost", "steps", "ms", [(1.0, 2.0), (50.0, 4.5), (400.0, 30.0)])
    tree = ElementTree.fromstring(picture)
    texts = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Cost", "steps", "ms", "0", "400", "30"} <= set(texts)
    assert len(re.findall("<circle", picture)) == 3


def test_a_day_is_worked_out_from_the_figures_that_were_measured_and_from_no_others() -> None:
    told = "\n".join(sizing({"group_commit_elements": {"kaihu": 1_700.0}, "stored_per_case": {"kaihu": 1.0}}))
    assert "1,440,000" in told  # half of a hundred cases a second, 28,800 seconds long
    assert "1.0 GB" in told
    assert "memory" not in told
