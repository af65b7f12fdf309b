"""What a table makes of the rules that matched (DMN 1.5, 8.2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from engine.decisions.errors import HitPolicyViolated
from engine.feel import FeelValue
from engine.feel.arithmetic import add
from engine.feel.comparison import equal, matches, ordered
from engine.feel.errors import Unsuitable


class HitPolicy(Enum):
    """By the name in the file."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"

    @property
    def is_single(self) -> bool:
        """Whether the table has one output, not a list."""
        return self in (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY)

    @property
    def needs_priorities(self) -> bool:
        """Whether output values say which rule goes first."""
        return self in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


class Aggregation(Enum):
    """Of COLLECT, by the name in the file."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True)
class Hit:
    """A matched rule: its 1-based index, the plain output value or context, and the values by column."""

    index: int
    output: FeelValue
    columns: Sequence[FeelValue]


def resolve(
    decision: str,
    policy: HitPolicy,
    aggregation: Aggregation | None,
    hits: Sequence[Hit],
    priorities: Sequence[Sequence[FeelValue]],
) -> FeelValue:
    """The table's result for at least one hit. Raises HitPolicyViolated."""
    outputs = [hit.output for hit in hits]
    match policy:
        case HitPolicy.UNIQUE if len(hits) > 1:
            raise _violation(decision, policy, hits)
        case HitPolicy.ANY if any(not _same(outputs[0], output) for output in outputs):
            raise _violation(decision, policy, hits)
        case HitPolicy.PRIORITY:
            return min(hits, key=lambda hit: _rank(hit, priorities)).output
        case HitPolicy.OUTPUT_ORDER:
            return [hit.output for hit in sorted(hits, key=lambda hit: _rank(hit, priorities))]
        case HitPolicy.RULE_ORDER:
            return outputs
        case HitPolicy.COLLECT:
            return aggregated(outputs, aggregation)
    return outputs[0]


def _violation(decision: str, policy: HitPolicy, hits: Sequence[Hit]) -> HitPolicyViolated:
    return HitPolicyViolated(decision=decision, policy=policy.value, rules=", ".join(str(hit.index) for hit in hits))


def _same(left: FeelValue, right: FeelValue) -> bool:
    return equal(left, right) is True


def _rank(hit: Hit, priorities: Sequence[Sequence[FeelValue]]) -> tuple[int, ...]:
    """The place of each output among its column's output values; columns without any do not count."""
    return tuple(
        next((place for place, wanted in enumerate(values) if matches(value, wanted) is True), len(values))
        for value, values in zip(hit.columns, priorities, strict=True)
    )


def aggregated(outputs: Sequence[FeelValue], aggregation: Aggregation | None) -> FeelValue:
    """The outputs as a list, or their sum, least, greatest or number; null when they do not fit."""
    if aggregation is None:
        return list(outputs)
    if aggregation is Aggregation.COUNT:
        return len(outputs)
    best = outputs[0]
    for output in outputs[1:]:
        if aggregation is Aggregation.SUM:
            try:
                best = add(best, output)
            except Unsuitable:
                return None
        else:
            better = ordered("<" if aggregation is Aggregation.MIN else ">", output, best)
            if better is None:
                return None
            best = output if better else best
    return best
