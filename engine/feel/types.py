"""Values that exist only while an expression runs, and the kinds of all values (DMN 1.5, 10.3.2)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.model.calendar import WideDate, WideDateTime, WideDuration, WideTime
from engine.model.values import YearsMonthsDuration

if TYPE_CHECKING:
    from engine.feel.environment import Environment
    from engine.feel.syntax import TypeName

FeelValue: TypeAlias = Any
"""A `engine.model.values.Value`, a `Range` or a `Function`; only the first can be stored."""


class Kind(Enum):
    """The kind of a value, by its FEEL name."""

    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    DATE = "date"
    TIME = "time"
    DATE_AND_TIME = "date and time"
    DAYS_AND_TIME_DURATION = "days and time duration"
    YEARS_AND_MONTHS_DURATION = "years and months duration"
    LIST = "list"
    CONTEXT = "context"
    RANGE = "range"
    FUNCTION = "function"
    OTHER = "other"


@dataclass(frozen=True)
class Range:
    """An interval. An end that is None is not included. In a range that a test such as `(< 10)` makes
    (`of_test`) it is unbounded; in `(null..10]` it is unknown, which says nothing about any value."""

    start: FeelValue
    end: FeelValue
    start_included: bool
    end_included: bool
    of_test: bool = False


NAMELESS = "function"
"""In place of the name of a function that is a value; no function can be given it, for it is a keyword."""


class Function(ABC):
    """Something that can be called: built in, defined in the expression, or given by the environment."""

    __slots__ = ("name", "parameters")

    def __init__(self, name: str, parameters: tuple[str, ...]) -> None:
        self.name = name
        self.parameters = parameters

    def parameter_types(self) -> Sequence[TypeName | None]:
        """The type of each parameter, None where none is declared."""
        return [None] * len(self.parameters)

    @abstractmethod
    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The result for arguments by position. Raises Unsuitable when they do not fit."""

    @abstractmethod
    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """The result for arguments by name. Raises Unsuitable when they do not fit."""


_KINDS: dict[type, Kind] = {
    type(None): Kind.NULL,
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    str: Kind.STRING,
    dt.date: Kind.DATE,
    dt.time: Kind.TIME,
    dt.datetime: Kind.DATE_AND_TIME,
    dt.timedelta: Kind.DAYS_AND_TIME_DURATION,
    WideDate: Kind.DATE,
    WideTime: Kind.TIME,
    WideDateTime: Kind.DATE_AND_TIME,
    WideDuration: Kind.DAYS_AND_TIME_DURATION,
    YearsMonthsDuration: Kind.YEARS_AND_MONTHS_DURATION,
    list: Kind.LIST,
    dict: Kind.CONTEXT,
    Range: Kind.RANGE,
}


def kind_of(value: FeelValue) -> Kind:
    """The kind of `value`; OTHER for what no FEEL expression can make."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    return Kind.FUNCTION if isinstance(value, Function) else Kind.OTHER


NUMBERS = frozenset({int, Decimal})
"""The Python types of FEEL numbers; bool is not among them."""


def is_number(value: FeelValue) -> bool:
    """Whether `value` is a FEEL number."""
    return type(value) in NUMBERS


DURATIONS = frozenset({Kind.DAYS_AND_TIME_DURATION, Kind.YEARS_AND_MONTHS_DURATION})


def is_duration(value: FeelValue) -> bool:
    """Whether `value` is a duration of either kind."""
    return kind_of(value) in DURATIONS
