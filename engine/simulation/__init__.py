"""Diagrams played in a throw-away engine with virtual time: no database, no workers, no side effects."""

from __future__ import annotations

from engine.simulation.coverage import Coverage
from engine.simulation.library import Library
from engine.simulation.player import Playback, play
from engine.simulation.scenario import Expectation, Scenario, ScenarioInvalid, read_scenario

__all__ = [
    "Coverage",
    "Expectation",
    "Library",
    "Playback",
    "Scenario",
    "ScenarioInvalid",
    "play",
    "read_scenario",
]
