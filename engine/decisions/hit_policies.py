"""What a table makes of the rules that matched (DMN 1.5, 8.2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from engine.decisions.errors import HitPolicyViolated
from engine.feel import Environment, FeelValue, Unsuitable
from engine.feel.builtins import BUILTINS
from engine.feel.comparison import equal, matches


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
    environment: Environment,
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
            return _aggregated(outputs, aggregation, environment)
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


def _aggregated(outputs: list[FeelValue], aggregation: Aggregation | None, environment: Environment) -> FeelValue:
    """The outputs as a list, their number, or what FEEL's sum, min or max gives; null where they do not fit."""
    if aggregation is None:
        return outputs
    if aggregation is Aggregation.COUNT:
        return len(outputs)
    function = BUILTINS[aggregation.value.lower()]
    try:
        return function.call(environment, (outputs,))
    except Unsuitable as error:
        environment.warn(error.warning, function.name)
        return None
