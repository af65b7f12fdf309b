"""Relations between points and ranges (DMN 1.5, table 78), each defined by how the ends compare."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.feel import comparison
from engine.feel.arithmetic import CONTEXT, shortest
from engine.feel.builtins.signatures import Family, single, text
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.lexer import unescape
from engine.feel.temporal import parse_duration, parse_temporal
from engine.feel.types import FeelValue, Range
from engine.model.calendar_text import parse_date, parse_date_and_time, parse_time

RANGES = Family()
_QUOTED_OR_DOTS = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|\Z)|\.\.', re.DOTALL)  # never fails: linear
_LITERAL = re.compile(r'(@|(?:[a-z]+ )*[a-z]+\()?\s*"((?:[^"\\]|\\.)*)"\s*(\)?)', re.DOTALL)
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_READERS: dict[str, Callable[[str], FeelValue]] = {
    "": lambda text: text,
    "@": parse_temporal,
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_and_time,
    "duration": parse_duration,
}


def _compare(left: FeelValue, right: FeelValue) -> int:
    pair = comparison.comparable(left, right)
    if pair is None:
        raise Unsuitable
    return -1 if pair[0] < pair[1] else int(pair[0] > pair[1])


def as_range(value: FeelValue) -> Range:
    """A point as the range of itself alone."""
    value = single(value)
    if value is None:
        raise Unsuitable
    return value if type(value) is Range else Range(value, value, True, True)


def _closed(value: FeelValue) -> Range:
    value = single(value)
    if type(value) is not Range or value.start is None or value.end is None:
        raise Unsuitable
    return value


def _starts_first(a: Range, b: Range) -> int:
    """-1, 0 or 1 as `a` starts before, with or after `b`."""
    if a.start is None or b.start is None:
        return (a.start is not None) - (b.start is not None)
    return _compare(a.start, b.start) or (b.start_included - a.start_included)


def _ends_first(a: Range, b: Range) -> int:
    """-1, 0 or 1 as `a` ends before, with or after `b`."""
    if a.end is None or b.end is None:
        return (b.end is not None) - (a.end is not None)
    return _compare(a.end, b.end) or (a.end_included - b.end_included)


def _is_before(a: Range, b: Range) -> bool:
    if a.end is None or b.start is None:
        return False
    order = _compare(a.end, b.start)
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


def _touches(a: Range, b: Range) -> bool:
    return _compare(a.end, b.start) == 0 and a.end_included and b.start_included


def _includes(a: Range, b: Range) -> bool:
    return _starts_first(a, b) <= 0 and _ends_first(a, b) >= 0


def _overlaps(a: Range, b: Range) -> bool:
    return not _is_before(a, b) and not _is_before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_first(a, b) < 0 and _ends_first(a, b) <= 0 and _overlaps(a, b)


def _any(relation: Callable[[Range, Range], bool]) -> Callable[..., FeelValue]:
    return lambda environment, left, right: relation(as_range(left), as_range(right))


def _alike(relation: Callable[[Range, Range], bool]) -> Callable[..., FeelValue]:
    """Two points or two ranges."""

    def related(environment: Environment, left: FeelValue, right: FeelValue) -> FeelValue:
        left, right = single(left), single(right)
        if (type(left) is Range) is not (type(right) is Range):
            raise Unsuitable
        return relation(as_range(left), as_range(right))

    return related


def _ranges(relation: Callable[[Range, Range], bool]) -> Callable[..., FeelValue]:
    return lambda environment, left, right: relation(_closed(left), _closed(right))


def _point_or_range(relation: Callable[[Range, Range], bool]) -> Callable[..., FeelValue]:
    """The second argument is a range, the first a point or a range."""

    def related(environment: Environment, left: FeelValue, right: FeelValue) -> FeelValue:
        return relation(as_range(left), _closed(right))

    return related


def _range_first(relation: Callable[[Range, Range], bool]) -> Callable[..., FeelValue]:
    def related(environment: Environment, left: FeelValue, right: FeelValue) -> FeelValue:
        return relation(as_range(right), _closed(left))

    return related


_POINTS = ("point1, point2", "point, range", "range, point", "range1, range2")
_PAIR = ("range1, range2",)
_POINT_RANGE = ("point, range", "range1, range2")
_RANGE_POINT = ("range, point", "range1, range2")


def _starts(a: Range, b: Range) -> bool:
    return _starts_first(a, b) == 0 and _ends_first(a, b) <= 0


def _finishes(a: Range, b: Range) -> bool:
    return _ends_first(a, b) == 0 and _starts_first(a, b) >= 0


for _name, _signatures, _implementation in (
    ("before", _POINTS, _any(_is_before)),
    ("after", _POINTS, _any(lambda a, b: _is_before(b, a))),
    ("meets", _PAIR, _ranges(_touches)),
    ("met by", _PAIR, _ranges(lambda a, b: _touches(b, a))),
    ("overlaps", _PAIR, _ranges(_overlaps)),
    ("overlaps before", _PAIR, _ranges(_overlaps_before)),
    ("overlaps after", _PAIR, _ranges(lambda a, b: _overlaps_before(b, a))),
    ("finishes", _POINT_RANGE, _point_or_range(_finishes)),
    ("finished by", _RANGE_POINT, _range_first(_finishes)),
    ("includes", _RANGE_POINT, _range_first(lambda a, b: _includes(b, a))),
    ("during", _POINT_RANGE, _point_or_range(lambda a, b: _includes(b, a))),
    ("starts", _POINT_RANGE, _point_or_range(_starts)),
    ("started by", _RANGE_POINT, _range_first(_starts)),
    (
        "coincides",
        ("point1, point2", "range1, range2"),
        _alike(lambda a, b: _starts_first(a, b) == 0 and _ends_first(a, b) == 0),
    ),
):
    RANGES.function(_name, *_signatures)(_implementation)


@RANGES.function("range", "from")
def range_of(environment: Environment, source: FeelValue) -> FeelValue:
    """The range a text such as `[1..5)` names; its ends are numbers, quoted texts or temporal literals.

    An end left out, as in `[1..)`, is as that of `>= 1`: without bound.
    """
    opening, low, high, closing = _parts(text(source).strip())
    start, end = _endpoint(low), _endpoint(high)
    if start is None and end is None:
        raise Unsuitable
    if start is not None and end is not None and comparison.ordered("<=", start, end) is not True:
        raise Unsuitable
    start_included, end_included = opening == "[" and start is not None, closing == "]" and end is not None
    return Range(start, end, start_included, end_included, of_test=not low or not high)


def _parts(source: str) -> tuple[str, str, str, str]:
    """Opening bracket, both ends, closing bracket."""
    dots = next((match.span() for match in _QUOTED_OR_DOTS.finditer(source) if match[0] == ".."), None)
    if dots is None or source[0] not in "[(]" or source[-1] not in "])[":
        raise Unsuitable
    return source[0], source[1 : dots[0]].strip(), source[dots[1] : -1].strip(), source[-1]


def _endpoint(source: str) -> FeelValue:
    if source in ("", "null"):
        return None
    if _NUMBER.fullmatch(source):
        return shortest(CONTEXT.create_decimal(source))
    literal = _LITERAL.fullmatch(source)
    if literal is None:
        raise Unsuitable
    opening = literal[1] or ""
    read = _READERS.get(opening.rstrip("("))
    value = read(unescape(literal[2])) if read and opening.endswith("(") is bool(literal[3]) else None
    if value is None:
        raise Unsuitable
    return value
