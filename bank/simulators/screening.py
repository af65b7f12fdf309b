"""A screening provider over a list in memory: the shipped, invented one unless the bank gives its own folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bank.checks.screening import ScreeningIndex, Subject
from bank.simulators.control import SimulatorControl
from bank.systems import ScreeningAnswer


class LocalScreening:
    """Screens against a list; the control file can make it slow or down."""

    def __init__(self, listed: Callable[[], ScreeningIndex], control: SimulatorControl) -> None:
        """`listed` answers the index; it is asked with each screening and not before, since building one takes long."""
        self._listed = listed
        self._control = control

    def screen(self, subjects: Sequence[Subject]) -> ScreeningAnswer:
        """All hits, the surest first."""
        self._control.behave("screening", "|".join(subject.name for subject in subjects))
        index = self._listed()
        return ScreeningAnswer(tuple(index.screen(subjects)), index.version)
