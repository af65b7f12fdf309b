"""Compiled expressions, unary tests and templates: what the rest of the engine holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from engine.feel.builtins import BUILTINS
from engine.feel.compiler import Compiler
from engine.feel.environment import Environment
from engine.feel.errors import Expected, FeelSyntaxError, NestedTooDeep
from engine.feel.frames import Code, Frame
from engine.feel.parser import Parser
from engine.feel.scope import EMPTY, MappingScope, Scope
from engine.feel.syntax import height
from engine.feel.types import FeelValue

MAX_HEIGHT = 160
"""Levels of an expression's tree; each is two Python frames to compile and one to run."""

MAX_DEPTH = 128
"""Levels of lists and contexts in a value; the JSON writer gives up at 254."""

_BUILTIN_NAMES = frozenset(name for name in BUILTINS if not name.isidentifier())
_CACHED = 4_096  # texts; a deployment has some hundred


class Expression:
    """One compiled expression. `names` are the variables it reads, `functions` the ones it calls that are
    neither built in nor its own; both as the text spells them."""

    __slots__ = ("_code", "_may_nest", "functions", "names", "text")

    def __init__(
        self,
        text: str,
        code: Code,
        *,
        names: frozenset[str] = frozenset(),
        functions: frozenset[str] = frozenset(),
        may_nest: bool = False,
    ) -> None:
        self.text = text
        self._code = code
        self.names = names
        self.functions = functions
        self._may_nest = may_nest

    def evaluate(self, scope: Scope | Mapping[str, FeelValue], environment: Environment) -> FeelValue:
        """The value; null with a warning in the environment where the standard says null.

        Raises FeelEvaluationError when the step budget, the call depth, a text's size or a value's depth is exceeded.
        """
        value = run(self._code, Frame(None, None, as_scope(scope), environment))
        if self._may_nest:
            check_depth(value)
        return value

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """The compiled tests of one cell."""

    __slots__ = ("_code", "matches_anything", "names", "text")

    def __init__(self, text: str, code: Code, names: frozenset[str], matches_anything: bool) -> None:
        self.text = text
        self._code = code
        self.names = names
        self.matches_anything = matches_anything

    def matches(
        self, input_value: FeelValue, scope: Scope | Mapping[str, FeelValue], environment: Environment
    ) -> bool | None:
        """Whether `input_value` meets the tests; None where that cannot be said. Raises as `evaluate`."""
        if self.matches_anything:
            return True
        result = run(self._code, Frame(None, {"?": input_value}, as_scope(scope), environment))
        return result if type(result) is bool else None

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def as_scope(variables: Scope | Mapping[str, FeelValue]) -> Scope:
    """A scope as it is, a mapping as a scope."""
    return MappingScope(variables) if isinstance(variables, Mapping) else variables


def check_depth(value: FeelValue) -> None:
    """Raise NestedTooDeep for a value with more levels than can be stored; walks without recursion."""
    waiting = [(value, 1)]
    while waiting:
        current, level = waiting.pop()
        if level > MAX_DEPTH:
            raise NestedTooDeep
        inner = current if type(current) is list else current.values() if type(current) is dict else ()
        waiting.extend((item, level + 1) for item in inner if type(item) in (list, dict))


def run(code: Code, frame: Frame) -> FeelValue:
    """Run compiled code within the environment's budget."""
    environment = frame.environment
    environment.begin()
    try:
        return code(frame)
    except RecursionError as error:
        raise NestedTooDeep from error
    finally:
        environment.end()


def compile_expression(
    text: str,
    known_functions: Collection[str] = frozenset(),
    known_names: Collection[str] = frozenset(),
    hiding: Collection[str] = frozenset(),
) -> Expression:
    """Compile `text`, once per text and names known.

    `known_functions` are the environment's, `known_names` the variables the scope may have: both may hold
    blanks and operators. A name in `hiding` is a function of the scope even where a built-in has the same
    name. Raises FeelSyntaxError.
    """
    return _compiled(text, frozenset(known_functions) | frozenset(known_names), frozenset(hiding))


@lru_cache(maxsize=_CACHED)
def _compiled(text: str, known: frozenset[str], hiding: frozenset[str]) -> Expression:
    compiler = Compiler(hiding)
    try:
        node = Parser(text, _BUILTIN_NAMES | known | hiding).expression_text()
        _check_height(node)
        code = compiler.compile(node)
    except RecursionError as error:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, text[:40]) from error
    return Expression(
        text,
        code,
        names=frozenset(compiler.free_names),
        functions=frozenset(compiler.functions_called),
        may_nest=compiler.may_nest,
    )


def _check_height(node: object) -> None:
    if height(node) > MAX_HEIGHT:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, "…")


def compile_unary_tests(
    text: str,
    known_functions: Collection[str] = frozenset(),
    known_names: Collection[str] = frozenset(),
    hiding: Collection[str] = frozenset(),
) -> UnaryTests:
    """Compile the text of a decision table's input cell; as `compile_expression`."""
    return _compiled_tests(text, frozenset(known_functions) | frozenset(known_names), frozenset(hiding))


@lru_cache(maxsize=_CACHED)
def _compiled_tests(text: str, known: frozenset[str], hiding: frozenset[str]) -> UnaryTests:
    compiler = Compiler(hiding)
    try:
        tests = Parser(text, _BUILTIN_NAMES | known | hiding).unary_tests_text()
        _check_height(tests.tests)
        code = compiler.tests(tests)
    except RecursionError as error:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, text[:40]) from error
    return UnaryTests(text, code, frozenset(compiler.free_names), not tests.tests)


def compile_template(
    text: str,
    known_functions: Collection[str] = frozenset(),
    known_names: Collection[str] = frozenset(),
    hiding: Collection[str] = frozenset(),
) -> Expression:
    """Camunda 8's rule for attributes: `=` begins an expression, any other text stands for itself."""
    if text.startswith("="):
        return compile_expression(text[1:], known_functions, known_names, hiding)
    return Expression(text, lambda frame: text)


__all__ = ["EMPTY", "Expression", "UnaryTests", "compile_expression", "compile_template", "compile_unary_tests"]
