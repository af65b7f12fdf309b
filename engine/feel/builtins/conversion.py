"""Conversion, boolean and other functions (DMN 1.5, 10.3.4.1, 10.3.4.2 and 10.3.4.6, and Camunda 8's)."""

from __future__ import annotations

import re

from engine.feel import comparison
from engine.feel.arithmetic import CONTEXT, shortest
from engine.feel.builtins.equality import nested_text_steps
from engine.feel.builtins.signatures import Family, single, text
from engine.feel.environment import Environment, bounded
from engine.feel.errors import Unsuitable
from engine.feel.size import measured
from engine.feel.text import text_of
from engine.feel.types import FeelValue, is_number

CONVERSION = Family()
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPING = (" ", ",", ".")
_POINTS = (",", ".")
_STEPS_PER_ITEM, _CHARACTERS_PER_STEP, _DIGITS_PER_STEP = 5, 100, 20


@CONVERSION.function("string", "from")
def string(environment: Environment, value: FeelValue) -> FeelValue:
    """The text of any value but null; a text is itself."""
    if value is None:
        return None
    environment.spend(_STEPS_PER_ITEM * measured(value))
    written = bounded(text_of(value))
    environment.spend(len(written) // _CHARACTERS_PER_STEP)
    return written


@CONVERSION.function("number", "from", "from, grouping separator, decimal separator")
def number(environment: Environment, *parts: FeelValue) -> FeelValue:
    """The number a text names, with the given separators."""
    source = single(parts[0])
    if is_number(source) and len(parts) == 1:
        return source
    source = text(source)
    environment.spend(len(source) // _DIGITS_PER_STEP)
    if len(parts) == 3:
        source = _plain(source, single(parts[1]), single(parts[2]))
    if not _NUMBER.fullmatch(source):
        raise Unsuitable
    return shortest(CONTEXT.create_decimal(source))


def _plain(source: str, grouping: FeelValue, point: FeelValue) -> str:
    if grouping not in (*_GROUPING, None) or point not in (*_POINTS, None):
        raise Unsuitable
    if grouping and grouping == point:
        raise Unsuitable
    if grouping:
        source = source.replace(grouping, "")
    return source.replace(point, ".") if point else source


@CONVERSION.function("not", "negand")
def negation(environment: Environment, value: FeelValue) -> FeelValue:
    """The opposite; null of what is not boolean."""
    value = single(value)
    if type(value) is not bool:
        raise Unsuitable
    return not value


@CONVERSION.function("is", "value1, value2")
def same(environment: Environment, left: FeelValue, right: FeelValue) -> FeelValue:
    """Whether two values are the very same element of the domain, zones and parts of a second included."""
    environment.spend(_STEPS_PER_ITEM * (measured(left) + measured(right)) + nested_text_steps(left))
    return comparison.identical(left, right)


@CONVERSION.function("is defined", "value")
def is_defined(environment: Environment, value: FeelValue) -> FeelValue:
    """Whether there is a value; the compiler answers for variables and paths itself (Camunda 8)."""
    return value is not None


@CONVERSION.function("get or else", "value, default")
def get_or_else(environment: Environment, value: FeelValue, default: FeelValue) -> FeelValue:
    """The value, or the default for null (Camunda 8)."""
    return default if value is None else value


@CONVERSION.function("assert", "value, condition", "value, condition, cause")
def assertion(environment: Environment, value: FeelValue, condition: FeelValue, *cause: FeelValue) -> FeelValue:
    """The value if the condition holds, else null with a warning (Camunda 8)."""
    if condition is not True:
        raise Unsuitable
    return value
