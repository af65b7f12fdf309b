"""A form, ready to be filled in: prefilled, read from a post, changed by rows, validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel import Environment, Expression, LayeredScope, Scope
from engine.feel.scope import MappingScope
from engine.forms.components import Caption, Component, DynamicList, Field, Group
from engine.forms.conversion import displayed
from engine.forms.errors import FormInvalid
from engine.forms.evaluation import Evaluation, declared_paths, errors_of
from engine.forms.paths import Path, key_path, look_up, put
from engine.model.values import Value


@dataclass(frozen=True)
class Form:
    """One Camunda Form. Immutable, compiled once, shared between cases and threads."""

    id: str
    title: Caption
    components: tuple[Component, ...]
    fresh: bool = False
    """Shown empty although the case holds values: nobody starts from another person's decision."""

    @property
    def variables(self) -> frozenset[str]:
        """Names of the root variables the form writes."""
        return frozenset(str(path[0]) for path in declared_paths(self.components))

    def fields(self) -> Iterator[Field | DynamicList]:
        """All components that hold a value, those inside list rows too."""
        return _fields(self.components)

    def evaluate(
        self, data: Mapping[str, object], scope: Scope | Mapping[str, Any], environment: Environment
    ) -> Evaluation:
        """The form with `data` in it: what is shown and what the fields hold. `data` as for `validate`."""
        return Evaluation(self.components, data, _as_scope(scope), environment)

    def validate(
        self, data: Mapping[str, object], scope: Scope | Mapping[str, Any], environment: Environment
    ) -> dict[str, Value]:
        """The variables that completing with `data` writes.

        `data` is nested as the keys are (`{"application": {"name": …}}`); values are texts as typed, or JSON
        values. Money is in yuan and becomes whole fen; dates are ISO text and stay so; `scope` are the case's
        variables. Only declared, shown, writable fields are taken; a context the case already has keeps what
        the form does not declare; hidden fields are removed from it. Raises FormInvalid.
        """
        evaluation = self.evaluate(data, scope, environment)
        errors = errors_of(evaluation)
        if errors:
            raise FormInvalid(self.id, errors)
        return evaluation.declared_variables()

    def prefill(self, scope: Scope | Mapping[str, Any], environment: Environment) -> dict[str, Any]:
        """Data to show the form with at first: the case's values, else the defaults; money as yuan text.

        A default that is an expression sees the case, and in a row the row before it; null offers nothing.
        A `fresh` form takes no values from the case.
        """
        case = MappingScope({}) if self.fresh else _as_scope(scope)
        data: dict[str, Any] = {}
        _Prefill(case, environment).fill(self.components, case, case, data)
        return data


def _as_scope(scope: Scope | Mapping[str, Any]) -> Scope:
    return MappingScope(scope) if isinstance(scope, Mapping) else scope


def _fields(components: Sequence[Component]) -> Iterator[Field | DynamicList]:
    for component in components:
        if isinstance(component, Field | DynamicList):
            yield component
        if isinstance(component, Group | DynamicList):
            yield from _fields(component.components)


@dataclass(frozen=True)
class _Prefill:
    case: Scope
    environment: Environment

    def fill(self, components: Sequence[Component], held: Scope, seen: Scope, into: dict[str, Any]) -> None:
        """Put the value or default of each field into `into`.

        `held` is the case or the row around them, `seen` what expressions see.
        """
        for component in components:
            if isinstance(component, Group):
                self.fill(component.components, held, seen, into)
            elif isinstance(component, Field):
                self._field(component, held, seen, into)
            elif isinstance(component, DynamicList):
                self._rows(component, held, into)

    def _field(self, component: Field, held: Scope, seen: Scope, into: dict[str, Any]) -> None:
        path = key_path(component.key)
        if look_up(into, path) is not None:
            return  # another component of the same key was first
        value = _held(held, path)
        if value is None and isinstance(component.default, Expression):
            value = component.default.evaluate(seen, self.environment)
        put(into, path, component.typed_default if value is None else displayed(component, value))

    def _rows(self, component: DynamicList, held: Scope, into: dict[str, Any]) -> None:
        path = key_path(component.key)
        there = _held(held, path)
        rows: list[dict[str, Any]] = []
        for row in there if isinstance(there, list) else [{}] * component.default_rows:
            filled: dict[str, Any] = {}
            own = row if isinstance(row, Mapping) else {}
            self.fill(component.components, MappingScope(own), LayeredScope(own, self.case), filled)
            rows.append(filled)
        put(into, path, rows)


def _held(scope: Scope, path: Path) -> Any:
    return look_up(scope.get(str(path[0])), path[1:])
