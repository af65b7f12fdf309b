"""How the simulators are made slow, failing or down: `simulators.json` in the home folder, read at every call.

    {"resident_registry": {"mode": "down"}, "screening": {"mode": "slow", "seconds": 3}}

Modes: ok · slow (waits `seconds`, then answers) · failing (the first call of each question fails, the next one
answers) · down (never answers). An unreadable file counts as no file, so that a half-written one cannot stop a demo.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bank.systems import SystemUnavailable

FILE_NAME = "simulators.json"
_LONGEST_WAIT = 30.0  # seconds; below every job's lease
_DEFAULT_WAIT = 2.0


class Mode(StrEnum):
    """How a simulated system behaves."""

    OK = "ok"
    SLOW = "slow"
    FAILING = "failing"
    DOWN = "down"


@dataclass
class SimulatorControl:
    """Reads the control file of one home folder."""

    home: Path
    sleep: Callable[[float], None] = time.sleep
    _asked: set[tuple[str, str]] = field(default_factory=set, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def settings(self, system: str) -> Mapping[str, object]:
        """What the control file says of one system now; empty when it says nothing."""
        try:
            content = json.loads((self.home / FILE_NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        found = content.get(system) if isinstance(content, dict) else None
        return found if isinstance(found, dict) else {}

    def behave(self, system: str, question: str) -> Mapping[str, object]:
        """Wait or fail as the file demands, else give the system's settings. Raises SystemUnavailable."""
        settings = self.settings(system)
        mode = settings.get("mode", Mode.OK)
        if mode == Mode.DOWN:
            raise SystemUnavailable(system=system, reason="down")
        if mode == Mode.FAILING and self._first(system, question):
            raise SystemUnavailable(system=system, reason="failing")
        if mode == Mode.SLOW:
            seconds = settings.get("seconds", _DEFAULT_WAIT)
            self.sleep(min(float(seconds), _LONGEST_WAIT) if isinstance(seconds, int | float) else _DEFAULT_WAIT)
        return settings

    def set(self, system: str, **settings: object) -> None:
        """Write one system's settings into the control file, keeping the others."""
        path = self.home / FILE_NAME
        with self._lock:
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                content = {}
            content[system] = settings
            partial = path.with_suffix(".partial")
            partial.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
            partial.replace(path)

    def _first(self, system: str, question: str) -> bool:
        with self._lock:
            if (system, question) in self._asked:
                return False
            self._asked.add((system, question))
            return True
