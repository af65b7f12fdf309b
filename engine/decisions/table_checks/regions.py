"""A column's values cut into regions that its cells cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from engine.decisions.table_checks.conditions import Condition
from engine.decisions.table_checks.domains import Domain
from engine.decisions.table_checks.lines import BOOLEANS, LINES, NUMBERS, TEXTS, Line, between_whole_numbers
from engine.feel import FeelValue


class Anything:
    """Stands for any value of a column whose values are not known by kind."""

    def __repr__(self) -> str:
        return "-"


ANYTHING = Anything()


class TooMuchWork(Exception):
    """The table is larger than the time set apart for its check."""


@dataclass
class Work:
    """What may still be done for one table, in steps that cost about a microsecond each."""

    left: int

    def spend(self, steps: int = 1) -> None:
        """Count `steps`. Raises TooMuchWork."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork


@dataclass
class Region:
    """Values that no closed cell tells apart; `value` is one of them.

    `line` is None for null, what is composed, and ANYTHING. `place` orders the regions of a line: odd ones are
    single values, even ones what lies between. `usual` are values an input is expected to have: of the kind that
    is declared or that the cells name, among the allowed values, and not null.
    """

    line: Line | None
    place: int
    value: FeelValue
    usual: bool
    low: FeelValue = None
    high: FeelValue = None
    filler: bool = False

    @property
    def is_point(self) -> bool:
        """Whether it is a single value."""
        return self.place % 2 == 1


def regions_of(
    conditions: Sequence[Condition], domain: Domain, allowed: Sequence[Condition], work: Work
) -> list[Region]:
    """The regions of one column, line by line and in order, then null and what no line has. Raises TooMuchWork."""
    null = Region(None, 0, None, usual=False)
    if domain.opaque:
        return [null, Region(None, 0, ANYTHING, usual=True)]
    everything = [*conditions, *allowed]
    expected = _expected(everything, domain)
    regions: list[Region] = []
    for line in domain.lines or LINES:
        points, filler = _points(line, everything)
        cut = list(_cut(line, points, line in expected, whole=domain.whole and line is NUMBERS))
        for region in cut:
            region.filler = region.is_point and line is TEXTS and region.value == filler
        work.spend(3 * len(cut) * (1 + len(allowed)))
        regions += cut
    regions.append(null)
    if not domain.lines:
        regions += [Region(None, 0, [], usual=False), Region(None, 0, {}, usual=False)]
    if not expected:
        regions.append(Region(None, 0, ANYTHING, usual=True))
    return [region for region in regions if _may_occur(region, allowed)]


def _expected(conditions: Sequence[Condition], domain: Domain) -> list[Line]:
    """The lines inputs are expected on: of the declared ones those that cells name, or the first."""
    named = set[Line]().union(*(condition.lines for condition in conditions))
    if not domain.lines:
        return [line for line in LINES if line in named]
    return [line for line in domain.lines if line in named] or [domain.lines[0]]


def _points(line: Line, conditions: Sequence[Condition]) -> tuple[list[FeelValue], str]:
    """The values on a line that cells name, in order; among texts one that none names, for the rest of them."""
    points: dict[Any, FeelValue] = {False: False, True: True} if line is BOOLEANS else {}
    for condition in conditions:
        points.update(condition.points(line))
    filler = ""
    if line is TEXTS:
        filler = next(
            text for number in count(1) if (text := f"other {number}" if number > 1 else "other") not in points
        )
        points[filler] = filler
    return [points[key] for key in sorted(points)], filler


def _cut(line: Line, points: Sequence[FeelValue], usual: bool, *, whole: bool) -> Iterator[Region]:
    """What is below the first point, each point, what is between two, and what is above; empty regions are left out."""
    if not points:
        yield Region(line, 0, line.sample, usual)
        return
    between = between_whole_numbers if whole else line.between
    low: FeelValue = None
    for index, point in enumerate(points):
        value = between(low, point)
        if value is not None:
            yield Region(line, 2 * index, value, usual, low, point)
        if not whole or point == int(point):
            yield Region(line, 2 * index + 1, point, usual, point, point)
        low = point
    value = between(low, None)
    if value is not None:
        yield Region(line, 2 * len(points), value, usual, low, None)


def _may_occur(region: Region, allowed: Sequence[Condition]) -> bool:
    """Whether allowed values let the region occur; where that is not certain it is not usual."""
    if region.value is None or region.value is ANYTHING:
        return True
    for condition in allowed:
        if condition.alone and condition.holds(region.value):
            continue
        region.usual = False
        if condition.closed and condition.truth(region.value) is False:
            return False
    return True
