"""Places in a form's data, and their names in HTML: `application.owners[0].name`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[0-9]{1,6}\])?(\.[A-Za-z_][A-Za-z0-9_]*(\[[0-9]{1,6}\])?)*")
_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]+)\])?")
_LONGEST = 300


def name_of(path: Path) -> str:
    """The posted name of a place."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def path_of(name: str) -> Path | None:
    """The place a posted name means; None when it is not such a name."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        return None
    steps: list[str | int] = []
    for key, index in _STEP.findall(name):
        steps.append(key)
        if index:
            steps.append(int(index))
    return tuple(steps)


def key_path(key: str) -> Path:
    """The steps of a dotted key."""
    return tuple(key.split("."))


def look_up(data: object, path: Path) -> Any:
    """The value at a place, None where there is none."""
    for step in path:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def put(data: dict[str, Any], path: Path, value: object) -> None:
    """Set the value at a place; contexts on the way are made, even in place of a value; lists must be there."""
    target: Any = data
    for step in path[:-1]:
        if not isinstance(step, int) and not isinstance(target.get(step), dict | list):
            target[step] = {}
        target = target[step]
    target[path[-1]] = value


def without(data: Mapping[str, Any], paths: frozenset[Path]) -> dict[str, Any]:
    """A copy without the values at `paths` and without contexts that this leaves empty."""
    copied: dict[str, Any] = {}
    for key, value in data.items():
        inner = frozenset(path[1:] for path in paths if path[0] == key)
        if () in inner:
            continue
        if inner and isinstance(value, Mapping):
            kept = without(value, inner)
            if kept:
                copied[key] = kept
        else:
            copied[key] = value
    return copied


def merged(front: Mapping[str, Any], behind: Mapping[str, Any]) -> dict[str, Any]:
    """Both contexts in one, key by key; what `front` says wins."""
    result = dict(behind)
    for key, value in front.items():
        other = result.get(key)
        result[key] = merged(value, other) if isinstance(value, Mapping) and isinstance(other, Mapping) else value
    return result
