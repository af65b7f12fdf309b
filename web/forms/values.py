"""What a form's fields held when it was sent, for reading: labels and values, nothing to fill in.

No condition is asked again: what was hidden then was never kept, and so has no value to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from engine.forms import Component, ComponentType, DynamicList, Field, Form, Group, Unit
from engine.forms.paths import key_path, look_up
from web.forms.wording import word

_FEN_PER_YUAN = 100


@dataclass(frozen=True)
class ValueView:
    """A field: its label and its values as text; `documents` are the ids a file field holds."""

    label: str
    texts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactsView:
    """Fields that follow each other."""

    facts: tuple[ValueView, ...]


@dataclass(frozen=True)
class PartView:
    """A group, a list or one of its rows; never empty."""

    label: str
    blocks: tuple[Block, ...]


Block: TypeAlias = FactsView | PartView


def values_view(form: Form, variables: Mapping[str, object], *, language: str) -> tuple[Block, ...]:
    """The form's fields that hold something in `variables`, in its order; money is integer fen there."""
    return _blocks(_Reader(language, set()).parts(form.components, variables))


@dataclass(frozen=True)
class _Reader:
    language: str
    seen: set[tuple[str, int]]
    """Keys shown already, each with the identity of the context it lies in: a key may have several components."""

    def parts(self, components: Sequence[Component], held: Mapping[str, object]) -> Iterator[ValueView | PartView]:
        for component in components:
            label = component.caption.text(self.language)
            if isinstance(component, Group):
                yield from _part(label, self.parts(component.components, held))
            elif isinstance(component, DynamicList):
                yield from _part(label, self._rows(component, held))
            elif isinstance(component, Field):
                yield from self._field(component, label, held)

    def _rows(self, component: DynamicList, held: Mapping[str, object]) -> Iterator[PartView]:
        rows = look_up(held, key_path(component.key))
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            if isinstance(row, Mapping):
                yield from _part(word("row", self.language, number), self.parts(component.components, row))

    def _field(self, component: Field, label: str, held: Mapping[str, object]) -> Iterator[ValueView]:
        value, place = look_up(held, key_path(component.key)), (component.key, id(held))
        if value in (None, "", []) or place in self.seen:
            return
        values = value if isinstance(value, list) else [value]
        if component.type is ComponentType.FILEPICKER:
            view = ValueView(label, documents=tuple(map(str, values)))
        else:
            view = ValueView(label, tuple(text for each in values if (text := self._text(component, each))))
        if view.texts or view.documents:
            self.seen.add(place)
            yield view

    def _text(self, component: Field, value: object) -> str:
        """One value; empty where the component offers options and this is none of them."""
        if component.options:
            labels = [option.caption.text(self.language) for option in component.options if option.value == value]
            return labels[0] if labels else ""
        if isinstance(value, bool):
            return word("yes" if value else "no", self.language)
        text = _number(component, value) if isinstance(value, int | Decimal) else str(value)
        suffix = component.suffix.text(self.language)
        return f"{text} {suffix}" if suffix else text


def _part(label: str, shown: Iterable[ValueView | PartView]) -> Iterator[PartView]:
    blocks = _blocks(shown)
    if blocks:
        yield PartView(label, blocks)


def _blocks(shown: Iterable[ValueView | PartView]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for each in shown:
        if isinstance(each, PartView):
            blocks.append(each)
        elif blocks and isinstance(blocks[-1], FactsView):
            blocks[-1] = FactsView((*blocks[-1].facts, each))
        else:
            blocks.append(FactsView((each,)))
    return tuple(blocks)


def _number(component: Field, value: int | Decimal) -> str:
    if component.unit is Unit.FEN:
        return f"{Decimal(value) / _FEN_PER_YUAN:,.2f}"
    return f"{Decimal(value):f}"
