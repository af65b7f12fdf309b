"""The parts of a form (form-js schema, as Camunda Forms write it), parsed and ready to use.

A component's `key` is its dotted path inside the nearest enclosing list row, or inside the form's data;
the `path` of a surrounding group is already in front of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from engine.feel import Expression


class ComponentType(StrEnum):
    """The form-js types Kaihu carries out; every other type is refused."""

    TEXT = "text"
    SEPARATOR = "separator"
    SPACER = "spacer"
    GROUP = "group"
    DYNAMIC_LIST = "dynamiclist"
    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    CHECKLIST = "checklist"
    DATETIME = "datetime"
    FILEPICKER = "filepicker"


class Unit(StrEnum):
    """Units of a number field whose variable differs from what the person types."""

    FEN = "fen"
    """Typed in yuan with at most two decimals, kept as whole fen."""


class TextKind(StrEnum):
    """form-js `validationType` of a text field."""

    EMAIL = "email"
    PHONE = "phone"


Condition = bool | Expression
"""Always, never, or by a FEEL expression over the form's data and the case's variables; only `true` counts."""


@dataclass(frozen=True)
class Caption:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        """The text for a reader of `language`; the other language where that one is empty."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True)
class Option:
    """One choice of a select, radio or checklist."""

    value: str
    caption: Caption


@dataclass(frozen=True, kw_only=True)
class Component:
    """What every part of a form has."""

    id: str
    type: ComponentType
    caption: Caption = Caption()
    description: Caption = Caption()
    norm: Caption = Caption()
    """The rule the field answers to, shown beside it."""
    row: str = ""
    """Components of one row stand beside each other (`layout.row`)."""
    columns: int | None = None
    """Width in sixteenths of the row, as form-js counts; None shares the row evenly."""
    hide: Condition = False

    @property
    def label(self) -> str:
        """The Chinese label."""
        return self.caption.zh

    @property
    def label_en(self) -> str:
        """The English label."""
        return self.caption.en


@dataclass(frozen=True, kw_only=True)
class Static(Component):
    """Text, separator or spacer: shown, never submitted."""

    text: Caption = Caption()
    """Plain paragraphs, `# ` headings and `- ` items; no other mark-up."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a field's value must meet."""

    required: Condition = False
    require_all: Condition = False
    """Of a checklist: every item must be ticked."""
    min_length: int | None = None
    max_length: int | None = None
    pattern: Callable[[str], bool] | None = None
    """Whether the text matches; linear in its length."""
    pattern_hint: Caption = Caption()
    minimum: Decimal | None = None
    """As the person types it: yuan where the unit is fen."""
    maximum: Decimal | None = None
    text_kind: TextKind | None = None
    earliest: Expression | None = None
    """Of a date: FEEL giving a date or ISO text."""
    latest: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Field(Component):
    """An input: one value under `key`."""

    key: str
    rules: Rules = field(default_factory=Rules)
    readonly: Condition = False
    """Shown, its value kept from the case; also form-js `disabled`."""
    default: object = None
    """form-js `defaultValue`, offered where the case has no value yet; an `Expression` where it begins with `=`."""
    options: tuple[Option, ...] = ()
    decimals: int = 0
    unit: Unit | None = None
    prefix: Caption = Caption()
    suffix: Caption = Caption()
    placeholder: Caption = Caption()
    autocomplete: str = ""
    """The HTML autofill purpose, where the field asks for the person's own data."""
    multiple: bool = False
    accept: str = ""

    @property
    def required(self) -> Condition:
        """Whether a value must be given."""
        return self.rules.required

    @property
    def typed_default(self) -> object:
        """The default as a person would have typed it; None where it is an expression."""
        return None if isinstance(self.default, Expression) else self.default

    @property
    def takes_many(self) -> bool:
        """Whether the value is a list."""
        return self.type in (ComponentType.CHECKLIST, ComponentType.FILEPICKER)


@dataclass(frozen=True, kw_only=True)
class Group(Component):
    """A section of components."""

    components: tuple[Component, ...]


@dataclass(frozen=True, kw_only=True)
class DynamicList(Component):
    """Rows that repeat its components; the value is a list of contexts."""

    key: str
    components: tuple[Component, ...]
    default_rows: int = 1
    min_rows: int = 0
    max_rows: int = 50
    may_change: bool = True
    """Whether rows can be added and removed (`allowAddRemove`)."""
