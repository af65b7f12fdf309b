"""Function calls as closures: built in, local, of the scope or of the environment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.signatures import Builtin
from engine.feel.environment import Environment
from engine.feel.errors import FeelEvaluationError, Unsuitable, WarningCode
from engine.feel.frames import Code, Frame
from engine.feel.properties import has_property
from engine.feel.scope import EMPTY
from engine.feel.syntax import Call, Literal, Name, Node, Path
from engine.feel.types import NAMELESS, FeelValue, Function

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

Apply = Callable[[Function, Frame], FeelValue]
_TRIAL_STEPS = 100  # an expression may hold a thousand calls, and reading it must not take long


def compile_call(compiler: Compiler, node: Call) -> Code:
    """Code for a call; a built-in with constant arguments is called once, here."""
    name = node.function.text if isinstance(node.function, Name) else ""
    apply = _apply(compiler, node)
    if name == "is defined" and len(node.positional) == 1:
        return _is_defined(compiler, node.positional[0])
    built_in = BUILTINS.get(name)
    if built_in is not None and name not in compiler.hiding and not compiler.is_local(name):
        return _call_built_in(node, built_in, apply)
    if name and not compiler.is_local(name):
        compiler.functions_called.add(name)
        return _call_by_name(name, apply)
    shown = node.function.name if isinstance(node.function, Path) else name
    return _call_value(shown, compiler.compile(node.function), apply)


def _apply(compiler: Compiler, node: Call) -> Apply:
    if node.named:
        named = [(name, compiler.compile(argument)) for name, argument in node.named]
        return lambda function, frame: function.call_named(
            frame.environment, {name: code(frame) for name, code in named}
        )
    codes = [compiler.compile(argument) for argument in node.positional]
    if len(codes) == 1:
        only = codes[0]
        return lambda function, frame: function.call(frame.environment, (only(frame),))
    return lambda function, frame: function.call(frame.environment, [code(frame) for code in codes])


def _called(name: str, function: FeelValue, apply: Apply, frame: Frame) -> FeelValue:
    environment = frame.environment
    if not isinstance(function, Function):
        environment.warn(*((WarningCode.UNKNOWN_FUNCTION, name) if name else (WarningCode.NOT_A_FUNCTION, "( )")))
        return None
    environment.spend()
    try:
        return apply(function, frame)
    except Unsuitable as error:
        code, subject = error.warning, name or function.name
        if code is WarningCode.WRONG_ARGUMENTS and subject == NAMELESS:
            code = WarningCode.NAMELESS_ARGUMENTS
        environment.warn(code, subject)
    return None


def _call_built_in(node: Call, built_in: Builtin, apply: Apply) -> Code:
    arguments = (*node.positional, *(argument for _, argument in node.named))
    if built_in.pure and arguments and all(isinstance(argument, Literal) for argument in arguments):
        constant, value = _tried(built_in, apply)
        if constant:
            return lambda frame: value
    return lambda frame: _called(built_in.name, built_in, apply, frame)


def _tried(built_in: Builtin, apply: Apply) -> tuple[bool, FeelValue]:
    """Whether a call of constants is a constant, too, and which: without a warning and at no great cost."""
    trial = Environment(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), step_budget=_TRIAL_STEPS)
    trial.begin()
    try:
        value = _called(built_in.name, built_in, apply, Frame(None, None, EMPTY, trial))
    except FeelEvaluationError:
        return False, None
    return not trial.warnings and type(value) not in (list, dict), value


def _call_by_name(name: str, apply: Apply) -> Code:
    def run(frame: Frame) -> FeelValue:
        function = frame.environment.functions.get(name)
        if function is None:
            return _called(name, frame.scope.get(name), apply, frame)
        return _called(name, function, apply, frame)

    return run


def _call_value(name: str, code: Code, apply: Apply) -> Code:
    return lambda frame: _called(name, code(frame), apply, frame)


def _is_defined(compiler: Compiler, node: Node) -> Code:
    """`is defined(x)`: whether the variable, or the last step of the path, exists; null counts as existing."""
    if isinstance(node, Name) and not compiler.blocks:
        name = node.text
        compiler.free_names.add(name)
        return lambda frame: frame.scope.has(name)
    if isinstance(node, Path):
        source, name = compiler.compile(node.source), node.name
        return lambda frame: has_property(source(frame), name)
    if isinstance(node, Name) and compiler.is_local(node.text):
        return lambda frame: True
    code = compiler.compile(node)
    return lambda frame: code(frame) is not None
