"""A form met with data: which components are shown, what their fields hold, and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.feel import Environment, Expression, LayeredScope, Scope
from engine.forms.components import Component, ComponentType, Condition, DynamicList, Field, Group
from engine.forms.conversion import convert
from engine.forms.errors import FieldError
from engine.forms.messages import field_error
from engine.forms.paths import Path, key_path, look_up, merged, name_of, put, without
from engine.model.calendar import Date, WideDate, WideDateTime, date_in
from engine.model.calendar_text import parse_date, parse_date_and_time
from engine.model.values import Value

MAX_ROWS = 500
"""Rows of one list that are looked at at all; forms allow at most 200."""

_ROUNDS = 8
"""A field hidden because of a field hidden because of … : forms go two deep; more than eight is a circle."""


@dataclass(frozen=True)
class Placed:
    """A component at its place in the data; inside a list there is one per row."""

    component: Component
    row: Path
    """The row around it, `()` outside lists."""

    @property
    def path(self) -> Path:
        """Where its value is; of a component without key, the row."""
        component = self.component
        return self.row + key_path(component.key) if isinstance(component, Field | DynamicList) else self.row

    @property
    def identity(self) -> tuple[Path, str]:
        """Tells apart components of the same key."""
        return (self.row, self.component.id)


@dataclass
class Evaluation:
    """One form, one submission (or prefill), one moment."""

    components: tuple[Component, ...]
    raw: Mapping[str, object]
    scope: Scope
    environment: Environment
    base: dict[str, Any] = field(init=False)
    """The case's contexts that the form writes into, without what the form itself declares."""
    values: dict[str, Any] = field(init=False)
    hidden: set[tuple[Path, str]] = field(default_factory=set, init=False)
    readonly: set[tuple[Path, str]] = field(default_factory=set, init=False)
    _converted: dict[tuple[Path, str], tuple[Value, FieldError | None]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.base = self._base()
        self._convert(self.components, ())
        self.values = self._gathered()
        for _ in range(_ROUNDS):
            before = (self.hidden, self.readonly)
            self._settle()
            if before == (self.hidden, self.readonly):
                break

    def is_hidden(self, placed: Placed) -> bool:
        """Whether its own condition hides it; what hides its group is asked of the group."""
        return placed.identity in self.hidden

    def is_readonly(self, placed: Placed) -> bool:
        """Whether the field is shown but keeps the case's value."""
        return placed.identity in self.readonly

    def holds(self, condition: Condition, row: Path) -> bool:
        """Whether a condition is true at a row; null and anything else count as false."""
        if isinstance(condition, bool):
            return condition
        return self.value_of(condition, row) is True

    def value_of(self, expression: Expression, row: Path) -> Any:
        """The FEEL value over the row (and `this`), the form (and `parent` in a row) and the case."""
        whole = merged(self.values, self.base)
        scope: Scope = LayeredScope(whole, self.scope)
        if row:
            inside = look_up(self.values, row) or {}
            scope = LayeredScope({**inside, "this": inside, "parent": whole}, scope)
        return expression.evaluate(scope, self.environment)

    def shown(self, components: Sequence[Component] | None = None, row: Path = ()) -> Iterator[Placed]:
        """Everything visible, depth first, groups before their content, rows in order."""
        for component in self.components if components is None else components:
            placed = Placed(component, row)
            if self.is_hidden(placed):
                continue
            yield placed
            if isinstance(component, Group):
                yield from self.shown(component.components, row)
            elif isinstance(component, DynamicList):
                for index in range(self.row_count(placed.path)):
                    yield from self.shown(component.components, (*placed.path, index))

    def row_count(self, path: Path) -> int:
        """Rows the data has for a list."""
        rows = look_up(self.raw, path)
        return min(len(rows), MAX_ROWS) if isinstance(rows, list) else 0

    def conversion_error(self, placed: Placed) -> FieldError | None:
        """What was wrong with the text typed into a field, None when nothing."""
        return self._converted[placed.identity][1]

    def declared_variables(self) -> dict[str, Value]:
        """The variables to write: the case's contexts with the form's values in; what is hidden is gone."""
        result = merged(self.values, self.base)
        roots = {path[0] for path in declared_paths(self.components)}
        for name in sorted(str(root) for root in roots):
            if name not in result and self.scope.has(name):
                result[name] = None
        return result

    def _base(self) -> dict[str, Any]:
        declared = declared_paths(self.components)
        held: dict[str, Any] = {}
        for path in declared:
            name = str(path[0])
            value = self.scope.get(name)
            if len(path) > 1 and isinstance(value, Mapping):
                held[name] = value
        return without(held, declared)

    def _convert(self, components: Sequence[Component], row: Path) -> None:
        for component in components:
            placed = Placed(component, row)
            if isinstance(component, Field):
                self._converted[placed.identity] = convert(component, look_up(self.raw, placed.path))
            elif isinstance(component, Group):
                self._convert(component.components, row)
            elif isinstance(component, DynamicList):
                for index in range(self.row_count(placed.path)):
                    self._convert(component.components, (*placed.path, index))

    def _settle(self) -> None:
        """Ask every condition once over the values as they are, then gather the values anew."""
        hidden: set[tuple[Path, str]] = set()
        readonly: set[tuple[Path, str]] = set()
        for placed in self._everything(self.components, ()):
            if self.holds(placed.component.hide, placed.row):
                hidden.add(placed.identity)
            if isinstance(placed.component, Field) and self.holds(placed.component.readonly, placed.row):
                readonly.add(placed.identity)
        self.hidden, self.readonly = hidden, readonly
        self.values = self._gathered()

    def _everything(self, components: Sequence[Component], row: Path) -> Iterator[Placed]:
        for component in components:
            placed = Placed(component, row)
            yield placed
            if isinstance(component, Group):
                yield from self._everything(component.components, row)
            elif isinstance(component, DynamicList):
                for index in range(self.row_count(placed.path)):
                    yield from self._everything(component.components, (*placed.path, index))

    def _gathered(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for placed in self.shown():
            if isinstance(placed.component, DynamicList):
                put(values, placed.path, [{} for _ in range(self.row_count(placed.path))])
            elif isinstance(placed.component, Field) and _is_empty(look_up(values, placed.path)):
                put(values, placed.path, self._value(placed))
        return values

    def _value(self, placed: Placed) -> Value:
        if self.is_readonly(placed):
            kept: Value = look_up(self.scope.get(str(placed.path[0])), placed.path[1:])
            return kept
        return self._converted[placed.identity][0]


def declared_paths(components: Sequence[Component]) -> frozenset[Path]:
    """The places the form writes; a list is one place."""
    paths: set[Path] = set()
    for component in components:
        if isinstance(component, Group):
            paths |= declared_paths(component.components)
        elif isinstance(component, Field | DynamicList):
            paths.add(key_path(component.key))
    return frozenset(paths)


def errors_of(evaluation: Evaluation) -> dict[str, FieldError]:
    """What is wrong with the submission: by posted name, in the form's order, unknown names last."""
    errors: dict[str, FieldError] = {}
    for placed in evaluation.shown():
        error = None
        if isinstance(placed.component, DynamicList):
            error = _row_error(evaluation, placed, placed.component)
        elif isinstance(placed.component, Field) and not evaluation.is_readonly(placed):
            error = evaluation.conversion_error(placed) or _value_error(evaluation, placed, placed.component)
        if error is not None:
            errors.setdefault(name_of(placed.path), error)
    for path, error in _unknown(evaluation.components, evaluation.raw, ()):
        errors.setdefault(name_of(path), error)
    return errors


def _row_error(evaluation: Evaluation, placed: Placed, component: DynamicList) -> FieldError | None:
    rows = look_up(evaluation.raw, placed.path)
    if rows is not None and not isinstance(rows, list):
        return field_error("not_a_list")
    count = evaluation.row_count(placed.path)
    if not component.may_change:
        there = look_up(evaluation.scope.get(str(placed.path[0])), placed.path[1:])
        expected = len(there) if isinstance(there, list) else component.default_rows
        return field_error("rows_are_fixed") if count != expected else None
    if count < component.min_rows:
        return field_error("too_few_rows", component.min_rows)
    return field_error("too_many_rows", component.max_rows) if count > component.max_rows else None


def _value_error(evaluation: Evaluation, placed: Placed, component: Field) -> FieldError | None:
    value, rules = look_up(evaluation.values, placed.path), component.rules
    if _is_empty(value):
        return _missing(component) if evaluation.holds(rules.required, placed.row) else None
    if component.type is ComponentType.CHECKLIST and evaluation.holds(rules.require_all, placed.row):
        return field_error("all_must_be_checked") if len(value) < len(component.options) else None
    if component.type is ComponentType.DATETIME:
        return _date_error(evaluation, placed, component, value)
    return None


def _is_empty(value: object) -> bool:
    """Whether nothing was given; zero is a value."""
    return value is None or value is False or value == []


def _missing(component: Field) -> FieldError:
    match component.type:
        case ComponentType.CHECKBOX:
            return field_error("must_be_checked")
        case ComponentType.SELECT | ComponentType.RADIO | ComponentType.CHECKLIST:
            return field_error("choice_required")
        case ComponentType.FILEPICKER:
            return field_error("file_required")
    return field_error("required")


def _date_error(evaluation: Evaluation, placed: Placed, component: Field, value: str) -> FieldError | None:
    for expression, code in ((component.rules.earliest, "too_early"), (component.rules.latest, "too_late")):
        limit = None if expression is None else _as_date(evaluation.value_of(expression, placed.row))
        day = _as_date(value)
        if limit and day and (day < limit if code == "too_early" else day > limit):
            return field_error(code, limit.isoformat())
    return None


def _as_date(value: object) -> Date | None:
    """The date of a date, of a date and time, or of the text of either."""
    if isinstance(value, str):
        value = parse_date(value) or parse_date_and_time(value)
    if isinstance(value, dt.datetime | WideDateTime):
        value = date_in(value)
    return value if isinstance(value, dt.date | WideDate) else None


def _unknown(components: Sequence[Component], raw: Mapping[str, object], at: Path) -> Iterator[tuple[Path, FieldError]]:
    """Names the form does not declare, and values where it declares a context."""
    lists = {key_path(item.key): item for item in _lists(components)}
    declared = declared_paths(components)
    stack: list[tuple[Path, object]] = [((key,), value) for key, value in reversed(list(raw.items()))]
    while stack:
        path, value = stack.pop()
        if path in lists:
            for index, row in enumerate(value if isinstance(value, list) else []):
                place = (*at, *path, index)
                if isinstance(row, Mapping):
                    yield from _unknown(lists[path].components, row, place)
                else:
                    yield place, field_error("not_a_context")
        elif path not in declared:
            if not any(known[: len(path)] == path for known in declared):
                yield (*at, *path), field_error("unknown_field")
            elif isinstance(value, Mapping):
                stack.extend(((*path, key), item) for key, item in value.items())
            elif value is not None:
                yield (*at, *path), field_error("not_a_context")


def _lists(components: Sequence[Component]) -> Iterator[DynamicList]:
    for component in components:
        if isinstance(component, Group):
            yield from _lists(component.components)
        elif isinstance(component, DynamicList):
            yield component
