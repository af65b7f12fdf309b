"""What stands behind the dot: entries of contexts, parts of dates, times, durations and ranges."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.environment import Environment
from engine.feel.errors import WarningCode
from engine.feel.temporal import PROPERTIES
from engine.feel.types import FeelValue, Range

_RANGE_PROPERTIES: dict[str, Callable[[Range], FeelValue]] = {
    "start": lambda interval: interval.start,
    "end": lambda interval: interval.end,
    "start included": lambda interval: interval.start_included,
    "end included": lambda interval: interval.end_included,
}
_ALL: dict[type, dict[str, Callable[..., FeelValue]]] = {**PROPERTIES, Range: _RANGE_PROPERTIES}


def property_of(value: FeelValue, name: str, environment: Environment) -> FeelValue:
    """`value.name`; of a list, the list of its items' properties; null with a warning where there is none."""
    if value is None:
        return None
    if type(value) is list:
        environment.spend(4 * len(value))
        return [property_of(item, name, environment) for item in value]
    if type(value) is dict and name in value:
        return value[name]
    getter = _ALL.get(type(value), {}).get(name)
    if getter is None:
        environment.warn(WarningCode.NO_PROPERTY, name)
        return None
    return getter(value)


def has_property(value: FeelValue, name: str) -> bool:
    """Whether `value.name` exists, be it null."""
    if type(value) is dict:
        return name in value
    return name in _ALL.get(type(value), {})
