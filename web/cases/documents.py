"""The documents of a case by the entry of the checklist they were handed in for (R021)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from bank.documents import Document
from engine.model.values import Value
from web.languages import in_language
from web.vocabulary import field_label

_EVIDENCE = "evidence"
"""Key under which the forms of checks hold what supports their result."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One entry of the checklist, or another place documents are kept at."""

    name: str
    required: bool = False
    documents: tuple[Document, ...] = ()


def sections(variables: Mapping[str, Value], documents: Sequence[Document]) -> list[Section]:
    """The checklist in its order, then other places, then what no form refers to; nothing when there is neither."""
    by_id = {each.id: each for each in documents}
    found: list[Section] = []
    placed: set[str] = set()
    for name, required, ids in (*_by_checklist(variables), *_evidence(variables)):
        kept = [by_id[each] for each in ids if each in by_id]
        placed.update(each.id for each in kept)
        found.append(Section(name=name, required=required, documents=tuple(kept)))
    rest = tuple(each for each in documents if each.id not in placed)
    if rest:
        found.append(Section(name=_("Not assigned to the checklist"), documents=rest))
    return found


def _by_checklist(variables: Mapping[str, Value]) -> Iterator[tuple[str, bool, list[str]]]:
    held = variables.get("documents")
    held = held if isinstance(held, Mapping) else {}
    checklist = variables.get("checklist")
    entries = [each for each in checklist if isinstance(each, Mapping)] if isinstance(checklist, list) else []
    for entry in entries:
        name = in_language(str(entry.get("name") or ""), str(entry.get("name_en") or ""))
        yield name, entry.get("required") is True, _ids(held.get(str(entry.get("code"))))
    listed = {entry.get("code") for entry in entries}
    for code, value in held.items():
        if code not in listed and _ids(value):
            yield field_label(code), False, _ids(value)


def _evidence(variables: Mapping[str, Value]) -> Iterator[tuple[str, bool, list[str]]]:
    for name, value in variables.items():
        ids = _ids(value.get(_EVIDENCE)) if isinstance(value, Mapping) else []
        if ids:
            yield _("Evidence: %(check)s", check=field_label(name)), False, ids


def _ids(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
