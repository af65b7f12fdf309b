"""A screening provider over a list in memory: the shipped, invented one unless the bank gives its own folder."""

from __future__ import annotations

from collections.abc import Sequence

from bank.checks.screening import ScreeningIndex, Subject
from bank.simulators.control import SimulatorControl
from bank.systems import ScreeningAnswer


class LocalScreening:
    """Screens against an index; the control file can make it slow or down."""

    def __init__(self, index: ScreeningIndex, control: SimulatorControl) -> None:
        self._index = index
        self._control = control

    def screen(self, subjects: Sequence[Subject]) -> ScreeningAnswer:
        """All hits, the surest first."""
        self._control.behave("screening", "|".join(subject.name for subject in subjects))
        return ScreeningAnswer(tuple(self._index.screen(subjects)), self._index.version)
