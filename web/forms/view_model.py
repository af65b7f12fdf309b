"""What the template needs to draw a form: every decision is taken here, the template only writes it down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import Environment, Expression, Scope
from engine.forms import (
    Component,
    ComponentType,
    DynamicList,
    Evaluation,
    Field,
    FieldError,
    Form,
    Group,
    Placed,
    Static,
    name_of,
)
from engine.forms.conversion import displayed
from engine.forms.paths import Path, look_up
from web.forms.wording import word

_GRID = 12  # Bootstrap's columns; form-js counts sixteen


@dataclass(frozen=True)
class OptionView:
    """One choice."""

    value: str
    label: str
    html_id: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class CellView:
    """One component in a row of the grid; `kind` says which macro draws it."""

    kind: str
    width: str
    html_id: str
    label: str
    description: str
    norm: str


@dataclass(frozen=True, kw_only=True)
class TextView(CellView):
    """Text: blocks of (`heading`, `item` or `paragraph`, text)."""

    blocks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class FieldView(CellView):
    """An input with what was typed, and what is wrong with it."""

    name: str
    required: bool
    readonly: bool
    value: str
    values: tuple[str, ...]
    options: tuple[OptionView, ...]
    error: str
    described_by: str
    attributes: Mapping[str, str]
    prefix: str
    suffix: str
    refreshes: bool
    """Whether other fields appear or go with its value: it gets a button that shows the form anew."""


@dataclass(frozen=True, kw_only=True)
class SectionView(CellView):
    """A group."""

    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ListRowView:
    """One row of a dynamic list."""

    title: str
    marker: str
    remove: str
    remove_label: str
    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ListView(CellView):
    """A dynamic list; `add` and `remove` are names of buttons, empty where rows are fixed."""

    items: tuple[ListRowView, ...]
    add: str
    error: str


@dataclass(frozen=True)
class DocumentView:
    """A document of the case, as file fields show it."""

    name: str
    size: str = ""
    """In words, such as "1.2 MB"."""
    address: str = ""
    """Where the reader may look at it; empty where they may not."""


@dataclass(frozen=True)
class FormView:
    """A whole form for one reader."""

    language: str
    rows: tuple[tuple[CellView, ...], ...]
    summary: tuple[tuple[str, str, str], ...]
    """(id to jump to or empty, label, message) of each error."""
    attached: frozenset[str]
    """Ids of the documents at any of its file fields."""

    def word(self, key: str) -> str:
        """A word of the page in the reader's language."""
        return word(key, self.language)


def form_view(
    form: Form,
    data: Mapping[str, Any],
    *,
    scope: Scope | Mapping[str, Any],
    environment: Environment,
    language: str,
    errors: Mapping[str, FieldError] | None = None,
) -> FormView:
    """The form with `data` (as `Form.prefill` or `read_posted` give it) and the errors of `FormInvalid`."""
    evaluation = form.evaluate(data, scope, environment)
    builder = _Builder(form, evaluation, language, errors or {})
    rows = builder.rows(form.components, ())
    return FormView(language, rows, tuple(builder.summary()), frozenset(_attached(evaluation)))


def html_id_of(name: str) -> str:
    """A posted name as an HTML id that needs no escaping in CSS or in a link."""
    return "field-" + re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")


class _Builder:
    def __init__(self, form: Form, evaluation: Evaluation, language: str, errors: Mapping[str, FieldError]) -> None:
        self._evaluation = evaluation
        self._language = language
        self._errors = errors
        self._controlling = _controlling_names(form)
        self._places: dict[str, tuple[str, str]] = {}
        self._sections: list[str] = []

    def rows(self, components: Sequence[Component], row: Path) -> tuple[tuple[CellView, ...], ...]:
        """The visible components as rows of the grid, in order."""
        drawn: list[list[CellView]] = []
        current = ""
        for component in components:
            placed = Placed(component, row)
            if self._evaluation.is_hidden(placed):
                continue
            if not (component.row and component.row == current):
                drawn.append([])
            current = component.row
            drawn[-1].append(self._cell(placed))
        return tuple(tuple(cells) for cells in drawn)

    def summary(self) -> Iterator[tuple[str, str, str]]:
        """Each error with where it is; unknown names have no place to jump to."""
        for name, error in self._errors.items():
            html_id, label = self._places.get(name, ("", ""))
            yield html_id, label, error.text(self._language)

    def _cell(self, placed: Placed) -> CellView:
        component = placed.component
        if isinstance(component, Group):
            rows = self._inside(component.caption.text(self._language), component.components, placed.row)
            return SectionView(**self._common(placed), rows=rows)
        if isinstance(component, DynamicList):
            return self._list(placed, component)
        if isinstance(component, Field):
            return self._field(placed, component)
        text = component.text.text(self._language) if isinstance(component, Static) else ""
        return TextView(**self._common(placed), blocks=tuple(_blocks(text)))

    def _inside(self, section: str, components: Sequence[Component], row: Path) -> tuple[tuple[CellView, ...], ...]:
        """The rows of a part whose name tells its fields from others of the same label."""
        self._sections.append(section)
        rows = self.rows(components, row)
        self._sections.pop()
        return rows

    def _note_place(self, name: str, html_id: str, label: str) -> None:
        self._places[name] = (html_id, " · ".join([*filter(None, self._sections[-2:]), label]))

    def _common(self, placed: Placed) -> dict[str, Any]:
        component = placed.component
        name = name_of(placed.path) if isinstance(component, Field | DynamicList) else component.id
        return {
            "kind": component.type.value,
            "width": _width(component.columns),
            "html_id": html_id_of(name),
            "label": component.caption.text(self._language),
            "description": component.description.text(self._language),
            "norm": component.norm.text(self._language),
        }

    def _list(self, placed: Placed, component: DynamicList) -> ListView:
        name, common = name_of(placed.path), self._common(placed)
        self._note_place(name, common["html_id"], common["label"])
        items = []
        for index in range(self._evaluation.row_count(placed.path)):
            path = (*placed.path, index)
            title = word("row", self._language, index + 1)
            items.append(
                ListRowView(
                    title=title,
                    marker=f"__row:{name_of(path)}",
                    remove=f"__remove:{name}:{index}" if component.may_change else "",
                    remove_label=word("remove_row", self._language, index + 1),
                    rows=self._inside(f"{common['label']} {index + 1}", component.components, path),
                )
            )
        return ListView(
            **common,
            items=tuple(items),
            add=f"__add:{name}" if component.may_change and len(items) < component.max_rows else "",
            error=self._error(name),
        )

    def _field(self, placed: Placed, component: Field) -> FieldView:
        name, common = name_of(placed.path), self._common(placed)
        html_id, error = common["html_id"], self._error(name)
        self._note_place(name, html_id, common["label"])
        readonly = self._evaluation.is_readonly(placed)
        raw = look_up(self._evaluation.raw, placed.path)
        if readonly:  # what the case holds, whatever was posted
            raw = displayed(component, look_up(self._evaluation.values, placed.path))
        elif raw is None and not component.takes_many:  # it has just appeared; an emptied field is posted as ""
            raw = self._default(placed, component)
        values = tuple(str(item) for item in raw) if isinstance(raw, list) else ()
        value = _as_text(raw)
        rules = component.rules
        required = self._evaluation.holds(rules.required, placed.row) or self._evaluation.holds(
            rules.require_all, placed.row
        )
        options = tuple(
            OptionView(
                option.value,
                option.caption.text(self._language),
                f"{html_id}-{number}",
                option.value == value or option.value in values,
            )
            for number, option in enumerate(component.options)
        )
        return FieldView(
            **common,
            name=name,
            required=required and not readonly,
            readonly=readonly,
            value=value,
            values=values,
            options=options,
            error=error,
            described_by=_described_by(common, error),
            attributes=dict(_attributes(component, self._language)),
            prefix=component.prefix.text(self._language),
            suffix=component.suffix.text(self._language),
            refreshes=not readonly and self._controls(component, placed.row),
        )

    def _default(self, placed: Placed, component: Field) -> object:
        if isinstance(component.default, Expression):
            return displayed(component, self._evaluation.value_of(component.default, placed.row))
        return component.typed_default

    def _error(self, name: str) -> str:
        error = self._errors.get(name)
        return error.text(self._language) if error else ""

    def _controls(self, component: Field, row: Path) -> bool:
        if component.type not in (ComponentType.SELECT, ComponentType.RADIO, ComponentType.DATETIME):
            return False
        return component.key in self._controlling


def _attached(evaluation: Evaluation) -> Iterator[str]:
    for placed in evaluation.shown():
        if placed.component.type is ComponentType.FILEPICKER:
            ids = look_up(evaluation.raw, placed.path)
            yield from (each for each in (ids if isinstance(ids, list) else []) if isinstance(each, str))


def _controlling_names(form: Form) -> frozenset[str]:
    """Keys of the fields whose value decides what is shown: those a `hide` condition spells out."""
    conditions = " ".join(
        component.hide.text for component in _all(form.components) if isinstance(component.hide, Expression)
    )
    keys = {field.key for field in form.fields()}
    return frozenset(key for key in keys if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", conditions))


def _all(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        if isinstance(component, Group | DynamicList):
            yield from _all(component.components)


def _width(columns: int | None) -> str:
    """Bootstrap's class: the full width on a phone, the form's share of the row from there on."""
    if columns is None:
        return "col-12"
    share = max(1, min(_GRID, round(columns * _GRID / 16)))
    return f"col-12 col-md-{share}"


def _as_text(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else ""
    return str(raw) if isinstance(raw, str | int | Decimal) else ""


def _described_by(common: Mapping[str, Any], error: str) -> str:
    """Ids of the texts that a screen reader reads after the label: the error first."""
    parts = [(error, "error"), (common["description"], "description"), (common["norm"], "norm")]
    return " ".join(f"{common['html_id']}-{suffix}" for text, suffix in parts if text)


def _attributes(component: Field, language: str) -> Iterator[tuple[str, str]]:
    if component.autocomplete:
        yield "autocomplete", component.autocomplete
    if component.placeholder:
        yield "placeholder", component.placeholder.text(language)
    if component.rules.max_length is not None:
        yield "maxlength", str(component.rules.max_length)
    if component.type is ComponentType.NUMBER:
        yield "inputmode", "decimal" if component.decimals else "numeric"
    if component.accept:
        yield "accept", component.accept
    if component.multiple:
        yield "multiple", "multiple"


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("#"):
            yield "heading", line.lstrip("# ")
        elif line.startswith("- "):
            yield "item", line[2:]
        else:
            yield "paragraph", line
