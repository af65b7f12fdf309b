"""Loops, quantifiers, filters and function definitions as closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from engine.feel import arithmetic, comparison
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable, WarningCode
from engine.feel.frames import Block, Code, Frame
from engine.feel.syntax import (
    Arithmetic,
    Filter,
    For,
    FunctionDefinition,
    Iteration,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    TypeName,
)
from engine.feel.type_checks import coerced
from engine.feel.types import NAMELESS, FeelValue, Function, Kind, Range, is_number, kind_of
from engine.feel.weight import ITERATION, RANGE_ITEM, step_cost

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

_DAY = dt.timedelta(days=1)


def _stepped(start: FeelValue, end: FeelValue, environment: Environment) -> Iterator[FeelValue]:
    """From `start` to `end` by one (or one day), downwards when `end` is less; nothing is made in advance."""
    if type(start) is int and type(end) is int:
        yield from range(start, end + 1) if start <= end else range(start, end - 1, -1)
        return
    current: Any = start
    step: Any
    if is_number(start) and is_number(end):
        step = 1
    elif kind_of(start) is kind_of(end) is Kind.DATE:
        step = _DAY
    else:
        raise Unsuitable
    upwards = current <= end
    move = arithmetic.add if upwards else arithmetic.subtract
    cost = step_cost(start)
    while current <= end if upwards else current >= end:
        environment.spend(cost)
        yield current
        try:
            following = move(current, step)
        except (ArithmeticError, ValueError):  # beyond the last date
            return
        if following == current:  # one more is lost among 34 digits
            return
        current = following


def _range_items(interval: Range, environment: Environment) -> Iterator[FeelValue]:
    if interval.start is None or interval.end is None:
        raise Unsuitable
    if comparison.ordered("<=", interval.start, interval.end) is not True:
        raise Unsuitable
    for item in _stepped(interval.start, interval.end, environment):
        if comparison.in_range(item, interval) is True:
            yield item


Domain = Callable[[Frame], Iterable[FeelValue]]


def _domain(compiler: Compiler, iteration: Iteration) -> Domain:
    source = compiler.compile(iteration.domain)
    end = compiler.compile(iteration.end) if iteration.end is not None else None

    def items(frame: Frame) -> Iterable[FeelValue]:
        value = source(frame)
        if end is not None:
            return _stepped(value, end(frame), frame.environment)
        if type(value) is Range:
            return _range_items(value, frame.environment)
        if value is None:
            raise Unsuitable
        return value if type(value) is list else [value]

    return items


class _Loops:
    """Nested iterations of one `for`, `some` or `every`: later domains see the earlier variables.

    Each round pays for what it evaluates: the domain of the next iteration, or the body.
    """

    def __init__(self, compiler: Compiler, iterations: Sequence[Iteration], body: Node) -> None:
        self._steps: list[tuple[str, Domain]] = []
        self._costs: list[int] = []
        first = Block({iterations[0].name, "partial"})
        before = compiler.weight
        for iteration in iterations:
            compiler.weight = 0
            self._steps.append((iteration.name, _domain(compiler, iteration)))
            self._costs.append(compiler.weight + 2 * ITERATION)
            compiler.blocks.append(Block({iteration.name}) if self._steps[1:] else first)
        self.first_domain = self._costs.pop(0) - 2 * ITERATION
        compiler.weight = 0
        self.body = compiler.compile(body)
        self._costs.append(compiler.weight + ITERATION)
        compiler.weight = before + self.first_domain
        del compiler.blocks[-len(iterations) :]
        self.asks_partial = "partial" in first.asked and "partial" not in {one.name for one in iterations}

    def run(self, frame: Frame, so_far: Mapping[str, FeelValue], at: int = 0) -> Iterator[FeelValue]:
        """The body's value for every combination, in order. `so_far` are further variables."""
        name, domain = self._steps[at]
        last, cost, spend = at + 1 == len(self._steps), self._costs[at], frame.environment.spend
        for item in domain(frame):
            spend(cost)
            inner = frame.block({**so_far, name: item} if so_far else {name: item})
            if last:
                yield self.body(inner)
            else:
                yield from self.run(inner, {}, at + 1)


def compile_for(compiler: Compiler, node: For) -> Code:
    """`for … return …`, with `partial` as the results so far where the body asks for it."""
    compiler.builds = True
    loops = _Loops(compiler, node.iterations, node.body)

    def run(frame: Frame) -> FeelValue:
        try:
            if not loops.asks_partial:
                return list(loops.run(frame, {}))
            return _with_partial(loops, frame)
        except Unsuitable:
            frame.environment.warn(WarningCode.NOT_A_LIST, "for")
            return None

    return run


def _with_partial(loops: _Loops, frame: Frame) -> list[FeelValue]:
    results: list[FeelValue] = []
    so_far: dict[str, FeelValue] = {"partial": results}
    for value in loops.run(frame, so_far):
        if value is not None and type(value) is not bool and type(value) not in comparison.PLAIN:
            frame.environment.spend(len(results) // 64)
            results = list(results)  # the value may hold the list it was given, which must not grow afterwards
            so_far["partial"] = results
        results.append(value)
    return results


def compile_quantified(compiler: Compiler, node: Quantified) -> Code:
    """`some … satisfies …` and `every … satisfies …`, three-valued."""
    loops = _Loops(compiler, node.iterations, node.condition)
    decisive: bool = not node.all_must
    keyword = "some" if decisive else "every"

    def run(frame: Frame) -> bool | None:
        unknown = False
        try:
            for value in loops.run(frame, {}):
                if value is decisive:
                    return bool(value)
                if value is None:
                    unknown = True
                elif type(value) is not bool:
                    frame.environment.warn(WarningCode.NOT_A_BOOLEAN, keyword)
                    return None
        except Unsuitable:
            frame.environment.warn(WarningCode.NOT_A_LIST, keyword)
            return None
        return None if unknown else not decisive

    return run


def compile_filter(compiler: Compiler, node: Filter) -> Code:
    """`source[condition]`; a number is an index from 1, or from the end when negative."""
    source = compiler.compile(node.source)
    index = node.condition.value if isinstance(node.condition, Literal) else None
    index = index if is_number(index) else None
    before, compiler.weight = compiler.weight, 0
    condition = compiler.inside(Block({"item"}, of_item=True), node.condition)
    cost, compiler.weight = compiler.weight + ITERATION, before
    may_be_index = isinstance(node.condition, Name | Path | Arithmetic | Negation | Literal)

    def run(frame: Frame) -> FeelValue:
        value = source(frame)
        try:
            if type(value) is list:
                items = value
            elif type(value) is Range and index is not None:
                items = _all_of(value, frame.environment)
            elif type(value) is Range:
                return _selected(_range_items(value, frame.environment), value, condition, cost + RANGE_ITEM, frame)
            else:
                items = [] if value is None else [value]
            if index is not None:
                return _item_at(items, index, frame.environment)
            if not items:
                return None if may_be_index and is_number(condition(frame.block(None))) else []
            return _selected(items, items, condition, cost, frame)
        except Unsuitable:
            frame.environment.warn(WarningCode.WRONG_KINDS, "[ ]")
            return None

    return run


def _selected(
    items: Iterable[FeelValue], source: list[FeelValue] | Range, condition: Code, cost: int, frame: Frame
) -> FeelValue:
    environment, kept, first = frame.environment, [], True
    for item in items:
        environment.spend(cost)
        met = condition(frame.block(item))
        if met is True:
            kept.append(item)
        elif first and is_number(met):
            return _item_at(_all_of(source, environment), met, environment)
        elif met is not False and met is not None:
            environment.warn(WarningCode.NOT_A_BOOLEAN, "[ ]")
            return None
        first = False
    return kept


def _all_of(source: list[FeelValue] | Range, environment: Environment) -> list[FeelValue]:
    if type(source) is list:
        return source
    items = []
    for item in _range_items(cast("Range", source), environment):
        environment.spend(RANGE_ITEM)
        items.append(item)
    return items


def _item_at(items: list[FeelValue], index: int | Decimal, environment: Environment) -> FeelValue:
    place = index if index > 0 else -index
    if not 1 <= place <= len(items) or index != int(index):
        environment.warn(WarningCode.NO_SUCH_POSITION, "[ ]")
        return None
    return items[int(index) - 1 if index > 0 else int(index)]


class Closure(Function):
    """A function defined in an expression, with the frame it was defined in."""

    __slots__ = ("body", "cost", "frame", "frames", "types")

    def __init__(
        self, parameters: Sequence[tuple[str, TypeName | None]], body: Code, cost: int, frames: int, frame: Frame
    ) -> None:
        super().__init__(NAMELESS, tuple(name for name, _ in parameters))
        self.types = tuple(type_name for _, type_name in parameters)
        self.body = body
        self.cost = cost
        self.frames = frames
        self.frame = frame

    def parameter_types(self) -> Sequence[TypeName | None]:
        """The types the definition names."""
        return self.types

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The body's value for exactly as many arguments as parameters, each of its declared type."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        values = {}
        for name, type_name, argument in zip(self.parameters, self.types, arguments, strict=True):
            values[name] = coerced(argument, type_name)
            if values[name] is None and argument is not None:
                raise Unsuitable
        environment.spend(self.cost)
        environment.enter_call(self.frames)
        try:
            return self.body(self.frame.block(values))
        finally:
            environment.leave_call(self.frames)

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`, with exactly the parameters' names."""
        if set(arguments) != set(self.parameters):
            raise Unsuitable
        return self.call(environment, [arguments[name] for name in self.parameters])


def compile_function(compiler: Compiler, node: FunctionDefinition) -> Code:
    """`function(a, b) body`. An external body (Java, PMML) is never run: a call of it is null."""
    compiler.builds = True
    if node.external:
        return _constant_function(node)
    before, compiler.weight = compiler.weight, 0
    around, compiler.frames, compiler.most_frames = (compiler.frames, compiler.most_frames), 0, 0
    body = compiler.inside(Block({name for name, _ in node.parameters}), node.body)
    cost, frames = compiler.weight, compiler.most_frames
    compiler.weight, (compiler.frames, compiler.most_frames) = before, around
    return lambda frame: Closure(node.parameters, body, cost, frames, frame)


def _constant_function(node: FunctionDefinition) -> Code:
    def body(frame: Frame) -> None:
        frame.environment.warn(WarningCode.EXTERNAL_FUNCTION, "function")

    return lambda frame: Closure(node.parameters, body, 0, 1, frame)
