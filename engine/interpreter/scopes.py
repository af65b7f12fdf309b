"""The variables of a case: scopes within scopes, loaded when first read, with a log of what changed.

Scope 0 is the case; n belongs to element instance n; -n is the root of the process that call activity n
calls. Its parent is None, so look-ups and propagation stop there (Camunda 8's rules for variables).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from engine.model.events import Event, ScopeClosed, ScopeOpened, VariableItemWritten, VariableWritten
from engine.model.values import Value, with_items

Loader = Callable[[int], Mapping[str, Value]]
"""The stored variables of a scope."""
ItemLoader = Callable[[int, str], Mapping[int, Value]]
"""The stored items, by index, of a scope's list that is gathered item by item."""


@dataclass
class VariableChanges:
    """What a command did to the variables: rows to write, scopes whose rows go.

    `items` are by scope and name of a gathered list; `ungathered` are the closed scopes that may have had such.
    """

    written: dict[tuple[int, str], Value] = field(default_factory=dict)
    items: dict[tuple[int, str], dict[int, Value]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    ungathered: set[int] = field(default_factory=set)


class ScopeVariables(MutableMapping[str, Value]):
    """The variables of one scope; a stored one is asked for when it is first read."""

    __slots__ = ("_seen", "_stored")

    def __init__(self, stored: Mapping[str, Value]) -> None:
        self._stored = stored
        self._seen: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        seen = self._seen
        if name not in seen:
            seen[name] = self._stored[name]
        return seen[name]

    def __setitem__(self, name: str, value: Value) -> None:
        self._seen[name] = value

    def __delitem__(self, name: str) -> None:
        raise TypeError  # a variable goes with its scope

    def __contains__(self, name: object) -> bool:
        return name in self._seen or name in self._stored

    def __iter__(self) -> Iterator[str]:
        yield from self._stored
        yield from (name for name in self._seen if name not in self._stored)

    def __len__(self) -> int:
        return len(self._stored) + sum(name not in self._stored for name in self._seen)


class GatheringVariables(ScopeVariables):
    """The same where one list is written item by item, so that an item costs nothing of the others.

    The list is put together when it is read: what was written as a whole, and each item in its place.
    """

    __slots__ = ("_items", "_list", "_load_items", "_name")

    def __init__(
        self, stored: Mapping[str, Value], name: str, load_items: Callable[[], Mapping[int, Value]] | None
    ) -> None:
        super().__init__(stored)
        self._name = name
        self._load_items = load_items
        self._items: dict[int, Value] = {}
        self._list: list[Value] | None = None

    def __getitem__(self, name: str) -> Value:
        if name != self._name:
            return super().__getitem__(name)
        if self._list is None:
            if self._load_items is not None:
                self._items = {**self._load_items(), **self._items}
                self._load_items = None
            self._list = with_items(super().__getitem__(name), self._items)
        return self._list

    def __setitem__(self, name: str, value: Value) -> None:
        super().__setitem__(name, value)
        if name == self._name:
            self._list = None

    def put(self, index: int, value: Value) -> None:
        """Give one item of the list its value."""
        self._items[index] = value
        self._list = None


@dataclass
class OpenScope:
    """One scope. `values` is None until the stored variables are first needed. `gathered` names its list that is
    written item by item.

    `inherited` names the copies a called process got from its caller and has not written since: they are
    not handed back, so that a parallel branch of the caller keeps what it wrote meanwhile.
    """

    parent: int | None
    values: MutableMapping[str, Value] | None
    inherited: set[str] = field(default_factory=set)
    gathered: str | None = None


class Scopes:
    """All open scopes of a case."""

    def __init__(
        self,
        load: Loader | None = None,
        load_items: ItemLoader | None = None,
        emit: Callable[[Event], None] | None = None,
    ) -> None:
        self._scopes: dict[int, OpenScope] = {}
        self._load = load
        self._load_items = load_items
        self._emit = emit or (lambda event: None)
        self._changes = VariableChanges()

    def __contains__(self, scope: int) -> bool:
        return scope in self._scopes

    def restore(self, scope: int, parent: int | None, inherited: set[str], gathered: str | None = None) -> None:
        """Make known a scope whose variables are stored."""
        self._scopes[scope] = OpenScope(parent, None, inherited, gathered)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every open scope by id, with its parent, the names inherited and, where there is one, the list gathered."""
        for scope, held in sorted(self._scopes.items()):
            row = scope, held.parent, sorted(held.inherited)
            yield row if held.gathered is None else (*row, held.gathered)

    def open(self, scope: int, parent: int | None) -> None:
        """Begin an empty scope; nothing happens when it is already open."""
        if scope in self._scopes:
            return
        self._scopes[scope] = OpenScope(parent, {})
        self._emit(ScopeOpened(scope=scope, parent=parent))

    def close(self, scope: int) -> None:
        """End a scope with its variables; nothing happens when it is not open."""
        held = self._scopes.pop(scope, None)
        if held is None:
            return
        for name in held.values._seen if isinstance(held.values, ScopeVariables) else held.values or ():
            self._changes.written.pop((scope, name), None)
        if held.gathered is not None:
            self._changes.items.pop((scope, held.gathered), None)
            self._changes.ungathered.add(scope)
        self._changes.closed.add(scope)
        self._emit(ScopeClosed(scope=scope))

    def values(self, scope: int) -> MutableMapping[str, Value]:
        """The scope's own variables."""
        held = self._scopes[scope]
        if held.values is None:
            held.values = self._stored(scope, held)
        return held.values

    def _stored(self, scope: int, held: OpenScope) -> MutableMapping[str, Value]:
        stored = self._load(scope) if self._load else {}
        if held.gathered is None:
            return ScopeVariables(stored)
        load = None if self._load_items is None else partial(self._load_items, scope, held.gathered)
        return GatheringVariables(stored, held.gathered, load)

    def put_item(self, scope: int, name: str, index: int, value: Value) -> None:
        """Give one item of the scope's own list its value; a scope has one such list at most."""
        held = self._scopes[scope]
        values = self.values(scope)
        if not isinstance(values, GatheringVariables):
            held.values = values = _gathering(values, name)
            held.gathered = name
        values.put(index, value)
        self._changes.items.setdefault((scope, name), {})[index] = value
        self._emit(VariableItemWritten(scope=scope, name=name, index=index, value=value))

    def write(self, scope: int, name: str, value: Value) -> None:
        """Give the scope's own variable a value."""
        self.values(scope)[name] = value
        self._scopes[scope].inherited.discard(name)
        self._changes.written[scope, name] = value
        self._emit(VariableWritten(scope=scope, name=name, value=value))

    def copy_down(self, scope: int, values: Mapping[str, Value]) -> None:
        """Give a called process copies of its caller's variables."""
        for name, value in values.items():
            self.write(scope, name, value)
            self._scopes[scope].inherited.add(name)

    def own_results(self, scope: int) -> dict[str, Value]:
        """The scope's variables except untouched copies."""
        inherited = self._scopes[scope].inherited
        return {name: value for name, value in self.values(scope).items() if name not in inherited}

    def visible(self, scope: int) -> Mapping[str, Value]:
        """Every variable an element of the scope can see; inner ones hide outer ones. Each is read when asked for."""
        around = [self.values(at) for at in self._outwards(scope)]
        return MappingProxyType(around[0]) if len(around) == 1 else MappingProxyType(ChainMap(*around))

    def propagate(self, scope: int, values: Mapping[str, Value]) -> None:
        """Write each variable to the nearest scope outwards that has it, else to the outermost."""
        for name, value in values.items():
            target = scope
            for at in self._outwards(scope):
                target = at
                if name in self.values(at):
                    break
            self.write(target, name, value)

    def view(self, scope: int) -> ScopeView:
        """The scope as expressions read it."""
        return ScopeView(self, scope)

    def find(self, scope: int, name: str) -> tuple[bool, Any]:
        """Whether the variable is visible, and its value."""
        for at in self._outwards(scope):
            values = self.values(at)
            if name in values:
                return True, values[name]
        return False, None

    def take_changes(self) -> VariableChanges:
        """The changes since the last take."""
        changes, self._changes = self._changes, VariableChanges()
        return changes

    def _outwards(self, scope: int) -> Iterator[int]:
        at: int | None = scope
        while at is not None:
            yield at
            at = self._scopes[at].parent


def _gathering(values: MutableMapping[str, Value], name: str) -> GatheringVariables:
    """The same variables, from now on with a list that gets its items one by one."""
    stored, seen = (values._stored, values._seen) if isinstance(values, ScopeVariables) else ({}, values)
    gathering = GatheringVariables(stored, name, None)
    gathering._seen.update(seen)
    return gathering


class ScopeView:
    """A scope and those around it, as FEEL wants to see them."""

    __slots__ = ("_scope", "_scopes")

    def __init__(self, scopes: Scopes, scope: int) -> None:
        self._scopes = scopes
        self._scope = scope

    def get(self, name: str) -> Any:
        """The value, or None when there is no such variable."""
        return self._scopes.find(self._scope, name)[1]

    def has(self, name: str) -> bool:
        """Whether the variable exists; it may exist and be null."""
        return self._scopes.find(self._scope, name)[0]
