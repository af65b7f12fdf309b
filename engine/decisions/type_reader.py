"""DMN XML to types: item definitions (DMN 1.5, 7.3.2)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.decisions.boxed import MAX_DEPTH, LogicReader
from engine.decisions.document import Element, child, children, text_in
from engine.decisions.item_types import DataType
from engine.feel import UnaryTests


def read_types(root: Element, reader: LogicReader) -> None:
    """Fill the reader's table with the file's `itemDefinition`s; problems go to the reader."""
    definitions: dict[str, Element] = {}
    for element in children(root, "itemDefinition"):
        name = str(element.get("name") or "").strip()
        if not name or name in definitions:
            reader.refuse(
                name or str(element.get("id") or "itemDefinition"),
                "The type has no name." if not name else "The type is declared twice.",
                "该类型没有名称。" if not name else "该类型重复声明。",
                "Give each type its own name.", "请为每个类型取唯一的名称。",
            )  # fmt: skip
        else:
            definitions[name] = element
    own = reader.types.own
    own.update((name, DataType(name)) for name in definitions)
    reader.types_are_known()
    for name, element in definitions.items():
        _fill(own[name], element, reader, name, 0)
    _check_circles(own, reader)


def _fill(found: DataType, element: Element, reader: LogicReader, owner: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        reader.refuse(
            owner, "The type is nested too deeply.", "类型嵌套过深。",
            "Declare its parts as types of their own.", "请将其组成部分声明为独立类型。",
        )  # fmt: skip
        return
    base, function = child(element, "typeRef"), child(element, "functionItem")
    reference = (base.text or "").strip() if base is not None else ""
    if base is not None and reference:
        found.base = reader.type_named(reference, base, owner)
    if function is not None:
        parameters = list(children(function, "parameters"))
        found.parameters = len(parameters)
        for typed in (*parameters, function):
            named = typed.get("outputTypeRef") if typed is function else typed.get("typeRef")
            data_type = reader.type_named(named, typed, owner) if named else None
            if typed is function:
                found.result = data_type
    found.collection = element.get("isCollection") in ("true", "1")
    components = []
    for component in children(element, "itemComponent"):
        name = str(component.get("name") or "")
        inner = DataType(f"{found.name}.{name}")
        _fill(inner, component, reader, owner, depth + 1)
        components.append((name, inner))
    found.components = components
    found.allowed = _tests(element, "allowedValues", reader, owner)
    found.constraint = _tests(element, "typeConstraint", reader, owner)


def _tests(element: Element, name: str, reader: LogicReader, owner: str) -> UnaryTests | None:
    text = text_in(child(element, name))
    return reader.tests(text, owner) if text else None


def _check_circles(own: Mapping[str, DataType], reader: LogicReader) -> None:
    """Refuse types that are only another name of themselves; one may be made of itself by components."""
    settled: set[DataType] = set()
    for name, data_type in own.items():
        way: dict[DataType, None] = {}
        current: DataType | None = data_type
        while current is not None and current not in settled and current not in way:
            way[current] = None
            current = current.base
        if current is not None and current in way:
            reader.refuse(
                name, "The type is based on itself.", "该类型以自身为基础。",
                "Base it on another type.", "请改用其他基础类型。",
            )  # fmt: skip
        settled.update(way)
