"""Syntax to Python closures. No source text is ever handed to Python.

`Compiler` holds the blocks of local names while it walks down the tree and collects the names an
expression reads from outside. The constructs with loops and functions are in `control.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from engine.feel import arithmetic, comparison
from engine.feel.builtins import BUILTINS
from engine.feel.calls import compile_call
from engine.feel.control import compile_filter, compile_for, compile_function, compile_quantified
from engine.feel.errors import Unsuitable, WarningCode
from engine.feel.frames import Block, Code, Frame, read_name, read_variable
from engine.feel.properties import property_of
from engine.feel.size import measured
from engine.feel.syntax import (
    Arithmetic,
    AtLiteral,
    Between,
    Call,
    Comparison,
    ComparisonTest,
    Conjunction,
    ContextLiteral,
    Disjunction,
    Filter,
    For,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    UnaryTests,
    mentions,
)
from engine.feel.type_checks import is_instance
from engine.feel.types import FeelValue, Range
from engine.feel.weight import PER_MEMBER, comparing, frames_of, result_cost, weight_of

CONTAINERS = frozenset({list, dict})
NOT_REPRESENTABLE = (ArithmeticError, ValueError)  # OverflowError and decimal's signals are among them


class Compiler:
    """Of one expression. `hiding` are functions of its scope that hide built-in ones."""

    def __init__(self, hiding: frozenset[str] = frozenset()) -> None:
        self.hiding = hiding
        self.blocks: list[Block] = []
        self.free_names: set[str] = set()
        self.functions_called: set[str] = set()
        self.builds = False
        """Whether the expression makes lists or contexts, which must be measured before others use them."""
        self.weight = 0
        """Steps of evaluating once what was compiled so far, without the rounds of loops and calls."""
        self.frames = 0
        self.most_frames = 0
        """Python frames that the parts around hold, and the most there were; each function counts from 0."""

    def compile(self, node: Node) -> Code:
        """Code for `node` inside the blocks open now."""
        self.weight += weight_of(node)
        frames = frames_of(node)
        self.frames += frames
        self.most_frames = max(self.most_frames, self.frames)
        code = _COMPILERS[type(node)](self, node)
        self.frames -= frames
        return code

    def inside(self, block: Block, node: Node) -> Code:
        """Code for `node` inside one more block."""
        self.blocks.append(block)
        code = self.compile(node)
        self.blocks.pop()
        return code

    def is_local(self, name: str) -> bool:
        """Whether an open block surely has `name`."""
        return any(name in block.names for block in self.blocks)

    def read(self, name: str) -> Code:
        """Code that reads the variable `name`."""
        built_in = BUILTINS.get(name)
        if not self.is_local(name) and built_in is None:
            in_item = name == "item" and any(block.of_item for block in self.blocks)
            if not in_item:
                self.free_names.add(name)
        return read_name(name, self.blocks, read_variable(name, built_in))

    def tests(self, tests: UnaryTests) -> Code:
        """Code for a cell: whether the local `?` meets the tests."""
        self.blocks.append(Block({"?"}))
        codes = [_test(self, test, mentions(test, "?")) for test in tests.tests]
        self.blocks.pop()

        def run(frame: Frame) -> bool | None:
            value = frame.locals["?"]
            results = [code(frame, value) for code in codes]
            result = comparison.three_valued_any(results) if codes else True
            return (not result if result is not None else None) if tests.negated else result

        return run


def _constant(value: FeelValue) -> Code:
    return lambda frame: value


def _literal(compiler: Compiler, node: Literal) -> Code:
    return _constant(node.value)


def _at_literal(compiler: Compiler, node: AtLiteral) -> Code:
    return lambda frame: frame.environment.warn(WarningCode.NOT_TEMPORAL, "@")


def _name(compiler: Compiler, node: Name) -> Code:
    return compiler.read(node.text)


def _path(compiler: Compiler, node: Path) -> Code:
    source, name = compiler.compile(node.source), node.name

    def run(frame: Frame) -> FeelValue:
        value = source(frame)
        if type(value) is dict and name in value:
            return value[name]
        return property_of(value, name, frame.environment)

    return run


def _arithmetic(compiler: Compiler, node: Arithmetic) -> Code:
    left, right = compiler.compile(node.left), compiler.compile(node.right)
    symbol, operate = node.operator, arithmetic.OPERATORS[node.operator]

    def run(frame: Frame) -> FeelValue:
        try:
            one, other = left(frame), right(frame)
            result = operate(one, other)
            if type(result) is not int:
                frame.environment.spend(result_cost(symbol, other, result))
            return result
        except Unsuitable:
            frame.environment.warn(WarningCode.WRONG_KINDS, symbol)
        except NOT_REPRESENTABLE:
            frame.environment.warn(WarningCode.OUT_OF_RANGE, symbol)
        return None

    return run


def _negation(compiler: Compiler, node: Negation) -> Code:
    operand = compiler.compile(node.operand)

    def run(frame: Frame) -> FeelValue:
        try:
            return arithmetic.negate(operand(frame))
        except Unsuitable:
            frame.environment.warn(WarningCode.WRONG_KINDS, "-")
        except NOT_REPRESENTABLE:
            frame.environment.warn(WarningCode.OUT_OF_RANGE, "-")
        return None

    return run


def _comparison(compiler: Compiler, node: Comparison) -> Code:
    left, right, symbol = compiler.compile(node.left), compiler.compile(node.right), node.operator
    if symbol in ("=", "!="):
        return _equality(left, right, negated=symbol == "!=")
    order = comparison.ORDERS[symbol]
    plain = comparison.PLAIN

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        kind = type(one)
        if kind is type(other) and kind in plain:
            if kind is str:
                frame.environment.spend(comparing(one))
            return order(one, other)
        result = comparison.ordered(symbol, one, other)
        if result is None:
            frame.environment.warn(WarningCode.WRONG_KINDS, symbol)
        return result

    return run


def _equality(left: Code, right: Code, negated: bool) -> Code:
    plain = comparison.PLAIN

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        kind = type(one)
        if kind is type(other) and kind in plain:
            if kind is str:
                frame.environment.spend(comparing(one))
            return (one == other) is not negated
        if kind in CONTAINERS:
            frame.environment.spend(PER_MEMBER * measured(one))
        result = comparison.equal(one, other)
        if result is None:
            frame.environment.warn(WarningCode.WRONG_KINDS, "!=" if negated else "=")
            return None
        return result is not negated

    return run


def _conjunction(compiler: Compiler, node: Conjunction) -> Code:
    return _connective([compiler.compile(operand) for operand in node.operands], decisive=False)


def _disjunction(compiler: Compiler, node: Disjunction) -> Code:
    return _connective([compiler.compile(operand) for operand in node.operands], decisive=True)


def _connective(operands: list[Code], decisive: bool) -> Code:
    """`or` is decided by a true operand, `and` by a false one; what is not boolean counts as null."""
    keyword = "or" if decisive else "and"

    def run(frame: Frame) -> bool | None:
        unknown = unsuitable = False
        for operand in operands:
            value = operand(frame)
            if value is decisive:
                return bool(value)
            if type(value) is not bool:
                unknown = True
                unsuitable = unsuitable or value is not None
        if unsuitable:
            frame.environment.warn(WarningCode.OPERAND_NOT_BOOLEAN, keyword)
        return None if unknown else not decisive

    return run


def _between(compiler: Compiler, node: Between) -> Code:
    value, low, high = (compiler.compile(part) for part in (node.value, node.low, node.high))

    def run(frame: Frame) -> bool | None:
        subject = value(frame)
        above = comparison.ordered(">=", subject, low(frame))
        below = comparison.ordered("<=", subject, high(frame))
        result = comparison.three_valued_all([above, below])
        if result is None:
            frame.environment.warn(WarningCode.WRONG_KINDS, "between")
        return result

    return run


Test = Callable[[Frame, FeelValue], "bool | None"]


def _test(compiler: Compiler, node: Node, asks_input: bool) -> Test:
    """Code for one test of a value; a test that asks for `?` says itself whether it is met."""
    if isinstance(node, ComparisonTest):
        return _comparison_test(node.operator, compiler.compile(node.operand))
    if isinstance(node, Literal):
        constant = node.value
        if type(constant) in comparison.PLAIN:
            return lambda frame, value: (
                value == constant if type(value) is type(constant) else comparison.equal(value, constant)
            )
        if type(constant) is bool:  # a value to equal; only a test that was worked out says itself whether it is met
            return lambda frame, value: comparison.equal(value, constant)
    code = compiler.compile(node)

    def run(frame: Frame, value: FeelValue) -> bool | None:
        wanted = code(frame)
        if type(wanted) is bool and (asks_input or type(value) is not bool):
            return wanted
        if asks_input and wanted is None:
            return None
        if type(wanted) in CONTAINERS:
            frame.environment.spend((PER_MEMBER + comparing(value)) * measured(wanted))
        return comparison.matches(value, wanted)

    return run


def _comparison_test(symbol: str, operand: Code) -> Test:
    if symbol == "=":
        return lambda frame, value: comparison.equal(value, operand(frame))
    if symbol == "!=":

        def differs(frame: Frame, value: FeelValue) -> bool | None:
            result = comparison.equal(value, operand(frame))
            return None if result is None else not result

        return differs
    order, plain = comparison.ORDERS[symbol], comparison.PLAIN

    def run(frame: Frame, value: FeelValue) -> bool | None:
        bound = operand(frame)
        kind = type(value)
        if kind is type(bound) and kind in plain:
            return order(value, bound)
        return comparison.ordered(symbol, value, bound)

    return run


def _in(compiler: Compiler, node: In) -> Code:
    value = compiler.compile(node.value)
    tests = [_test(compiler, test, False) for test in node.tests]

    def run(frame: Frame) -> bool | None:
        subject = value(frame)
        if type(subject) is str:
            frame.environment.spend(comparing(subject) * len(tests))
        return comparison.three_valued_any([test(frame, subject) for test in tests])

    return run


def _range_of_test(compiler: Compiler, node: ComparisonTest) -> Code:
    """`(< 5)` as a value: the range up to 5 (DMN 1.5, 10.3.2.7)."""
    operand, symbol = compiler.compile(node.operand), node.operator

    def run(frame: Frame) -> FeelValue:
        bound = operand(frame)
        if symbol == "=":
            return Range(bound, bound, True, True, of_test=True)
        if symbol == "!=" or bound is None:
            frame.environment.warn(WarningCode.WRONG_KINDS, symbol)
            return None
        included = symbol in ("<=", ">=")
        if symbol[0] == "<":
            return Range(None, bound, False, included, of_test=True)
        return Range(bound, None, included, False, of_test=True)

    return run


def _range(compiler: Compiler, node: RangeLiteral) -> Code:
    start, end = compiler.compile(node.start), compiler.compile(node.end)
    start_included, end_included = node.start_included, node.end_included
    if isinstance(node.start, Literal) and isinstance(node.end, Literal):
        return _constant(_range_value(node.start.value, node.end.value, start_included, end_included))

    def run(frame: Frame) -> FeelValue:
        value = _range_value(start(frame), end(frame), start_included, end_included)
        if value is None:
            frame.environment.warn(WarningCode.WRONG_KINDS, "..")
        return value

    return run


def _range_value(start: FeelValue, end: FeelValue, start_included: bool, end_included: bool) -> Range | None:
    if start is None and end is None:
        return None
    if start is not None and end is not None and comparison.ordered("<=", start, end) is None:
        return None
    return Range(start, end, start_included and start is not None, end_included and end is not None)


def _list(compiler: Compiler, node: ListLiteral) -> Code:
    compiler.builds = True
    items = [compiler.compile(item) for item in node.items]
    return lambda frame: [item(frame) for item in items]


def _context(compiler: Compiler, node: ContextLiteral) -> Code:
    compiler.builds = True
    block = Block(set())
    entries: list[tuple[str, Code]] = []
    for key, value in node.entries:
        if isinstance(value, FunctionDefinition):
            block.names.add(key)  # a function may call itself
        entries.append((key, compiler.inside(block, value)))
        block.names.add(key)
    counted = Counter(key for key, _ in entries)
    twice = next((key for key, times in counted.items() if times > 1), None)
    if twice is not None:  # an entry defined twice has no meaning (10.3.2.6)
        return lambda frame: frame.environment.warn(WarningCode.DEFINED_TWICE, twice)

    def run(frame: Frame) -> FeelValue:
        values: dict[str, FeelValue] = {}
        inner = frame.block(values)
        for key, code in entries:
            values[key] = code(inner)
        return values

    return run


def _if(compiler: Compiler, node: If) -> Code:
    condition = compiler.compile(node.condition)
    before = compiler.weight
    then = compiler.compile(node.then)
    with_then, compiler.weight = compiler.weight, before
    otherwise = compiler.compile(node.otherwise)
    compiler.weight = max(compiler.weight, with_then)  # only one of them is evaluated

    def run(frame: Frame) -> FeelValue:
        met = condition(frame)
        if met is True:
            return then(frame)
        if met is not False:
            frame.environment.warn(WarningCode.NOT_A_BOOLEAN, "if")
        return otherwise(frame)

    return run


def _instance_of(compiler: Compiler, node: InstanceOf) -> Code:
    value, type_name = compiler.compile(node.value), node.type
    return lambda frame: is_instance(value(frame), type_name)


def _filter(compiler: Compiler, node: Filter) -> Code:
    return compile_filter(compiler, node)


def _for(compiler: Compiler, node: For) -> Code:
    return compile_for(compiler, node)


def _quantified(compiler: Compiler, node: Quantified) -> Code:
    return compile_quantified(compiler, node)


def _function(compiler: Compiler, node: FunctionDefinition) -> Code:
    return compile_function(compiler, node)


def _call(compiler: Compiler, node: Call) -> Code:
    return compile_call(compiler, node)


_COMPILERS: dict[type, Callable[..., Code]] = {
    Literal: _literal,
    AtLiteral: _at_literal,
    Name: _name,
    Path: _path,
    Filter: _filter,
    Call: _call,
    Negation: _negation,
    Arithmetic: _arithmetic,
    Comparison: _comparison,
    Conjunction: _conjunction,
    Disjunction: _disjunction,
    Between: _between,
    ComparisonTest: _range_of_test,
    In: _in,
    InstanceOf: _instance_of,
    ListLiteral: _list,
    ContextLiteral: _context,
    RangeLiteral: _range,
    If: _if,
    For: _for,
    Quantified: _quantified,
    FunctionDefinition: _function,
}
