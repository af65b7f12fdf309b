"""Compiled expressions, unary tests and templates: what the rest of the engine holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import cast

from engine.feel.builtins import BUILTINS
from engine.feel.compiler import Compiler
from engine.feel.cursor import MAX_HEIGHT
from engine.feel.environment import Environment
from engine.feel.errors import Expected, FeelSyntaxError, NestedTooDeep
from engine.feel.frames import Code, Frame
from engine.feel.parser import Parser
from engine.feel.scope import EMPTY, LayeredScope, MappingScope, Scope
from engine.feel.size import measured
from engine.feel.syntax import TypeName, height
from engine.feel.syntax import UnaryTests as Tests
from engine.feel.types import FeelValue

_BUILTIN_NAMES = frozenset(name for name in BUILTINS if not name.isidentifier())
_SCOPES = frozenset({MappingScope, LayeredScope})
_CACHED = 4_096  # texts; a deployment has some hundred
_CACHED_LENGTH = 4_096
"""Characters of a text that is kept compiled for the next who asks; longer ones are only held by who asked."""


class Expression:
    """One compiled expression. `names` are the variables it reads, `functions` the ones it calls that are
    neither built in nor its own; both as the text spells them. `constant` is a text that stands for itself."""

    __slots__ = ("_builds", "_code", "constant", "functions", "names", "text")

    def __init__(
        self,
        text: str,
        code: Code,
        *,
        names: frozenset[str] = frozenset(),
        functions: frozenset[str] = frozenset(),
        builds: bool = False,
        constant: str | None = None,
    ) -> None:
        self.text = text
        self.constant = constant
        self._code = code
        self.names = names
        self.functions = functions
        self._builds = builds

    def evaluate(self, scope: Scope | Mapping[str, FeelValue], environment: Environment) -> FeelValue:
        """The value; null with a warning in the environment where the standard says null.

        Raises FeelEvaluationError when the step budget, the call depth, or the size or depth of a value is exceeded.
        """
        value = run(self._code, Frame(None, None, as_scope(scope), environment))
        if self._builds:
            measured(value)
        return value

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """The compiled tests of one cell; `syntax` is what its text says, for whoever reasons about tables."""

    __slots__ = ("_code", "matches_anything", "names", "syntax", "text")

    def __init__(self, text: str, code: Code, names: frozenset[str], syntax: Tests) -> None:
        self.text = text
        self._code = code
        self.names = names
        self.syntax = syntax
        self.matches_anything = not syntax.tests

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
    if type(variables) in _SCOPES:  # asked per expression, and quicker than whether it is a mapping
        return cast(Scope, variables)
    return MappingScope(variables) if isinstance(variables, Mapping) else variables


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
    types: Mapping[str, TypeName] | None = None,
) -> Expression:
    """Compile `text`, once per text and names known.

    `known_functions` are the environment's, `known_names` the variables the scope may have: both may hold
    blanks and operators. A name in `hiding` is a function of the scope even where a built-in has the same
    name. `types` are the types that `instance of` and parameters may name. Raises FeelSyntaxError.
    """
    compiling = _compiled if len(text) <= _CACHED_LENGTH else _compiled.__wrapped__
    return compiling(text, frozenset(known_functions) | frozenset(known_names), frozenset(hiding), _frozen(types))


def _frozen(types: Mapping[str, TypeName] | None) -> frozenset[tuple[str, TypeName]]:
    return frozenset(types.items()) if types else frozenset()


@lru_cache(maxsize=_CACHED)
def _compiled(
    text: str, known: frozenset[str], hiding: frozenset[str], types: frozenset[tuple[str, TypeName]]
) -> Expression:
    compiler = Compiler(hiding)
    try:
        node = Parser(text, _BUILTIN_NAMES | known | hiding, dict(types)).expression_text()
        _check_height(node)
        code = compiler.compile(node)
    except RecursionError as error:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, text[:40]) from error
    return Expression(
        text,
        code,
        names=frozenset(compiler.free_names),
        functions=frozenset(compiler.functions_called),
        builds=compiler.builds,
    )


def _check_height(node: object) -> None:
    if height(node) > MAX_HEIGHT:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, "…")


def compile_unary_tests(
    text: str,
    known_functions: Collection[str] = frozenset(),
    known_names: Collection[str] = frozenset(),
    hiding: Collection[str] = frozenset(),
    types: Mapping[str, TypeName] | None = None,
) -> UnaryTests:
    """Compile the text of a decision table's input cell; as `compile_expression`."""
    compiling = _compiled_tests if len(text) <= _CACHED_LENGTH else _compiled_tests.__wrapped__
    return compiling(text, frozenset(known_functions) | frozenset(known_names), frozenset(hiding), _frozen(types))


@lru_cache(maxsize=_CACHED)
def _compiled_tests(
    text: str, known: frozenset[str], hiding: frozenset[str], types: frozenset[tuple[str, TypeName]]
) -> UnaryTests:
    compiler = Compiler(hiding)
    try:
        tests = Parser(text, _BUILTIN_NAMES | known | hiding, dict(types)).unary_tests_text()
        _check_height(tests.tests)
        code = compiler.tests(tests)
    except RecursionError as error:
        raise FeelSyntaxError(1, 1, Expected.LESS_NESTING, text[:40]) from error
    return UnaryTests(text, code, frozenset(compiler.free_names), tests)


def compile_template(
    text: str,
    known_functions: Collection[str] = frozenset(),
    known_names: Collection[str] = frozenset(),
    hiding: Collection[str] = frozenset(),
    types: Mapping[str, TypeName] | None = None,
) -> Expression:
    """Camunda 8's rule for attributes: `=` begins an expression, any other text stands for itself."""
    if text.startswith("="):
        return compile_expression(text[1:], known_functions, known_names, hiding, types)
    return Expression(text, lambda frame: text, constant=text)


__all__ = ["EMPTY", "Expression", "UnaryTests", "compile_expression", "compile_template", "compile_unary_tests"]
