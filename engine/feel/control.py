"""Loops, quantifiers, filters and function definitions as closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import arithmetic, comparison
from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable, WarningCode
from engine.feel.frames import Block, Code, Frame
from engine.feel.syntax import For, FunctionDefinition, Iteration, Node, Quantified, TypeName, mentions
from engine.feel.type_checks import coerced
from engine.feel.types import FeelValue, Function, Kind, Range, is_number, kind_of

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

_DAY = dt.timedelta(days=1)


def _stepped(start: FeelValue, end: FeelValue, environment: Environment) -> Iterator[FeelValue]:
    """From `start` to `end` by one (or one day), downwards when `end` is less; each costs a step."""
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
    while current <= end if upwards else current >= end:
        environment.spend()
        yield current
        try:
            current = move(current, step)
        except (ArithmeticError, ValueError):  # beyond the last date
            return


def _range_items(interval: Range, environment: Environment) -> Iterator[FeelValue]:
    if interval.start is None or interval.end is None:
        raise Unsuitable
    if comparison.ordered("<=", interval.start, interval.end) is not True:
        raise Unsuitable
    for item in _stepped(interval.start, interval.end, environment):
        if comparison.in_range(item, interval) is True:
            yield item


Domain = Callable[[Frame], Iterator[FeelValue]]


def _domain(compiler: Compiler, iteration: Iteration) -> Domain:
    source = compiler.compile(iteration.domain)
    end = compiler.compile(iteration.end) if iteration.end is not None else None

    def items(frame: Frame) -> Iterator[FeelValue]:
        value, environment = source(frame), frame.environment
        if end is not None:
            yield from _stepped(value, end(frame), environment)
        elif type(value) is Range:
            yield from _range_items(value, environment)
        elif value is None:
            raise Unsuitable
        else:
            for item in value if type(value) is list else [value]:
                environment.spend()
                yield item

    return items


class _Loops:
    """Nested iterations of one `for`, `some` or `every`: later domains see the earlier variables."""

    def __init__(self, compiler: Compiler, iterations: Sequence[Iteration], body: Node, partial: bool) -> None:
        opened = 0
        self._steps: list[tuple[str, Domain]] = []
        if partial:
            compiler.blocks.append(Block({"partial"}))
            opened += 1
        for iteration in iterations:
            self._steps.append((iteration.name, _domain(compiler, iteration)))
            compiler.blocks.append(Block({iteration.name}))
            opened += 1
        self.body = compiler.compile(body)
        del compiler.blocks[-opened:]

    def run(self, frame: Frame, at: int = 0) -> Iterator[FeelValue]:
        """The body's value for every combination, in order."""
        name, domain = self._steps[at]
        last = at + 1 == len(self._steps)
        for item in domain(frame):
            inner = frame.block({name: item})
            if last:
                yield self.body(inner)
            else:
                yield from self.run(inner, at + 1)


def compile_for(compiler: Compiler, node: For) -> Code:
    """`for … return …`, with `partial` as the results so far where the body asks for it."""
    partial = mentions(node.body, "partial")
    compiler.builds = True
    loops = _Loops(compiler, node.iterations, node.body, partial)

    def run(frame: Frame) -> FeelValue:
        results: list[FeelValue] = []
        try:
            if not partial:
                return list(loops.run(frame))
            so_far: dict[str, FeelValue] = {"partial": []}
            for value in loops.run(frame.block(so_far)):
                frame.environment.spend(len(results) // 64)  # for the copy
                results.append(value)
                so_far["partial"] = list(results)  # a body may return it: it must not grow afterwards
        except Unsuitable:
            frame.environment.warn(WarningCode.WRONG_KINDS, "for")
            return None
        return results

    return run


def compile_quantified(compiler: Compiler, node: Quantified) -> Code:
    """`some … satisfies …` and `every … satisfies …`, three-valued."""
    loops = _Loops(compiler, node.iterations, node.condition, partial=False)
    decisive: bool = not node.all_must

    def run(frame: Frame) -> bool | None:
        unknown = False
        try:
            for value in loops.run(frame):
                if value is decisive:
                    return bool(value)
                if value is None:
                    unknown = True
                elif type(value) is not bool:
                    raise Unsuitable
        except Unsuitable:
            frame.environment.warn(WarningCode.WRONG_KINDS, "some" if decisive else "every")
            return None
        return None if unknown else not decisive

    return run


def compile_filter(source: Code, condition: Code, index: int | Decimal | None) -> Code:
    """`source[condition]`; a number is an index from 1, or from the end when negative."""

    def run(frame: Frame) -> FeelValue:
        value = source(frame)
        if type(value) is list:
            items = value
        elif type(value) is Range and index is None:
            items = list(_range_items(value, frame.environment))
        else:
            items = [] if value is None else [value]
        if index is not None:
            return _item_at(items, index, frame.environment)
        if value is None:
            return None if is_number(condition(frame.block(None))) else []
        return _selected(items, condition, frame)

    return run


def _selected(items: list[FeelValue], condition: Code, frame: Frame) -> FeelValue:
    environment, kept = frame.environment, []
    for position, item in enumerate(items):
        environment.spend()
        met = condition(frame.block(item))
        if met is True:
            kept.append(item)
        elif position == 0 and is_number(met):
            return _item_at(items, met, environment)
        elif met is not False and met is not None:
            environment.warn(WarningCode.NOT_A_BOOLEAN, "[ ]")
            return None
    return kept


def _item_at(items: list[FeelValue], index: int | Decimal, environment: Environment) -> FeelValue:
    place = index if index > 0 else -index
    if not 1 <= place <= len(items) or index != int(index):
        environment.warn(WarningCode.OUT_OF_RANGE, "[ ]")
        return None
    return items[int(index) - 1 if index > 0 else int(index)]


class Closure(Function):
    """A function defined in an expression, with the frame it was defined in."""

    __slots__ = ("body", "frame", "types")

    def __init__(self, parameters: Sequence[tuple[str, TypeName | None]], body: Code, frame: Frame) -> None:
        super().__init__("function", tuple(name for name, _ in parameters))
        self.types = tuple(type_name for _, type_name in parameters)
        self.body = body
        self.frame = frame

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The body's value for exactly as many arguments as parameters, each of its declared type."""
        if len(arguments) != len(self.parameters):
            raise Unsuitable
        values = {}
        for name, type_name, argument in zip(self.parameters, self.types, arguments, strict=True):
            values[name] = coerced(argument, type_name)
            if values[name] is None and argument is not None:
                raise Unsuitable
        environment.enter_call()
        result = self.body(self.frame.block(values))
        environment.leave_call()
        return result

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """As `call`, with exactly the parameters' names."""
        if set(arguments) != set(self.parameters):
            raise Unsuitable
        return self.call(environment, [arguments[name] for name in self.parameters])


def compile_function(compiler: Compiler, node: FunctionDefinition) -> Code:
    """`function(a, b) body`. An external body (Java, PMML) is never run: it is null."""
    compiler.builds = True
    if node.external:
        return lambda frame: None
    body = compiler.inside(Block({name for name, _ in node.parameters}), node.body)
    return lambda frame: Closure(node.parameters, body, frame)
