"""Rules of authority for one process or one step name what is drawn."""

from __future__ import annotations

from pathlib import Path

from bank.authority import ACTION_RULES
from engine.interpreter import ProcessModel, parse_diagram

PROCESSES = Path(__file__).parents[2] / "processes"


def test_every_process_and_step_with_a_rule_of_its_own_stands_in_a_diagram() -> None:
    drawn: dict[str, ProcessModel] = {}
    for file in PROCESSES.rglob("*.bpmn"):
        drawn |= parse_diagram(file.read_bytes(), file.name).processes
    assert "account_opening" in drawn
    for rule in ACTION_RULES.values():
        for process_id, own in rule.processes.items():
            assert own.elements.keys() <= drawn[process_id].elements.keys()
