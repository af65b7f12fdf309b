"""HTML form posts: names such as `application.owners[0].name` to nested data, and the row buttons.

Names beginning with `_` belong to the page, not to the form: `__add:<list>`, `__remove:<list>:<index>` and
`__refresh` are buttons, `__row:<row>` says that a row exists even when none of its boxes is ticked, and
`__detach:<field>` names documents to be taken off a file field.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.forms.components import Component, DynamicList, Field, Group
from engine.forms.errors import FormDataTooLarge
from engine.forms.form import Form
from engine.forms.paths import Path, key_path, look_up, path_of, put

ADD, REMOVE, REFRESH, ROW, DETACH = "__add:", "__remove:", "__refresh", "__row:", "__detach:"
MAX_NAMES = 3_000
_INDEX = re.compile(r"[0-9]{1,6}")
_PAGE_NAMES = frozenset({"csrf_token"})


class Posted(Protocol):
    """What a posted form looks like: werkzeug's MultiDict has this shape."""

    def lists(self) -> Iterable[tuple[str, Sequence[str]]]:
        """Each name with all its values, in order."""


@dataclass(frozen=True)
class RowAction:
    """A row button that was pressed; `index` is None for adding."""

    path: Path
    index: int | None


def read_posted(form: Form, posted: Posted, ignore: Collection[str] = _PAGE_NAMES) -> dict[str, Any]:
    """The nested raw data of a post, for `Form.validate` and for showing the form again.

    Names that fit nothing stay, so that validation can refuse them. Raises FormDataTooLarge.
    """
    pairs = list(posted.lists())
    if len(pairs) > MAX_NAMES:
        raise FormDataTooLarge(limit=MAX_NAMES)
    detached = {name.removeprefix(DETACH): values for name, values in pairs if name.startswith(DETACH)}
    gathered: dict[Any, Any] = {}
    for name, values in pairs:
        if name.startswith(ROW):
            path = path_of(name.removeprefix(ROW))
            if path and isinstance(path[-1], int):
                _place(gathered, path, {})
        elif not name.startswith("_") and name not in ignore:
            path = path_of(name)
            value = _value(form, path, values, detached.get(name, ()))
            if path is None or not _place(gathered, path, value):
                gathered[name[:120]] = value
    data = {key: _compacted(value) for key, value in gathered.items()}
    _give_least_rows(form.components, data)
    return data


def _give_least_rows(components: Sequence[Component], data: dict[str, Any]) -> None:
    """A list that was not on the page and needs rows gets them, so that it can be filled in when it appears."""
    for component in components:
        if isinstance(component, Group):
            _give_least_rows(component.components, data)
        elif isinstance(component, DynamicList) and component.min_rows:
            path = key_path(component.key)
            if look_up(data, path) is None and isinstance(data.get(str(path[0]), {}), dict):
                put(data, path, [{} for _ in range(component.min_rows)])


def _value(form: Form, path: Path | None, values: Sequence[str], detached: Collection[str]) -> object:
    field = None if path is None else _component_at(form.components, path)
    if isinstance(field, Field) and field.takes_many:
        return [value for value in values if value and value not in detached]
    return values[-1] if values else None


def _place(gathered: dict[Any, Any], path: Path, value: object) -> bool:
    """Put a value into contexts keyed by name or row number; False when a value is in the way."""
    target = gathered
    for step, following in zip(path, (*path[1:], None), strict=True):
        if following is None:
            if isinstance(target.get(step), _Node):
                return value == {}
            target[step] = _Node() if value == {} else value
            return True
        inner = target.setdefault(step, _Node())
        if not isinstance(inner, _Node):
            return False
        target = inner
    return True


class _Node(dict[Any, Any]):
    """A context or list under construction; told apart from values by its class."""


def _compacted(value: object) -> object:
    """Contexts keyed by numbers become lists in that order: a gap left by a removed row closes."""
    if not isinstance(value, _Node):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_compacted(value[key]) for key in sorted(value)]
    return {str(key): _compacted(item) for key, item in value.items()}


def _component_at(components: Sequence[Component], path: Path) -> Component | None:
    for component in components:
        if isinstance(component, Group):
            found = _component_at(component.components, path)
            if found is not None:
                return found
        elif isinstance(component, Field | DynamicList):
            keys = key_path(component.key)
            if path == keys:
                return component
            if isinstance(component, DynamicList) and path[: len(keys)] == keys:
                return _component_at(component.components, path[len(keys) + 1 :])
    return None


def row_action(posted: Mapping[str, str]) -> RowAction | None:
    """The row button that was pressed, None when it was another one."""
    for name in posted:
        if name.startswith(ADD):
            path = path_of(name.removeprefix(ADD))
            return RowAction(path, None) if path else None
        if name.startswith(REMOVE):
            listed, _, index = name.removeprefix(REMOVE).rpartition(":")
            path = path_of(listed)
            return RowAction(path, int(index)) if path and _INDEX.fullmatch(index) else None
    return None


def is_refresh(posted: Mapping[str, str]) -> bool:
    """Whether the form was posted only to be shown again for a changed choice."""
    return REFRESH in posted


def with_row_action(form: Form, data: Mapping[str, Any], action: RowAction) -> dict[str, Any]:
    """The data after a row button; unchanged where the form has no such list, or its bounds forbid it."""
    changed = copy.deepcopy(dict(data))
    component = _component_at(form.components, action.path)
    if not isinstance(component, DynamicList) or not component.may_change:
        return changed
    rows = look_up(changed, action.path)
    rows = rows if isinstance(rows, list) else []
    if action.index is None and len(rows) < component.max_rows:
        rows.append({})
    elif action.index is not None and action.index < len(rows) and len(rows) > component.min_rows:
        del rows[action.index]
    put(changed, action.path, rows)
    return changed
