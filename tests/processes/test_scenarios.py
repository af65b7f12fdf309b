"""The scenarios of account opening end as they say, and leave no node or flow untried."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.functions import calendar_functions
from engine.simulation import Coverage, Library, play, read_scenario

FOLDER = Path(__file__).parents[2] / "processes" / "account_opening"
SHANGHAI = ZoneInfo("Asia/Shanghai")
SCENARIOS = sorted((FOLDER / "scenarios").glob("*.json"))


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.of_folder(FOLDER)


@pytest.mark.requirement("R020", "R042", "R057", "R079", "R086")
@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_scenario_takes_its_path_to_its_end(file: Path, library: Library) -> None:
    scenario = read_scenario(file.read_bytes(), file.name)
    playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI)
    assert playback.failures(scenario) == []


def test_together_they_cover_every_node_and_flow(library: Library) -> None:
    coverage = Coverage(library.processes)
    for file in SCENARIOS:
        scenario = read_scenario(file.read_bytes(), file.name)
        coverage.add(play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI).events)
    assert list(coverage.missing()) == []


@pytest.mark.requirement("R026")
def test_an_activation_expires_once_after_two_reminders_however_long_one_waits(library: Library) -> None:
    scenario = read_scenario((FOLDER / "scenarios" / "activation_expires.json").read_bytes(), "activation_expires")
    playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI)
    assert playback.completed.count("remind_of_activation") == 2
    assert playback.completed.count("expire_activation") == 1


@pytest.mark.requirement("R079")
def test_a_supplement_is_reminded_of_twice_before_it_expires(library: Library) -> None:
    scenario = read_scenario((FOLDER / "scenarios" / "supplement_expires.json").read_bytes(), "supplement_expires")
    playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI)
    assert playback.completed.count("remind_of_supplement") == 2
    assert playback.completed.count("record_supplement_expired") == 1
