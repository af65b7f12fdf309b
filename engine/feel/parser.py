"""FEEL tokens to syntax: precedence climbing, aware of the names in scope (DMN 1.5, 10.3.1.2 and 10.3.1.4).

A name may hold blanks, keywords and even operators when the scope knows it so (`date and time`,
`Post-Bureau`): the longest known name wins. Where nothing is known, neighbouring words make one name,
because two values side by side mean nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from engine.feel.arithmetic import CONTEXT
from engine.feel.cursor import BREAKING_WORDS, MAX_HEIGHT, MAX_NESTING
from engine.feel.errors import Expected
from engine.feel.lexer import TokenType
from engine.feel.mistakes import ELSE_NULL
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
from engine.feel.temporal import parse_temporal
from engine.feel.type_parser import TypeParser
from engine.feel.types import FeelValue

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_BINDING = {
    "or": 1,
    "and": 2,
    **dict.fromkeys((*_COMPARISONS, "between", "in"), 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "**": 6,
}
_ADDITIVE = 4
_DIGITS = 34
_WORD_OPERATORS = ("or", "and", "between", "in")
_CONSTANTS: dict[str, FeelValue] = {"null": None, "true": True, "false": False}


class Parser(TypeParser):
    """Of one text. `known` are the names the scope may have."""

    def __init__(self, source: str, known: Collection[str] = (), types: Mapping[str, TypeName] | None = None) -> None:
        super().__init__(source, known, types)
        self._filters_allowed = True

    # --- entry points -------------------------------------------------------------------------

    def expression_text(self) -> Node:
        """The whole text as one expression."""
        node = self.expression()
        self._end()
        return node

    def unary_tests_text(self) -> UnaryTests:
        """The whole text as the tests of a decision table's cell."""
        if self._is("-") and self._tokens[self._at + 1].type is TokenType.END:
            return UnaryTests(())
        begins_with_not = self._is_word("not")
        tests = self._tests()
        self._end()
        only = tests[0]
        if not begins_with_not or len(tests) > 1 or not isinstance(only, Call) or only.function != Name("not"):
            return UnaryTests(tests)
        if not only.positional:
            raise self._fail(Expected.EXPRESSION)
        return UnaryTests(only.positional, negated=True)  # the function `not` takes the same tests

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self._skip(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Node:
        if self._is(*_COMPARISONS):
            return ComparisonTest(self._take().text, self._binary(_ADDITIVE))
        return self.expression()

    # --- expressions --------------------------------------------------------------------------

    def expression(self) -> Node:
        """An expression up to where it ends; brackets inside restore what an outer range forbade."""
        self._deeper()
        allowed, self._filters_allowed = self._filters_allowed, True
        node = self._binary(0)
        self._filters_allowed = allowed
        self._nesting -= 1
        return node

    def _binary(self, least: int) -> Node:
        return self._climb(self._unary(), least)

    def _climb(self, node: Node, least: int) -> Node:
        """`node` and the operations behind it that bind at least as strongly as `least`."""
        for _ in range(MAX_HEIGHT):
            operator = self._operator()
            binding = _BINDING.get(operator, 0)
            if not operator or binding < least or binding == 0:
                return node
            self._at += 1
            node = self._operation(operator, binding, node)
        raise self._fail(Expected.LESS_NESTING)

    def _operator(self) -> str:
        if self._token.type is TokenType.SYMBOL or self._is_word(*_WORD_OPERATORS):
            return self._token.text
        return ""

    def _operation(self, operator: str, binding: int, left: Node) -> Node:
        match operator:
            case "between":
                low = self._binary(_ADDITIVE)
                self._need_word("and", Expected.AND)
                return Between(left, low, self._binary(_ADDITIVE))
            case "in":
                return In(left, self._in_tests())
            case "or":
                return Disjunction(self._operands(operator, left, Disjunction))
            case "and":
                return Conjunction(self._operands(operator, left, Conjunction))
        right = self._binary(binding + 1)
        if operator in _COMPARISONS:
            return Comparison(operator, left, right)
        return Arithmetic(operator, left, right)

    def _operands(self, word: str, left: Node, shape: type[Conjunction] | type[Disjunction]) -> tuple[Node, ...]:
        """`a and b and c` is one conjunction; a bracketed one on the left is joined, as `and` is associative."""
        operands = [*left.operands] if isinstance(left, shape) else [left]
        operands.append(self._binary(_BINDING[word] + 1))
        while self._is_word(word):
            self._at += 1
            operands.append(self._binary(_BINDING[word] + 1))
        return tuple(operands)

    def _in_tests(self) -> tuple[Node, ...]:
        if self._is(*_COMPARISONS):
            return (self._test(),)
        if not self._skip("("):
            return (self._binary(_ADDITIVE),)
        tests = [self._test()]
        if self._is(".."):  # the open end of a range
            tests = [self._range_after(tests[0], start_included=False)]
        elif not self._ends(")"):
            tests.append(self._test())
            while not self._ends(")"):
                tests.append(self._test())
            return tuple(tests)
        if isinstance(tests[0], ComparisonTest):
            return tuple(tests)
        return (self._climb(self._postfix(tests[0]), _ADDITIVE),)

    def _unary(self) -> Node:
        signs = 0
        while self._skip("-"):
            signs += 1
        if signs > MAX_NESTING:
            raise self._fail(Expected.LESS_NESTING)
        if signs and self._token.type is TokenType.NUMBER:  # the sign belongs to the literal (rule 35)
            signs -= 1
            node = self._postfix(Literal(self._number(negative=True)))
        else:
            node = self._postfix(self._primary())
        for _ in range(signs):
            node = Negation(node)
        return node

    def _postfix(self, node: Node) -> Node:
        for _ in range(MAX_HEIGHT):
            if self._is("[") and (self._filters_allowed or self._begins_value(self._at + 1)):
                self._at += 1
                node = Filter(node, self.expression())
                self._need("]")
            elif self._skip("."):
                node = Path(node, self._property_name())
            elif self._is("("):
                node = self._call(node)
            elif self._is_word("instance") and self._tokens[self._at + 1].text == "of":
                self._at += 2
                node = InstanceOf(node, self.type_name())
            else:
                return node
        raise self._fail(Expected.LESS_NESTING)

    def _begins_value(self, index: int) -> bool:
        """Whether a value may begin here: then `[` before it begins a filter and does not close `[1..5[`."""
        token = self._tokens[index]
        if token.type is TokenType.SYMBOL:
            return token.text in ("(", "[", "{", "-", "?")
        if token.type is TokenType.NAME:
            return token.text not in BREAKING_WORDS and token.text != "instance"
        return token.type is not TokenType.END

    # --- primaries ----------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self._token
        match token.type:
            case TokenType.NAME | TokenType.OTHER:
                return self._name_or_keyword()
            case TokenType.NUMBER:
                return Literal(self._number())
            case TokenType.STRING:
                self._at += 1
                return Literal(token.text)
            case TokenType.AT:
                self._at += 1
                value = parse_temporal(token.text)
                return AtLiteral(token.text) if value is None else Literal(value)
            case TokenType.QUOTED_NAME:
                self._at += 1
                return Name(token.text)
            case TokenType.SYMBOL:
                return self._bracketed()
        raise self._fail(Expected.EXPRESSION)

    def _number(self, negative: bool = False) -> int | Decimal:
        text = self._token.text
        if text.isdigit() and len(text) <= _DIGITS:
            self._at += 1
            return -int(text) if negative else int(text)
        try:
            value = CONTEXT.create_decimal(text)
        except ArithmeticError as error:
            raise self._fail(Expected.SMALLER_NUMBER) from error
        self._at += 1
        return value.copy_negate() if negative and value else value

    def _bracketed(self) -> Node:
        if self._skip("?"):
            return Name("?")
        if self._skip("("):
            return self._parenthesised()
        if self._skip("["):
            return self._list_or_range()
        if self._is("]") and self._begins_value(self._at + 1):
            self._at += 1
            return self._range_after(self.expression(), start_included=False)
        if self._skip("{"):
            return self._context()
        if self._is("@"):
            raise self._fail(Expected.TEMPORAL_TEXT)
        raise self._fail(Expected.EXPRESSION)

    def _parenthesised(self) -> Node:
        if self._is(*_COMPARISONS):
            test = self._test()
            self._need(")")
            return test
        node = self.expression()
        if self._is(".."):
            return self._range_after(node, start_included=False)
        self._need(")")
        return node

    def _list_or_range(self) -> Node:
        if self._skip("]"):
            return ListLiteral(())
        items = [self._test()]
        if self._is(".."):
            return self._range_after(items[0], start_included=True)
        while not self._ends("]"):
            items.append(self._test())
        return ListLiteral(tuple(items))

    def _range_after(self, start: Node, start_included: bool) -> Node:
        self._need("..")
        # `[1..5[` closes with a bracket that would else begin a filter.
        allowed, self._filters_allowed = self._filters_allowed, False
        end = self._binary(_ADDITIVE)
        self._filters_allowed = allowed
        if not self._is("]", ")", "["):
            raise self._fail(Expected.RANGE_END)
        return RangeLiteral(start, end, start_included, self._take().text == "]")

    def _context(self) -> Node:
        entries: list[tuple[str, Node]] = []
        with_names = self._names.opened()
        closed = self._skip("}")
        while not closed:
            key = self._take().text if self._token.type is TokenType.STRING else self._label()
            self._need(":")
            self._names.add(key)
            self._properties.add(key)
            entries.append((key, self.expression()))
            closed = self._ends("}")
        self._names.close(with_names)
        return ContextLiteral(tuple(entries))

    # --- names --------------------------------------------------------------------------------

    def _name_or_keyword(self) -> Node:
        length = self._names.longest(self._tokens, self._at)
        token = self._token
        if token.type is TokenType.NAME and length <= 1:
            if token.text in _CONSTANTS:
                self._at += 1
                return Literal(_CONSTANTS[token.text])
            keyword = self._keyword(token.text)
            if keyword is not None:
                return keyword
            if token.text in BREAKING_WORDS:
                raise self._fail(Expected.EXPRESSION)
        if token.type is TokenType.OTHER and not length:
            raise self._fail(Expected.EXPRESSION)
        return Name(self._name(self._names))

    def _keyword(self, word: str) -> Node | None:
        follower = self._tokens[self._at + 1]
        if word == "if":
            return self._if()
        if word == "for" and follower.type is not TokenType.SYMBOL:
            return self._for()
        if word in ("some", "every") and follower.type is not TokenType.SYMBOL:
            return self._quantified(word == "every")
        if word == "function" and follower.text == "(":
            return self._function_definition()
        return None

    # --- constructs that begin with a word ----------------------------------------------------

    def _if(self) -> Node:
        branches: list[tuple[Node, Node]] = []
        while self._is_word("if") and self._names.longest(self._tokens, self._at) <= 1:
            self._at += 1
            condition = self.expression()
            self._need_word("then", Expected.THEN)
            branches.append((condition, self.expression()))
            self._need_word("else", Expected.ELSE, ELSE_NULL)
            if len(branches) > MAX_HEIGHT:
                raise self._fail(Expected.LESS_NESTING)
        node = self.expression()
        for condition, then in reversed(branches):
            node = If(condition, then, node)
        return node

    def _for(self) -> Node:
        self._at += 1
        with_names = self._names.opened()
        iterations = self._iterations()
        self._need_word("return", Expected.RETURN)
        body = self.expression()
        self._names.close(with_names)
        return For(iterations, body)

    def _quantified(self, all_must: bool) -> Node:
        self._at += 1
        with_names = self._names.opened()
        iterations = self._iterations()
        self._need_word("satisfies", Expected.SATISFIES)
        condition = self.expression()
        self._names.close(with_names)
        return Quantified(all_must, iterations, condition)

    def _iterations(self) -> tuple[Iteration, ...]:
        iterations = [self._iteration()]
        while self._skip(","):
            iterations.append(self._iteration())
        return tuple(iterations)

    def _iteration(self) -> Iteration:
        name = self._label(before="in")
        self._need_word("in", Expected.IN)
        domain = self.expression()
        end = self.expression() if self._skip("..") else None
        self._names.add(name)
        return Iteration(name, domain, end)

    def _function_definition(self) -> Node:
        self._at += 1
        self._need("(")
        with_names = self._names.opened()
        parameters: list[tuple[str, TypeName | None]] = []
        closed = self._skip(")")
        while not closed:
            name = self._label()
            parameters.append((name, self.type_name() if self._skip(":") else None))
            self._names.add(name)
            closed = self._ends(")")
        external = self._is_word("external")
        if external:
            self._at += 1
        body = self.expression()
        self._names.close(with_names)
        return FunctionDefinition(tuple(parameters), body, external)

    # --- calls and types ----------------------------------------------------------------------

    def _call(self, function: Node) -> Node:
        self._need("(")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        closed = self._skip(")")
        while not closed:
            label = self._argument_name()
            if label is None and named:
                raise self._fail(Expected.NAMED_ARGUMENT)
            if label is None:
                positional.append(self._test())
            elif positional:
                raise self._fail(Expected.OPERATOR_OR_END)
            else:
                named.append((label, self._test()))
            closed = self._ends(")")
        return Call(function, tuple(positional), tuple(named))

    def _argument_name(self) -> str | None:
        index = self._at
        if self._tokens[index].type is TokenType.QUOTED_NAME:
            index += 1
        elif self._tokens[index].type is TokenType.NAME:
            while self._may_name(index):
                index += 1
        if index == self._at or self._tokens[index].text != ":":
            return None
        label = self._label()
        self._need(":")
        return label
