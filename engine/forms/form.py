"""A form, ready to be filled in: prefilled, read from a post, changed by rows, validated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel import Environment, Scope
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

    def prefill(self, scope: Scope | Mapping[str, Any]) -> dict[str, Any]:
        """Data to show the form with at first: the case's values, else the defaults; money as yuan text.

        A `fresh` form takes no values from the case.
        """
        data: dict[str, Any] = {}
        _prefill(self.components, MappingScope({}) if self.fresh else _as_scope(scope), data)
        return data


def _as_scope(scope: Scope | Mapping[str, Any]) -> Scope:
    return MappingScope(scope) if isinstance(scope, Mapping) else scope


def _fields(components: Sequence[Component]) -> Iterator[Field | DynamicList]:
    for component in components:
        if isinstance(component, Field | DynamicList):
            yield component
        if isinstance(component, Group | DynamicList):
            yield from _fields(component.components)


def _prefill(components: Sequence[Component], scope: Scope, into: dict[str, Any]) -> None:
    for component in components:
        if isinstance(component, Group):
            _prefill(component.components, scope, into)
        elif isinstance(component, Field):
            _prefill_field(component, scope, into)
        elif isinstance(component, DynamicList):
            _prefill_rows(component, scope, into)


def _prefill_field(component: Field, scope: Scope, into: dict[str, Any]) -> None:
    path = key_path(component.key)
    if look_up(into, path) is not None:
        return  # another component of the same key was first
    value = _held(scope, path)
    put(into, path, displayed(component, value) if value is not None else component.default)


def _prefill_rows(component: DynamicList, scope: Scope, into: dict[str, Any]) -> None:
    path = key_path(component.key)
    held = _held(scope, path)
    rows: list[dict[str, Any]] = []
    for row in held if isinstance(held, list) else [{}] * component.default_rows:
        filled: dict[str, Any] = {}
        _prefill(component.components, MappingScope(row if isinstance(row, Mapping) else {}), filled)
        rows.append(filled)
    put(into, path, rows)


def _held(scope: Scope, path: Path) -> Any:
    return look_up(scope.get(str(path[0])), path[1:])
