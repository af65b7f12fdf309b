"""FEEL syntax and values back to FEEL text, with no more brackets than the grammar needs.

Parsing the text gives the syntax again. A name is written bare where the parser reads it back as it is, else
in backticks: that depends on the names around it, so a text that reads back differently (`a - b` where there
is a variable `a-b`) is written once more with every name in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal

from engine.feel.arithmetic import CONTEXT
from engine.feel.builtins import BUILTINS
from engine.feel.cursor import BREAKING_WORDS
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import NAME
from engine.feel.parser import Parser
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
    Iteration,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    TypeName,
    UnaryTests,
)
from engine.feel.temporal import temporal_text
from engine.feel.types import FeelValue, Kind, Range, kind_of

_ANYTHING, _DISJUNCTION, _CONJUNCTION, _COMPARISON, _SUM, _PRODUCT, _POWER, _SIGN, _POSTFIX = range(9)
"""How strongly the parts of the grammar bind; a part that binds less than its place asks for is bracketed."""

_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_WORDS = re.compile(rf"{NAME}(?: {NAME})*")
_RESERVED = BREAKING_WORDS | {"if", "for", "some", "every", "function", "external", "null", "true", "false", "instance"}
_SPACED_TYPES = ("date and time", "days and time duration", "years and months duration")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TO_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029]')
_PLAIN_DIGITS = 40
"""Digits up to which a number is written without an exponent."""


def print_expression(node: Node, known: Collection[str] = ()) -> str:
    """The text of an expression; `known` are the names of its scope, which may be written bare."""
    return _stable(lambda writer: writer.at(node, _ANYTHING), lambda parser: parser.expression_text(), node, known)


def print_tests(tests: UnaryTests, known: Collection[str] = ()) -> str:
    """The text of a decision table's cell."""
    return _stable(lambda writer: writer.cell(tests), lambda parser: parser.unary_tests_text(), tests, known)


def print_value(value: FeelValue) -> str:
    """A value as an expression that gives it again; a function, which no text gives again, by its parameters."""
    kind = kind_of(value)
    if kind is Kind.LIST:
        return "[" + ", ".join(print_value(item) for item in value) + "]"
    if kind is Kind.CONTEXT:
        return "{" + ", ".join(f"{_label(key)}: {print_value(item)}" for key, item in value.items()) + "}"
    if kind is Kind.RANGE:
        return _range(value)
    if kind is Kind.FUNCTION:
        return f"function({', '.join(value.parameters)}) …"
    return literal(value)


def literal(value: FeelValue) -> str:
    """A value without parts, as it is written in an expression."""
    match kind_of(value):
        case Kind.NULL:
            return "null"
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.NUMBER:
            return _number(value)
        case Kind.STRING:
            return quoted(value)
    return f'@"{temporal_text(value)}"'


def quoted(text: str) -> str:
    """A string literal."""
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def _number(value: int | Decimal) -> str:
    if isinstance(value, Decimal) and abs(value.adjusted()) > _PLAIN_DIGITS:
        return f"{value.normalize(CONTEXT):e}"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _range(value: Range) -> str:
    if value.of_test and value.start is None:
        return f"({'<=' if value.end_included else '<'} {print_value(value.end)})"
    if value.of_test and value.end is None:
        return f"({'>=' if value.start_included else '>'} {print_value(value.start)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{print_value(value.start)}..{print_value(value.end)}{closing}"


def _is_plain(name: str) -> bool:
    return _WORDS.fullmatch(name) is not None and _RESERVED.isdisjoint(name.split())


def _is_type_word(name: str) -> bool:
    return _WORDS.fullmatch(name) is not None and BREAKING_WORDS.isdisjoint(name.split()) and "instance" not in name


def _label(name: str) -> str:
    return name if _is_plain(name) else quoted(name)


def _stable(
    write: Callable[[_Writer], str],
    parse: Callable[[Parser], Node | UnaryTests],
    wanted: Node | UnaryTests,
    known: Collection[str],
) -> str:
    bare = frozenset(known) | BUILTINS.keys()
    text = write(_Writer(bare))
    try:
        if parse(Parser(text, bare)) == wanted:
            return text
    except FeelSyntaxError:
        pass  # a name was read as another one
    return write(_Writer(frozenset(), all_quoted=True))


class _Writer:
    """`bare` are names that are written without backticks whatever they hold."""

    def __init__(self, bare: frozenset[str], all_quoted: bool = False) -> None:
        self._bare = bare
        self._all_quoted = all_quoted

    def at(self, node: Node, least: int) -> str:
        """`node` where the grammar wants what binds at least as strongly as `least`."""
        binding, write = _WRITERS[type(node)]
        if isinstance(node, Arithmetic):
            binding = _BINDING[node.operator]
        elif isinstance(node, Literal) and least == _POSTFIX and kind_of(node.value) is Kind.NUMBER:
            binding = _SIGN  # neither `-1.start` nor `1.start` is easy to read
        text = write(self, node)
        return text if binding >= least else f"({text})"

    def cell(self, tests: UnaryTests) -> str:
        """The tests of a cell."""
        if not tests.tests:
            return "-"
        text = self.tests(tests.tests)
        if tests.negated:
            return f"not({text})"
        only = tests.tests[0]
        negates = len(tests.tests) == 1 and isinstance(only, Call) and only.function == Name("not")
        return f"({text})" if negates else text

    def tests(self, nodes: Iterable[Node]) -> str:
        """Where a comparison without its left side may stand."""
        return ", ".join(
            self._comparison_test(node) if isinstance(node, ComparisonTest) else self.at(node, _ANYTHING)
            for node in nodes
        )

    def name(self, name: str) -> str:
        """A variable or property."""
        if name == "?" or name in self._bare or (not self._all_quoted and _is_plain(name)):
            return name
        return f"`{name}`"

    def type_name(self, wanted: TypeName) -> str:
        """A type with its arguments."""
        name = wanted.name
        if name not in _SPACED_TYPES:
            name = ".".join(part if _is_type_word(part) else f"`{part}`" for part in name.split("."))
        if wanted.entries:
            entries = (f"{_parameter(key)}: {self.type_name(inner)}" for key, inner in wanted.entries)
            return f"{name}<{', '.join(entries)}>"
        if not wanted.arguments:
            return name
        arguments = [self.type_name(argument) for argument in wanted.arguments]
        if wanted.name == "function":
            return f"{name}<{', '.join(arguments[:-1])}> -> {arguments[-1]}"
        return f"{name}<{', '.join(arguments)}>"

    def _comparison_test(self, node: ComparisonTest) -> str:
        return f"{node.operator} {self.at(node.operand, _SUM)}"

    def _bracketed_test(self, node: ComparisonTest) -> str:
        return f"({self._comparison_test(node)})"

    def _name(self, node: Name) -> str:
        return self.name(node.text)

    def _path(self, node: Path) -> str:
        return f"{self.at(node.source, _POSTFIX)}.{self.name(node.name)}"

    def _filter(self, node: Filter) -> str:
        return f"{self.at(node.source, _POSTFIX)}[{self.at(node.condition, _ANYTHING)}]"

    def _call(self, node: Call) -> str:
        arguments = [self.tests([argument]) for argument in node.positional]
        arguments += [f"{_parameter(name)}: {self.tests([argument])}" for name, argument in node.named]
        return f"{self.at(node.function, _POSTFIX)}({', '.join(arguments)})"

    def _negation(self, node: Negation) -> str:
        operand = self.at(node.operand, _SIGN)
        return f"-({operand})" if operand[0].isdigit() else f"-{operand}"

    def _arithmetic(self, node: Arithmetic) -> str:
        binding = _BINDING[node.operator]
        return f"{self.at(node.left, binding)} {node.operator} {self.at(node.right, binding + 1)}"

    def _comparison(self, node: Comparison) -> str:
        # `x instance of list < 5` would begin the type of the list's items
        left = self.at(node.left, _SUM if isinstance(node.left, InstanceOf) else _COMPARISON)
        return f"{left} {node.operator} {self.at(node.right, _SUM)}"

    def _conjunction(self, node: Conjunction) -> str:
        return " and ".join(self.at(operand, _COMPARISON) for operand in node.operands)

    def _disjunction(self, node: Disjunction) -> str:
        return " or ".join(self.at(operand, _CONJUNCTION) for operand in node.operands)

    def _between(self, node: Between) -> str:
        low, high = self.at(node.low, _SUM), self.at(node.high, _SUM)
        return f"{self.at(node.value, _COMPARISON)} between {low} and {high}"

    def _in(self, node: In) -> str:
        only = node.tests[0]
        if len(node.tests) > 1:
            tests = f"({self.tests(node.tests)})"
        else:
            tests = self._comparison_test(only) if isinstance(only, ComparisonTest) else self.at(only, _SUM)
        return f"{self.at(node.value, _COMPARISON)} in {tests}"

    def _instance_of(self, node: InstanceOf) -> str:
        value = literal(node.value.value) if isinstance(node.value, Literal) else self.at(node.value, _POSTFIX)
        return f"{value} instance of {self.type_name(node.type)}"

    def _list(self, node: ListLiteral) -> str:
        return f"[{self.tests(node.items)}]"

    def _context(self, node: ContextLiteral) -> str:
        return "{" + ", ".join(f"{_label(key)}: {self.at(value, _ANYTHING)}" for key, value in node.entries) + "}"

    def _range(self, node: RangeLiteral) -> str:
        opening, closing = "[" if node.start_included else "(", "]" if node.end_included else ")"
        return f"{opening}{self.at(node.start, _SUM)}..{self.at(node.end, _SUM)}{closing}"

    def _if(self, node: If) -> str:
        condition, then = self.at(node.condition, _ANYTHING), self.at(node.then, _ANYTHING)
        return f"if {condition} then {then} else {self.at(node.otherwise, _ANYTHING)}"

    def _iterations(self, iterations: tuple[Iteration, ...]) -> str:
        return ", ".join(
            f"{_parameter(one.name)} in {self.at(one.domain, _DISJUNCTION)}"
            if one.end is None
            else f"{_parameter(one.name)} in {self.at(one.domain, _SUM)}..{self.at(one.end, _SUM)}"
            for one in iterations
        )

    def _for(self, node: For) -> str:
        return f"for {self._iterations(node.iterations)} return {self.at(node.body, _ANYTHING)}"

    def _quantified(self, node: Quantified) -> str:
        word = "every" if node.all_must else "some"
        return f"{word} {self._iterations(node.iterations)} satisfies {self.at(node.condition, _ANYTHING)}"

    def _function(self, node: FunctionDefinition) -> str:
        parameters = (
            _parameter(name) + (f": {self.type_name(wanted)}" if wanted is not None else "")
            for name, wanted in node.parameters
        )
        external = "external " if node.external else ""
        return f"function({', '.join(parameters)}) {external}{self.at(node.body, _ANYTHING)}"


def _parameter(name: str) -> str:
    return name if _is_plain(name) else f"`{name}`"


_PRIMARY = _POSTFIX
_WRITERS: dict[type, tuple[int, Callable[..., str]]] = {
    Literal: (_PRIMARY, lambda _, node: literal(node.value)),
    AtLiteral: (_PRIMARY, lambda _, node: "@" + quoted(node.text)),
    Name: (_PRIMARY, _Writer._name),
    Path: (_POSTFIX, _Writer._path),
    Filter: (_POSTFIX, _Writer._filter),
    Call: (_POSTFIX, _Writer._call),
    Negation: (_SIGN, _Writer._negation),
    Arithmetic: (_SUM, _Writer._arithmetic),
    Comparison: (_COMPARISON, _Writer._comparison),
    Conjunction: (_CONJUNCTION, _Writer._conjunction),
    Disjunction: (_DISJUNCTION, _Writer._disjunction),
    Between: (_COMPARISON, _Writer._between),
    ComparisonTest: (_PRIMARY, _Writer._bracketed_test),
    In: (_COMPARISON, _Writer._in),
    InstanceOf: (_COMPARISON, _Writer._instance_of),
    ListLiteral: (_PRIMARY, _Writer._list),
    ContextLiteral: (_PRIMARY, _Writer._context),
    RangeLiteral: (_PRIMARY, _Writer._range),
    If: (_ANYTHING, _Writer._if),
    For: (_ANYTHING, _Writer._for),
    Quantified: (_ANYTHING, _Writer._quantified),
    FunctionDefinition: (_ANYTHING, _Writer._function),
}
