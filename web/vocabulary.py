"""Words of the bank's data for readers: roles, fields and codes, in both languages.

Variables carry codes (`high`, `legal_representative`); people read words. `vocabulary.json` has them as
[Chinese, English]; a code that means different things in different fields stands there as `field.code`. What is
not listed is shown as it is. Where a value names a role or a field (`group`, `code`), their words are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson

from bank.account_types import ACCOUNT_TYPES
from bank.people import ROLES as BANK_ROLES
from engine.feel import FeelWarning
from engine.feel.errors import WarningCode
from web.languages import in_language, language

_SHIPPED: Mapping[str, Mapping[str, tuple[str, str]]] = orjson.loads(
    Path(__file__).with_name("vocabulary.json").read_bytes()
)

ROLES = {role.id: (role.name_zh, role.name_en) for role in BANK_ROLES.values()}
FIELDS = _SHIPPED["fields"]
WORDS = {**_SHIPPED["words"], **{type_.code: (type_.name_zh, type_.name_en) for type_ in ACCOUNT_TYPES.values()}}


_NAMING_FIELDS = frozenset({"code", "factor", "field", "limit", "missing", "step"})


def _label(words: Mapping[str, tuple[str, str]], code: str) -> str | None:
    found = words.get(code)
    return in_language(*found) if found else None


def role_label(code: str) -> str:
    """The role's name."""
    return _label(ROLES, code) or code


def field_label(name: str) -> str:
    """The variable's or field's name for a reader; an unknown one as words."""
    return _label(FIELDS, name) or name.replace("_", " ")


def word_label(code: str, field: str = "") -> str:
    """The word for a code or the role's name in this field; any other text as it is."""
    named = _named(code) if field in _NAMING_FIELDS else None
    return _label(WORDS, f"{field}.{code}") or named or _label(WORDS, code) or _label(ROLES, code) or code


def input_label(traced: Mapping[str, str]) -> str:
    """The label of a decision's input in a trace; without one in the reader's language, the words for its path."""
    label, expression = traced.get("label", ""), traced.get("expression", "")
    named = _named(expression)
    labelled = label if label != expression else ""
    return in_language(labelled or named or expression, traced.get("label_en", "") or named or label)


def warning_text(code: str, subject: str) -> str:
    """Why a part of an expression is null, as a sentence; a code of another version as it is."""
    known = WarningCode.__members__.get(code.upper())
    return FeelWarning(known, subject).message(language()) if known else f"{code}: {subject}"


def _named(path: str) -> str | None:
    """The words for a field or a path such as `owners.name`, None when it is neither."""
    parts = path.split(".")
    return " · ".join(map(field_label, parts)) if all(part in FIELDS for part in parts) else None
