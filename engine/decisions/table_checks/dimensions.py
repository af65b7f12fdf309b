"""In which regions of a column which rules hold, as bits: bit *i* is the rule with index *i*.

Columns that read the same expression make one dimension, for their values are always equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.decisions.table_checks.conditions import Condition
from engine.decisions.table_checks.lines import BOOLEANS, TEXTS, Line
from engine.decisions.table_checks.regions import ANYTHING, Region, TooMuchWork, Work
from engine.feel import FeelValue


@dataclass(frozen=True)
class Bits:
    """Rules by what is known of them in a region.

    `true` and `possible`: their cells hold for the region's value for certain, and perhaps (the rest do not);
    `always` and `sometimes`: their cells hold for all its values for certain, and perhaps for some.
    """

    true: int
    possible: int
    always: int
    sometimes: int

    def __and__(self, other: Bits) -> Bits:
        return Bits(
            self.true & other.true,
            self.possible & other.possible,
            self.always & other.always,
            self.sometimes & other.sometimes,
        )


def bits_of(mask: int) -> Iterator[int]:
    """The indices of the bits that are set, from low to high."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass
class Group:
    """Regions in which the same rules hold."""

    bits: Bits
    regions: list[Region]

    def __post_init__(self) -> None:
        self.usual = self.regions[0].usual  # the same for all regions of a group

    @property
    def value(self) -> FeelValue:
        """The value of the region that reads best."""
        return min(self.regions, key=_oddness).value


def _oddness(region: Region) -> int:
    """Of texts, one that a cell names reads best; of numbers and times, one between two that cells name."""
    if region.line in (TEXTS, BOOLEANS):
        return 2 if not region.is_point else int(region.filler)
    if region.is_point:
        return 1
    return 0 if region.low is not None and region.high is not None else 2


@dataclass
class Dimension:
    """One input expression: the positions of its columns, and its values in groups, those first that read best."""

    columns: tuple[int, ...]
    groups: list[Group]

    def __post_init__(self) -> None:
        self.sometimes = 0
        """Rules that may hold for some value at all."""
        for group in self.groups:
            self.sometimes |= group.bits.sometimes
        self._places: dict[int, list[int]] | None = None

    def places_of(self, rule: int, work: Work) -> Sequence[int]:
        """The positions of the groups in which the rule may hold. Raises TooMuchWork."""
        if self._places is None:
            everywhere = self.sometimes
            for group in self.groups:
                everywhere &= group.bits.sometimes
            self._places = {}
            for position, group in enumerate(self.groups):
                for each in bits_of(group.bits.sometimes & ~everywhere):
                    work.spend()
                    self._places.setdefault(each, []).append(position)
            for each in bits_of(everywhere):
                self._places[each] = list(range(len(self.groups)))
        return self._places.get(rule, ())

    @property
    def usual(self) -> list[Group]:
        """The groups an input is expected in."""
        return [group for group in self.groups if group.usual]


def dimension_of(
    columns: tuple[int, ...], cells: Sequence[Sequence[Condition]], regions: Sequence[Region], work: Work
) -> Dimension:
    """The dimension of columns with one expression; `cells` has, per column, the condition of each rule.

    Raises TooMuchWork.
    """
    marked = [_Marking(regions, work).of(column) for column in cells]
    bits = marked[0]
    for further in marked[1:]:
        bits = [one & other for one, other in zip(bits, further, strict=True)]
    grouped: dict[tuple[bool, bool, Bits], list[Region]] = {}
    for region, found in zip(regions, bits, strict=True):
        grouped.setdefault((not region.usual, region.value is None, found), []).append(region)
    groups = [Group(key[2], members) for key, members in sorted(grouped.items(), key=lambda item: item[0][:2])]
    groups.sort(key=lambda group: (not group.usual, min(map(_oddness, group.regions))))
    return Dimension(columns, groups)


class _Marking:
    """Finds the bits of one column's cells in the regions."""

    def __init__(self, regions: Sequence[Region], work: Work) -> None:
        self._regions = regions
        self._work = work
        self._everywhere = 0
        self._toggled = [0] * (len(regions) + 1)
        """Rules whose certain truth begins or ends at a region, counted from the one before."""
        self._apart = [index for index, region in enumerate(regions) if region.line is None]
        self._exact = [[0, 0, 0, 0] for _ in regions]
        """What is known of rules in single regions: the four of `Bits`."""

    def of(self, conditions: Sequence[Condition]) -> list[Bits]:
        """The bits by region."""
        for rule, condition in enumerate(conditions):
            if condition.cell.matches_anything:
                self._everywhere |= 1 << rule
            elif condition.closed:
                self._mark_closed(condition, 1 << rule)
            else:
                self._mark_opaque(condition, 1 << rule)
        found, now = [], self._everywhere
        for toggled, exact in zip(self._toggled, self._exact, strict=False):
            now ^= toggled
            self._work.spend()
            found.append(Bits(*(now | bits for bits in exact)))
        return found

    def _mark_closed(self, condition: Condition, bit: int) -> None:
        """Each stretch between the cell's own constants is true or not as a whole."""
        truths = set()
        for start, end in self._stretches(condition):
            self._work.spend(2)
            truth = condition.holds(self._regions[start].value)
            truths.add(truth)
            if truth:
                self._toggled[start] ^= bit
                self._toggled[end] ^= bit
        for index in self._apart:
            region = self._regions[index]
            if region.value is ANYTHING and truths:
                self._mark(index, bit, all(truths), any(truths))
            elif region.value is ANYTHING or (condition.has_list and region.value == []):
                self._mark(index, bit, False, True)
            else:
                holds = condition.holds(region.value)
                self._mark(index, bit, holds, holds)

    def _mark_opaque(self, condition: Condition, bit: int) -> None:
        """A cell that reads only its input is certain for each single value, any other cell for none."""
        for index, region in enumerate(self._regions):
            self._work.spend(2)
            holds = None
            if condition.alone and region.value is not ANYTHING:
                self._work.spend(18)  # by its steps, such a cell may cost ten times what a comparison does
                holds = condition.truth(region.value)
            if holds is None:
                self._mark(index, bit, False, True)
                continue
            self._mark(index, bit, holds, holds)
            if not region.is_point and region.value is not None:
                self._exact[index][2] &= ~bit
                self._exact[index][3] |= bit

    def _mark(self, index: int, bit: int, certain: bool, possible: bool) -> None:
        for place, holds in enumerate((certain, possible, certain, possible)):
            if holds:
                self._exact[index][place] |= bit

    def _stretches(self, condition: Condition) -> Iterator[tuple[int, int]]:
        """First and last-but-one index of each run of regions the condition cannot tell apart, on all lines."""
        for line, start, end in self._lines():
            keys = self._keys(line, start, end)
            at = start
            for point in sorted(condition.points(line)):
                index = start + bisect_left(keys, point)
                if index > at:
                    yield at, index
                at = index
                if index < end and keys[index - start] == point:
                    yield index, index + 1
                    at = index + 1
            if at < end:
                yield at, end

    def _lines(self) -> list[tuple[Line, int, int]]:
        if not hasattr(self, "_found_lines"):
            self._found_lines: list[tuple[Line, int, int]] = []
            self._found_keys: dict[Line, list[FeelValue]] = {}
            for index, region in enumerate(self._regions):
                line = region.line
                if line is None:
                    continue
                if self._found_lines and self._found_lines[-1][0] is line:
                    self._found_lines[-1] = (line, self._found_lines[-1][1], index + 1)
                else:
                    self._found_lines.append((line, index, index + 1))
        return self._found_lines

    def _keys(self, line: Line, start: int, end: int) -> list[FeelValue]:
        if line not in self._found_keys:
            self._found_keys[line] = [line.key(region.value) for region in self._regions[start:end]]
        return self._found_keys[line]


__all__ = ["Bits", "Dimension", "Group", "TooMuchWork", "Work", "bits_of", "dimension_of"]
