"""Registers of residents and enterprises that know everybody, except whom the control file names.

{"enterprise_registry": {"not_found": ["9111…"], "records": {"9131…": {"name": "…", "legal_representative": "…"}}}}
"""

from __future__ import annotations

from collections.abc import Mapping

from bank.checks.resident_id import compact
from bank.simulators.control import SimulatorControl
from bank.systems import RegistryAnswer, RegistryStatus


class SimulatedResidentRegistry:
    """Answers about residents, the same every time."""

    def __init__(self, control: SimulatorControl) -> None:
        self._control = control

    def verify(self, name: str, id_number: str) -> RegistryAnswer:
        """Match, unless the control file lists the number under `not_found` or with another name."""
        settings = self._control.behave("resident_registry", compact(id_number))
        return _answer(settings, compact(id_number), {"name": name})


class SimulatedEnterpriseRegistry:
    """Answers about enterprises, the same every time."""

    def __init__(self, control: SimulatorControl) -> None:
        self._control = control

    def verify(self, code: str, facts: Mapping[str, str]) -> RegistryAnswer:
        """Match, unless the control file lists the code under `not_found` or with other facts."""
        settings = self._control.behave("enterprise_registry", compact(code))
        return _answer(settings, compact(code), facts)


def _answer(settings: Mapping[str, object], key: str, facts: Mapping[str, str]) -> RegistryAnswer:
    unknown, records = settings.get("not_found"), settings.get("records")
    if isinstance(unknown, list) and key in unknown:
        return RegistryAnswer(RegistryStatus.NOT_FOUND)
    record = records.get(key) if isinstance(records, dict) else None
    if not isinstance(record, dict):
        return RegistryAnswer(RegistryStatus.MATCH)
    differing = tuple(name for name, value in facts.items() if name in record and record[name] != value)
    return RegistryAnswer(RegistryStatus.MISMATCH if differing else RegistryStatus.MATCH, differing)
