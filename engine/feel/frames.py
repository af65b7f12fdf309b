"""What a compiled expression carries while it runs, and how it finds a name's value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from engine.feel.environment import Environment
from engine.feel.errors import WarningCode
from engine.feel.scope import Scope
from engine.feel.types import FeelValue, Function


class Frame:
    """One block of local values; `locals` is a dict of names, or the item a filter looks at."""

    __slots__ = ("environment", "locals", "parent", "scope")

    def __init__(self, parent: Frame | None, locals_: FeelValue, scope: Scope, environment: Environment) -> None:
        self.parent = parent
        self.locals = locals_
        self.scope = scope
        self.environment = environment

    def block(self, locals_: FeelValue) -> Frame:
        """A frame inside this one."""
        return Frame(self, locals_, self.scope, self.environment)


Code: TypeAlias = Callable[[Frame], FeelValue]


class Block:
    """What the compiler knows of a frame: its names, or that any name may be the item's."""

    __slots__ = ("asked", "names", "of_item")

    def __init__(self, names: set[str], of_item: bool = False) -> None:
        self.names = names
        self.of_item = of_item
        self.asked: set[str] = set()
        """The names that were read from here."""


def read_name(name: str, blocks: list[Block], outermost: Code) -> Code:
    """Code that reads `name` from the innermost block that has it, else by `outermost`."""
    if not blocks:
        return outermost
    block, outer = blocks[-1], blocks[:-1]
    if block.of_item:
        behind = _stepping_out(read_name(name, outer, outermost))
        return _read_item(name, behind)
    if name in block.names:
        block.asked.add(name)
        return lambda frame: frame.locals.get(name)
    if any(name in further.names or further.of_item for further in outer):
        return _stepping_out(read_name(name, outer, outermost))
    return outermost  # the scope is the same in every frame


def _stepping_out(code: Code) -> Code:
    return lambda frame: code(frame.parent)  # type: ignore[arg-type]  # compiled for a frame with a parent


def _read_item(name: str, behind: Code) -> Code:
    def read(frame: Frame) -> FeelValue:
        item = frame.locals
        if type(item) is dict and name in item:
            return item[name]
        return item if name == "item" else behind(frame)

    return read


def read_variable(name: str, built_in: Function | None) -> Code:
    """Code that reads a variable of the scope, else a function of that name, else null with a warning."""

    def read(frame: Frame) -> FeelValue:
        value = frame.scope.get(name)
        if value is not None or frame.scope.has(name):
            return value
        function = built_in or frame.environment.functions.get(name)
        if function is None:
            frame.environment.warn(WarningCode.UNKNOWN_NAME, name)
        return function

    return read
