"""A Camunda Form file to a Form, or every reason why not (form-js schema; R049: what each node verifies)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from engine.forms.attributes import Attributes, ProblemList
from engine.forms.components import (
    Caption,
    Component,
    ComponentType,
    DynamicList,
    Field,
    Group,
    Option,
    Rules,
    Static,
    TextKind,
    Unit,
)
from engine.forms.errors import FormRefused
from engine.forms.form import Form

MAX_BYTES = 512 * 1024
"""The longest form of the account opening has under 40 KB."""
MAX_COMPONENTS = 500
MAX_DEPTH = 6

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}(\.[A-Za-z_][A-Za-z0-9_]{0,63}){0,7}")
_FORM_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_ROOT_ATTRIBUTES = (
    "schemaVersion", "type", "exporter", "executionPlatform", "executionPlatformVersion", "versionTag", "generated",
)  # fmt: skip


def parse_form(content: bytes, resource_name: str, known_functions: Collection[str] = frozenset()) -> Form:
    """Read a `.form` file; `known_functions` are names of FEEL functions with blanks that the case offers.

    Raises FormRefused with all problems found, each with the component's key or id.
    """
    problems = ProblemList(frozenset(known_functions))
    root = _root(content, resource_name)
    attributes = Attributes(resource_name, root, problems)
    form_id = attributes.text("id")
    if not _FORM_ID.fullmatch(form_id):
        attributes.refuse("The form needs an id of letters, digits and _.", "表单需要由字母、数字和下划线组成的 id。")
    properties = attributes.nested("properties")
    title = Caption(properties.text("title"), properties.text("title_en"))
    fresh = properties.flag("fresh")
    properties.leftovers()
    components = _Reader(problems).components(attributes, depth=0)
    attributes.leftovers(*_ROOT_ATTRIBUTES)
    _check_keys(components, problems)
    if problems.problems:
        raise FormRefused(resource_name, problems.problems)
    return Form(form_id, title or Caption(form_id, form_id), components, fresh)


def _root(content: bytes, resource_name: str) -> Mapping[str, Any]:
    problems = ProblemList(frozenset())
    if len(content) > MAX_BYTES:
        problems.add(resource_name, f"The file is larger than {MAX_BYTES} bytes.", f"文件超过 {MAX_BYTES} 字节。")
        raise FormRefused(resource_name, problems.problems)
    try:
        root = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        problems.add(
            resource_name,
            f"The file is not JSON: line {error.lineno}, column {error.colno}.",
            f"文件不是 JSON：第 {error.lineno} 行第 {error.colno} 列。",
        )
        raise FormRefused(resource_name, problems.problems) from error
    if not isinstance(root, dict) or root.get("type", "default") != "default":
        problems.add(resource_name, "The file is not a Camunda Form.", "文件不是 Camunda 表单。")
        raise FormRefused(resource_name, problems.problems)
    return root


class _Reader:
    """Reads components; counts them and their depth."""

    def __init__(self, problems: ProblemList) -> None:
        self._problems = problems
        self._count = 0
        self._ids: Counter[str] = Counter()

    def components(self, parent: Attributes, depth: int, path: str = "") -> tuple[Component, ...]:
        """The components under `parent`; `path` goes in front of their keys."""
        listed = parent.take("components")
        if not isinstance(listed, list) or not listed:
            parent.refuse("There are no components.", "没有任何组件。")
            return ()
        self._count += len(listed)
        if depth > MAX_DEPTH or self._count > MAX_COMPONENTS:
            parent.refuse(
                f"More than {MAX_COMPONENTS} components or {MAX_DEPTH} levels.",
                f"组件超过 {MAX_COMPONENTS} 个或嵌套超过 {MAX_DEPTH} 层。",
            )
            return ()
        return tuple(component for source in listed for component in self._component(parent, source, depth, path))

    def _component(self, parent: Attributes, source: object, depth: int, path: str) -> Iterator[Component]:
        if not isinstance(source, dict):
            parent.refuse("A component must be an object.", "组件必须是对象。")
            return
        key, identity, type_name = source.get("key"), source.get("id"), source.get("type")
        name = str(key or identity or type_name)[:120]
        attributes = Attributes(name, source, self._problems)
        try:
            kind = ComponentType(str(type_name))
        except ValueError:
            attributes.refuse(
                f"Components of type {str(type_name)[:40]!r} are not supported.",
                f"不支持类型为“{str(type_name)[:40]}”的组件。",
                "Use one of: " + ", ".join(ComponentType) + ".",
                "请使用：" + "、".join(ComponentType) + "。",
            )
            return
        attributes.take("type")
        yield self._built(kind, attributes, depth, path)
        attributes.leftovers("verticalAlignment", "showOutline", "searchable")

    def _built(self, kind: ComponentType, attributes: Attributes, depth: int, path: str) -> Component:
        properties = attributes.nested("properties")
        common = self._common(kind, attributes, properties)
        component: Component
        if kind in (ComponentType.TEXT, ComponentType.SEPARATOR, ComponentType.SPACER):
            attributes.take("height")
            component = Static(**common, text=attributes.caption("text", properties))
        elif kind is ComponentType.GROUP:
            inner = _joined(path, self._key(attributes, "path", optional=True))
            component = Group(**common, components=self.components(attributes, depth + 1, inner))
        elif kind is ComponentType.DYNAMIC_LIST:
            component = self._list(common, attributes, properties, depth, path)
        else:
            component = _field(kind, common, attributes, properties, _joined(path, self._key(attributes, "key")))
        properties.leftovers()
        return component

    def _common(self, kind: ComponentType, attributes: Attributes, properties: Attributes) -> dict[str, Any]:
        identity = attributes.text("id") or attributes.name
        self._ids[identity] += 1
        if self._ids[identity] == 2:
            attributes.refuse(f"The id {identity} is used twice.", f"id {identity} 重复。")
        layout = attributes.nested("layout")
        conditional = attributes.nested("conditional")
        common = {
            "id": identity,
            "type": kind,
            "caption": attributes.caption("label", properties),
            "description": attributes.caption("description", properties),
            "norm": Caption(properties.text("norm"), properties.text("norm_en")),
            "row": layout.text("row"),
            "columns": layout.whole("columns", 1, 16),
            "hide": conditional.condition("hide"),
        }
        layout.leftovers()
        conditional.leftovers()
        return common

    def _key(self, attributes: Attributes, attribute: str, optional: bool = False) -> str:
        key = attributes.text(attribute)
        if not (optional and not key) and not _KEY.fullmatch(key):
            attributes.refuse(
                f"The {attribute} must be names of letters, digits and _ joined by dots.",
                f"{attribute} 必须由字母、数字、下划线组成，以点号分级。",
            )
        return key

    def _list(
        self, common: dict[str, Any], attributes: Attributes, properties: Attributes, depth: int, path: str
    ) -> DynamicList:
        attributes.take("isRepeating")
        attributes.take("disableCollapse")
        attributes.take("nonCollapsedItems")
        rows = attributes.whole("defaultRepetitions", 0, 20)
        maximum = properties.whole("max_rows", 1, 200)
        return DynamicList(
            **common,
            key=_joined(path, self._key(attributes, "path")),
            default_rows=1 if rows is None else rows,
            min_rows=properties.whole("min_rows", 0, 50) or 0,
            max_rows=50 if maximum is None else maximum,
            may_change=attributes.flag("allowAddRemove", default=True),
            components=self.components(attributes, depth + 1),
        )


def _joined(path: str, key: str) -> str:
    return ".".join(part for part in (path, key) if part)


def _field(
    kind: ComponentType, common: dict[str, Any], attributes: Attributes, properties: Attributes, key: str
) -> Field:
    appearance = attributes.nested("appearance")
    specifics = _SPECIFICS.get(kind, _no_specifics)(attributes, properties)
    validation = attributes.nested("validate")
    disabled = attributes.condition("disabled")
    readonly = attributes.condition("readonly")
    if disabled and readonly:
        attributes.refuse("A field is either disabled or read-only.", "字段不能同时设为禁用和只读。")
    placeholder = Caption(properties.text("placeholder"), properties.text("placeholder_en"))
    component = Field(
        **(common | specifics),
        key=key,
        rules=_rules(kind, validation, properties),
        readonly=disabled or readonly,
        default=attributes.value_or_expression("defaultValue"),
        prefix=Caption(appearance.text("prefixAdorner"), properties.text("prefix_en")),
        suffix=Caption(appearance.text("suffixAdorner"), properties.text("suffix_en")),
        placeholder=placeholder,
        autocomplete=properties.text("autocomplete"),
    )
    validation.leftovers()
    appearance.leftovers()
    return component


def _rules(kind: ComponentType, validation: Attributes, properties: Attributes) -> Rules:
    required = validation.condition("required") or properties.condition("required_when")
    if kind in (ComponentType.TEXTFIELD, ComponentType.TEXTAREA):
        return Rules(
            required=required,
            min_length=validation.whole("minLength"),
            max_length=validation.whole("maxLength"),
            pattern=validation.pattern("pattern"),
            pattern_hint=Caption(properties.text("pattern_hint"), properties.text("pattern_hint_en")),
            text_kind=_text_kind(validation),
        )
    if kind is ComponentType.NUMBER:
        return Rules(required=required, minimum=validation.decimal("min"), maximum=validation.decimal("max"))
    if kind is ComponentType.DATETIME:
        return Rules(
            required=required, earliest=properties.expression("earliest"), latest=properties.expression("latest")
        )
    if kind is ComponentType.CHECKLIST:
        return Rules(required=required, require_all=properties.condition("require_all_when"))
    return Rules(required=required)


def _text_kind(validation: Attributes) -> TextKind | None:
    given = validation.text("validationType")
    if given in ("", "custom"):
        return None
    try:
        return TextKind(given)
    except ValueError:
        validation.refuse(f"The validationType {given[:40]} is not supported.", f"不支持 validationType {given[:40]}。")
    return None


def _number(attributes: Attributes, properties: Attributes) -> dict[str, Any]:
    decimals = attributes.whole("decimalDigits", 0, 10) or 0
    attributes.take("increment")
    unit = properties.text("unit")
    if unit and unit != Unit.FEN:
        attributes.refuse(f"The unit {unit[:40]} is not known.", f"未知单位 {unit[:40]}。", "Use fen.", "请使用 fen。")
    if unit == Unit.FEN and decimals != 2:
        attributes.refuse(
            "Money has two decimal digits (decimalDigits 2).", "金额须保留两位小数（decimalDigits 为 2）。"
        )
    return {"decimals": decimals, "unit": Unit.FEN if unit == Unit.FEN else None}


def _date(attributes: Attributes, properties: Attributes) -> dict[str, Any]:
    subtype = attributes.text("subtype", "date")
    if subtype != "date":
        attributes.refuse(
            f"The datetime subtype {subtype[:40]} is not supported.",
            f"不支持 datetime 子类型 {subtype[:40]}。",
            "Use the subtype date.",
            "请使用子类型 date。",
        )
    # form-js keeps a date's label in an attribute of its own.
    return {"caption": attributes.caption("dateLabel", properties)} if attributes.has("dateLabel") else {}


def _choice(attributes: Attributes, properties: Attributes) -> dict[str, Any]:
    listed = attributes.take("values")
    if not isinstance(listed, list) or not listed:
        attributes.refuse("The choices must be listed under values.", "选项须在 values 中列出。")
        listed = []
    options = tuple(_options(attributes, listed))
    if len({option.value for option in options}) != len(options):
        attributes.refuse("Two choices have the same value.", "选项的值重复。")
    return {"options": options}


def _options(attributes: Attributes, listed: Sequence[object]) -> Iterator[Option]:
    for entry in listed:
        if isinstance(entry, dict) and set(entry) <= {"value", "label", "label_en"}:
            value, zh, en = entry.get("value"), entry.get("label"), entry.get("label_en", "")
            if isinstance(value, str) and value and isinstance(zh, str) and isinstance(en, str):
                yield Option(value, Caption(zh, en))
                continue
        attributes.refuse(
            "Each choice has value, label and label_en as text.", "每个选项须有文本 value、label、label_en。"
        )


def _files(attributes: Attributes, properties: Attributes) -> dict[str, Any]:
    return {"multiple": attributes.flag("multiple"), "accept": attributes.text("accept")}


def _no_specifics(attributes: Attributes, properties: Attributes) -> dict[str, Any]:
    return {}


_SPECIFICS: dict[ComponentType, Callable[[Attributes, Attributes], dict[str, Any]]] = {
    ComponentType.NUMBER: _number,
    ComponentType.DATETIME: _date,
    ComponentType.SELECT: _choice,
    ComponentType.RADIO: _choice,
    ComponentType.CHECKLIST: _choice,
    ComponentType.FILEPICKER: _files,
}


def _check_keys(components: Sequence[Component], problems: ProblemList) -> None:
    """Within one context no key may be used twice, nor lie inside another's value.

    The same key twice is meant where both components are conditional: one of them is shown.
    """
    keyed = list(_keyed(components))
    keys = Counter(component.key for component, _ in keyed)
    for component, conditional in keyed:
        if keys[component.key] > 1 and not conditional:
            problems.add(component.key, "The key is used twice.", "key 重复。")
        parts = component.key.split(".")
        if any(".".join(parts[:length]) in keys for length in range(1, len(parts))):
            problems.add(component.key, "The key lies inside another field's value.", "key 位于另一字段的值之内。")
        if isinstance(component, DynamicList):
            _check_keys(component.components, problems)


def _keyed(components: Sequence[Component], conditional: bool = False) -> Iterator[tuple[Field | DynamicList, bool]]:
    """The components that hold a value, and whether they are shown under a condition."""
    for component in components:
        by_condition = conditional or component.hide is not False
        if isinstance(component, Group):
            yield from _keyed(component.components, by_condition)
        elif isinstance(component, Field | DynamicList):
            yield component, by_condition
