"""Overlaps, gaps and covered rules among boxes, by bits of rules and a sweep over one dimension after the other.

After Calvanese, Dumas, Laurson, Maggi, Montali and Teinemaa, “Semantics, Analysis and Simplification of DMN Decision
Tables” (2018), with regions computed beforehand and rules as the bits of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.decisions.table_checks.dimensions import Dimension, Group, Work, bits_of

Place = tuple[Group, ...]
"""One group of each dimension, in their order."""


def overlapping(dimensions: Sequence[Dimension], rules: int, work: Work) -> list[int]:
    """By rule, the rules that certainly hold together with it for some value in every dimension.

    Raises TooMuchWork.
    """
    everyone = (1 << rules) - 1
    partners = [everyone & ~(1 << rule) for rule in range(rules)]
    for dimension in dimensions:
        together = [0] * rules
        everywhere, anywhere = everyone, 0
        for group in dimension.groups:
            everywhere &= group.bits.true
            anywhere |= group.bits.true
        for group in dimension.groups:
            alive = group.bits.true
            for rule in bits_of(alive & ~everywhere):
                work.spend()
                together[rule] |= alive
        for rule in bits_of(everywhere):
            together[rule] = anywhere
        partners = [known & found for known, found in zip(partners, together, strict=True)]
    return partners


def common_place(dimensions: Sequence[Dimension], pair: int, everyone: int) -> tuple[Place, int]:
    """A place where the rules of `pair`, which overlap, certainly hold, with all rules that hold there."""
    alive, place = everyone, []
    for dimension in dimensions:
        shared = [group for group in dimension.groups if group.bits.true & pair == pair]
        best = max(shared, key=lambda group: (group.usual, (alive & group.bits.true).bit_count()))
        alive &= best.bits.true
        place.append(best)
    return tuple(place), alive


_Box = list[int | None]
"""Per dimension, in the order they are swept, the groups as bits; None where every value counts."""


@dataclass
class Gap:
    """Values no rule covers: per dimension the groups, or None where every value counts."""

    sides: list[list[Group] | None]


@dataclass
class _Node:
    """Where a sweep stands with some rules alive: how many gaps there are from here on, and where."""

    gaps: int
    branches: list[tuple[int, _Node | None]] = field(default_factory=list)
    """Groups of this dimension, as bits, and what follows; None is a gap whatever follows."""


class GapSearch:
    """Of one table; the same rules alive at the same dimension are looked at once."""

    def __init__(self, dimensions: Sequence[Dimension], rules: int, work: Work) -> None:
        self._order = sorted(range(len(dimensions)), key=lambda index: _fullness(dimensions[index]))
        self._sides = [dimensions[index].usual for index in self._order]
        self._rules = rules
        self._work = work
        self._seen: dict[tuple[int, int], _Node] = {}
        everyone = (1 << rules) - 1
        self._full_from = [everyone] * (len(self._sides) + 1)
        for level in range(len(self._sides) - 1, -1, -1):
            self._full_from[level] = self._full_from[level + 1]
            for group in self._sides[level]:
                self._full_from[level] &= group.bits.possible

    def run(self) -> _Node:
        """The gaps of the whole table. Raises TooMuchWork."""
        return self._node(0, (1 << self._rules) - 1)

    def _node(self, level: int, alive: int) -> _Node:
        known = self._seen.get((level, alive))
        if known is not None:
            return known
        node = _Node(0)
        if not alive & self._full_from[level]:  # else one rule covers all that is left
            outcomes: dict[int, int] = {}
            self._work.spend(len(self._sides[level]))
            for place, group in enumerate(self._sides[level]):
                left = alive & group.bits.possible
                outcomes[left] = outcomes.get(left, 0) | 1 << place
            for left, groups in outcomes.items():
                inner = self._node(level + 1, left) if left else None
                gaps = inner.gaps if inner else 1
                if gaps:
                    node.branches.append((groups, inner))
                    node.gaps += gaps
        self._seen[level, alive] = node
        return node

    def gaps(self, node: _Node, limit: int) -> list[Gap]:
        """The first gaps, neighbours joined to one where that leaves a box."""
        boxes: list[_Box] = []
        for box in self._boxes(node, 0):
            boxes.append(box)
            if len(boxes) >= limit:
                break
        return [self._in_order(box) for box in _joined(boxes)]

    def _boxes(self, node: _Node, level: int) -> Iterator[_Box]:
        for groups, inner in node.branches:
            if inner is None:
                yield [groups, *([None] * (len(self._sides) - level - 1))]
            else:
                for rest in self._boxes(inner, level + 1):
                    yield [groups, *rest]

    def _in_order(self, box: _Box) -> Gap:
        sides: list[list[Group] | None] = [None] * len(box)
        for level, index in enumerate(self._order):
            groups, chosen = self._sides[level], box[level]
            if chosen is not None and chosen.bit_count() < len(groups):
                sides[index] = [groups[place] for place in bits_of(chosen)]
        return Gap(sides)


def _fullness(dimension: Dimension) -> int:
    """How many rules a dimension does not tell apart; those that tell most are looked at first."""
    everywhere = -1
    for group in dimension.usual:
        everywhere &= group.bits.possible
    return everywhere.bit_count() if everywhere >= 0 else 0


def _joined(boxes: list[_Box]) -> list[_Box]:
    """Boxes that differ in one dimension only, made one."""
    for side in range(len(boxes[0]) if boxes else 0):
        alike: dict[tuple[int | None, ...], _Box] = {}
        for box in boxes:
            known = alike.setdefault((*box[:side], *box[side + 1 :]), list(box))
            mine, others = known[side], box[side]
            known[side] = None if mine is None or others is None else mine | others
        boxes = list(alike.values())
    return boxes


class CoverSearch:
    """Whether the rules before one certainly hold wherever it may."""

    def __init__(self, dimensions: Sequence[Dimension], work: Work) -> None:
        self._dimensions = dimensions
        self._work = work

    def cover(self, rule: int, before: int) -> int | None:
        """Rules of `before` that together cover `rule`; None when some input is left to it. Raises TooMuchWork."""
        sides = [[each.groups[place] for place in each.places_of(rule, self._work)] for each in self._dimensions]
        self._work.spend(sum(map(len, sides)) // 2)
        full_from = [before] * (len(sides) + 1)
        for level in range(len(sides) - 1, -1, -1):
            full_from[level] = full_from[level + 1]
            for group in sides[level]:
                full_from[level] &= group.bits.always
        covered: dict[tuple[int, int], int | None] = {}

        def search(level: int, alive: int) -> int | None:
            whole = alive & full_from[level]
            if whole:
                return whole & -whole
            if not alive:
                return None
            if (level, alive) in covered:
                return covered[level, alive]
            used: int | None = 0
            outcomes = {alive & group.bits.always for group in sides[level]}
            self._work.spend(len(sides[level]))
            for left in sorted(outcomes, key=int.bit_count):
                found = search(level + 1, left)
                if found is None:
                    used = None
                    break
                used = (used or 0) | found
            covered[level, alive] = used
            return used

        return search(0, before)
