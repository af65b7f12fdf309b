"""How a built-in function is declared, called by position or name, and how its arguments are asked for.

An implementation takes the environment and the arguments by position and raises Unsuitable where the
standard says null. `a, b, c?` declares parameters; those marked `?` may be left out,
and the last may be given several times when marked `...`. Where two signatures differ only in the kind one parameter
takes, as `key` and `keys` do, `kinds` says which: by position both are tried, by name the name decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.feel.environment import Environment
from engine.feel.errors import Unsuitable
from engine.feel.types import FeelValue, Function, Kind, is_number, kind_of
from engine.feel.weight import call_cost

Implementation = Callable[..., FeelValue]
_LARGEST_WHOLE = 10**18  # no text or list is longer, and no decimal may be blown up to a longer int


class Builtin(Function):
    """A function of the standard or of Camunda 8.

    A `pure` one gives the same for the same arguments at little cost, and may be called before the evaluation.
    """

    __slots__ = ("implementation", "kinds", "pure", "signatures", "variadic")

    def __init__(
        self,
        name: str,
        signatures: tuple[str, ...],
        implementation: Implementation,
        variadic: bool,
        pure: bool,
        kinds: Mapping[str, Kind],
    ) -> None:
        split = tuple(tuple(part.strip() for part in signature.split(",") if part.strip()) for signature in signatures)
        super().__init__(name, tuple(part.rstrip("?.") for part in split[0]))
        self.signatures = split
        self.implementation = implementation
        self.variadic = variadic
        self.pure = pure
        self.kinds = kinds

    def call(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        """The result for as many arguments as one of the signatures takes."""
        if self.variadic:
            return self._run(environment, [_gathered(arguments)])
        if not any(self._fits(signature, len(arguments)) for signature in self.signatures):
            raise Unsuitable
        return self._run(environment, arguments)

    def call_named(self, environment: Environment, arguments: Mapping[str, FeelValue]) -> FeelValue:
        """The result for the parameter names of one of the signatures."""
        for signature in self.signatures:
            names = [part.rstrip("?.") for part in signature]
            given = [name in arguments for name in names]
            if sum(given) == len(arguments) and all(
                present or part.endswith("?") for present, part in zip(given, signature, strict=True)
            ):
                while given and not given[-1]:
                    given.pop()
                return self._run(environment, [self._named(arguments, name) for name in names[: len(given)]])
        raise Unsuitable

    def _named(self, arguments: Mapping[str, FeelValue], name: str) -> FeelValue:
        """An argument by its name, of the kind that name asks for (DMN 1.5, 10.3.2.9.4)."""
        value, kind = arguments.get(name), self.kinds.get(name)
        if kind is None or value is None or kind_of(value) is kind:
            return value
        value = [value] if kind is Kind.LIST else single(value)
        if kind_of(value) is not kind:
            raise Unsuitable
        return value

    def _fits(self, signature: tuple[str, ...], count: int) -> bool:
        required = sum(1 for part in signature if not part.endswith("?"))
        open_ended = bool(signature) and signature[-1].endswith("...")
        return required <= count and (open_ended or count <= len(signature))

    def _run(self, environment: Environment, arguments: Sequence[FeelValue]) -> FeelValue:
        environment.spend(call_cost(self.name, arguments))
        try:
            return self.implementation(environment, *arguments)
        except (ArithmeticError, ValueError) as error:  # the result is outside what can be represented
            raise Unsuitable from error


def _gathered(arguments: Sequence[FeelValue]) -> FeelValue:
    """The list a variadic function works on: its one list argument, or all its arguments."""
    if not arguments:
        raise Unsuitable
    return arguments[0] if len(arguments) == 1 else list(arguments)


class Family:
    """The built-ins of one file."""

    def __init__(self) -> None:
        self.functions: dict[str, Builtin] = {}

    def function(
        self,
        name: str,
        *signatures: str,
        variadic: bool = False,
        pure: bool = True,
        kinds: Mapping[str, Kind] | None = None,
    ) -> Callable[[Implementation], Implementation]:
        """Declare the decorated function as the FEEL function `name`."""

        def declare(implementation: Implementation) -> Implementation:
            self.functions[name] = Builtin(name, signatures, implementation, variadic, pure, kinds or {})
            return implementation

        return declare


def single(value: FeelValue) -> FeelValue:
    """A list of one as its item, anything else as it is (DMN 1.5, 10.3.2.9.4)."""
    return value[0] if type(value) is list and len(value) == 1 else value


def text(value: FeelValue) -> str:
    """A text argument."""
    value = single(value)
    if type(value) is not str:
        raise Unsuitable
    return value


def number(value: FeelValue) -> int | Decimal:
    """A number argument."""
    value = single(value)
    if not is_number(value):
        raise Unsuitable
    return value  # type: ignore[no-any-return]  # narrowed by is_number


def whole(value: FeelValue) -> int:
    """A number argument, its fraction cut off."""
    wanted = number(value)
    if not -_LARGEST_WHOLE < wanted < _LARGEST_WHOLE:
        raise Unsuitable
    return int(wanted)


def items(value: FeelValue) -> list[Any]:
    """A list argument; anything but null stands for a list of itself."""
    if value is None:
        raise Unsuitable
    return value if type(value) is list else [value]


def boolean_or_null(value: FeelValue) -> bool | None:
    """A boolean argument; what is not boolean counts as null."""
    return value if type(value) is bool else None
