"""Rules against each other: overlaps, gaps, rules that never decide, and rules written twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.decisions.hit_policies import HitPolicy
from engine.decisions.table_checks import wording
from engine.decisions.table_checks.conditions import output_value
from engine.decisions.table_checks.dimensions import bits_of
from engine.decisions.table_checks.findings import ExampleValue, Finding, FindingCode, Severity
from engine.decisions.table_checks.geometry import CoverSearch, Gap, GapSearch, common_place, overlapping
from engine.decisions.table_checks.notation import set_as_feel
from engine.decisions.table_checks.view import TableView
from engine.decisions.table_checks.wording import Words
from engine.feel import FeelValue
from engine.feel.comparison import equal, matches

MAX_LISTED = 10
"""Findings of one kind per table; whoever has more changes the table before reading on."""

_MAX_BOXES = 500
"""Gaps that are joined to readable ones; neighbours beyond are left as they are."""

_PATH = re.compile(r'"(?:[^"\\]|\\.)*"|[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*')


class RuleOutputs:
    """The outputs of the rules, as far as they are the same for all input."""

    def __init__(self, view: TableView) -> None:
        self._known: dict[int, list[FeelValue] | None] = {}
        self._view = view

    def of(self, rule: int) -> list[FeelValue] | None:
        """The values by column; None when they depend on anything."""
        if rule not in self._known:
            self._view.work.spend(20)
            values = [output_value(entry) for entry in self._view.table.rules[rule].outputs]
            known = [value[0] for value in values if value is not None]
            self._known[rule] = known if len(known) == len(values) else None
        return self._known[rule]

    def differ(self, one: int, other: int) -> bool:
        """Whether the two rules certainly have different outputs."""
        left, right = self.of(one), self.of(other)
        if left is None or right is None:
            return False
        return any(equal(mine, theirs) is not True for mine, theirs in zip(left, right, strict=True))

    def rank(self, rule: int) -> tuple[int, ...] | None:
        """The rule's place by the output values of hit policy PRIORITY, the lowest first; None when it may vary."""
        values = self.of(rule)
        if values is None:
            return None
        listed = [column.priorities for column in self._view.table.outputs]
        return tuple(
            next((place for place, wanted in enumerate(order) if matches(value, wanted) is True), len(order))
            for value, order in zip(values, listed, strict=True)
        )


def overlap_findings(view: TableView, outputs: RuleOutputs) -> Iterator[Finding]:
    """UNIQUE: rules that match together; ANY: those of them with different outputs. Raises TooMuchWork."""
    any_ = view.table.policy is HitPolicy.ANY
    partners = overlapping(view.dimensions, len(view.table.rules), view.work)
    told = [0] * len(partners)
    listed = further = 0
    for rule, together in enumerate(partners):
        above = (2 << rule) - 1
        if listed >= MAX_LISTED and not any_:
            further += (together & ~told[rule] & ~above).bit_count()
            continue
        for other in bits_of(together & ~above):
            view.work.spend()
            if told[rule] >> other & 1 or (any_ and not outputs.differ(rule, other)):
                continue
            if listed >= MAX_LISTED:
                further += 1
                continue
            pair = 1 << rule | 1 << other
            place, alive = common_place(view.dimensions, pair, (1 << len(partners)) - 1)
            view.work.spend(len(place))
            alive = pair if any_ else alive
            for each in bits_of(alive):
                told[each] |= alive
            example = view.example(place)
            indices = list(bits_of(alive))
            if all(view.holds(each, example) for each in indices):
                listed += 1
                yield _overlap(view, indices, example)
    if further:
        yield _further(view, further, wording.OVERLAPS)


def _overlap(view: TableView, indices: list[int], example: tuple[ExampleValue, ...]) -> Finding:
    rules, shown = wording.rule_words(view.rules(indices)), wording.example_words(example)
    any_ = view.table.policy is HitPolicy.ANY
    reason, remedy = wording.contradiction(rules, shown) if any_ else wording.overlap(rules, shown)
    asked = [
        position
        for position, column in enumerate(view.conditions)
        if any(not column[index].cell.matches_anything for index in indices)
    ]
    return view.finding(
        FindingCode.CONTRADICTION if any_ else FindingCode.OVERLAP,
        Severity.FAILURE,
        (reason + related_columns(view, asked), remedy),
        rules=indices,
        example=example,
    )


def related_columns(view: TableView, positions: Sequence[int]) -> Words:
    """A hint at columns among `positions` that read the same data by different expressions."""
    paths = [(position, _paths(view, position)) for position in positions]
    for index, (one, mine) in enumerate(paths):
        for other, theirs in paths[index + 1 :]:
            if view.side_of[one] != view.side_of[other] and any(
                f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.") for a in mine for b in theirs
            ):
                return wording.related(view.columns([one, other]))
    return wording.NOTHING


def _paths(view: TableView, position: int) -> set[str]:
    """The data a column's expression reads, as dotted paths."""
    expression = view.table.inputs[position].expression
    found = ("".join(path.split()) for path in _PATH.findall(expression.text) if not path.startswith('"'))
    return {path for path in found if path.partition(".")[0] in expression.names}


def gap_findings(view: TableView) -> Iterator[Finding]:
    """Inputs no rule covers, of tables with one result and without default outputs.

    Null and values that are not allowed do not count: whoever leaves a field empty is told so by the form.
    Raises TooMuchWork.
    """
    if not view.dimensions or any(not dimension.usual for dimension in view.dimensions):
        return
    search = GapSearch(view.dimensions, len(view.table.rules), view.work)
    node = search.run()
    gaps = search.gaps(node, _MAX_BOXES)
    for gap in gaps[:MAX_LISTED]:
        found = _gap(view, gap)
        if found is not None:
            yield found
    further = len(gaps) - MAX_LISTED + max(0, node.gaps - _MAX_BOXES)
    if further > 0:
        yield _further(view, further, wording.GAPS)


def _gap(view: TableView, gap: Gap) -> Finding | None:
    place = [side[0] if side else each.usual[0] for side, each in zip(gap.sides, view.dimensions, strict=True)]
    example = view.example(place)
    if any(view.holds(rule, example) is not False for rule in range(len(view.table.rules))):
        return None
    sets = ["-" if side is None else set_as_feel(side, view.dimensions[at]) for at, side in enumerate(gap.sides)]
    asked = [(view.dimensions[at].columns[0], cell) for at, cell in enumerate(sets) if cell != "-"]
    columns = [position for position, _ in asked]
    box = wording.box_words([(example[position], cell) for position, cell in asked])
    reason, remedy = wording.gap(box, wording.example_words(example))
    return view.finding(
        FindingCode.GAP,
        Severity.WARNING,
        (reason + related_columns(view, columns), remedy),
        columns=[view.table.inputs[position].id for position in columns],
        example=example,
        missing=tuple(sets[view.side_of[position]] for position in range(len(view.table.inputs))),
    )


def covered_findings(view: TableView, outputs: RuleOutputs) -> Iterator[Finding]:
    """FIRST and PRIORITY: rules that never decide the result. Raises TooMuchWork."""
    by_priority = view.table.policy is HitPolicy.PRIORITY
    search, never = CoverSearch(view.dimensions, view.work), view.never
    listed = further = 0
    for rule in range(len(view.table.rules)):
        before = _stronger(view, outputs, rule) if by_priority else (1 << rule) - 1
        if never >> rule & 1 or not before:
            continue
        used = search.cover(rule, before)
        if used is None:
            continue
        if listed >= MAX_LISTED:
            further += 1
            continue
        example = view.example(view.place_of(rule))
        others = list(bits_of(used))
        if not any(view.holds(each, example) for each in others):
            continue
        listed += 1
        words = wording.covered(
            wording.rule_words(view.rules([rule])),
            wording.rule_words(view.rules(others)),
            wording.example_words(example),
            by_priority=by_priority,
        )
        yield view.finding(
            FindingCode.RULE_UNREACHABLE, Severity.WARNING, words, rules=[rule, *others], example=example
        )
    if further:
        yield _further(view, further, wording.COVERED)


def _stronger(view: TableView, outputs: RuleOutputs, rule: int) -> int:
    """Rules that go before `rule` by priority: with a higher one, or the same and written above."""
    own, found = outputs.rank(rule), 0
    if own is None:
        return 0
    view.work.spend(len(view.table.rules))
    for other in range(len(view.table.rules)):
        rank = outputs.rank(other)
        if rank is not None and other != rule and (rank, other) < (own, rule):
            found |= 1 << other
    return found


def duplicate_findings(view: TableView) -> Iterator[Finding]:
    """Rules with the same conditions and outputs, where the hit policy lets them match together."""
    alike: dict[tuple[object, ...], list[int]] = {}
    never = view.never
    for index, rule in enumerate(view.table.rules):
        if not never >> index & 1:
            cells = tuple(_meaning(view, position, index) for position in range(len(view.table.inputs)))
            alike.setdefault((cells, tuple(entry.text for entry in rule.outputs)), []).append(index)
    copies = [indices for indices in alike.values() if len(indices) > 1]
    for indices in copies[:MAX_LISTED]:
        example = view.example(view.place_of(indices[0]))
        words = wording.duplicate(
            wording.rule_words(view.rules(indices)),
            wording.example_words(example),
            collects=not view.table.policy.is_single,
        )
        yield view.finding(FindingCode.RULE_DUPLICATE, Severity.WARNING, words, rules=indices, example=example)
    if len(copies) > MAX_LISTED:
        yield _further(view, len(copies) - MAX_LISTED, wording.COVERED)


def _meaning(view: TableView, position: int, index: int) -> object:
    """What a cell says: the groups of its column where it holds, or its text where that depends on other data."""
    condition = view.conditions[position][index]
    dimension = view.dimensions[view.side_of[position]]
    if not condition.closed or len(dimension.columns) > 1:
        return condition.cell.text
    return tuple(dimension.places_of(index, view.work))


def _further(view: TableView, count: int, what: Words) -> Finding:
    return view.finding(
        FindingCode.NOT_ALL_LISTED, Severity.NOTE, (wording.not_all_listed(count, what), wording.NOTHING)
    )


__all__ = ["RuleOutputs", "covered_findings", "duplicate_findings", "gap_findings", "overlap_findings"]
