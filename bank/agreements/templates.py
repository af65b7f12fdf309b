"""Reading the agreement texts that ship with the bank; a file that is not in order is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard

import orjson

from bank.agreements.canonical import digest_of
from bank.agreements.records import AgreementTemplate, Clause
from bank.errors import ReferenceDataWrong

KINDS = frozenset({"enterprise", "individual"})
_TEMPLATE = {"version", "effective_from", "kinds", "title", "title_en", "clauses", "notice"}
_CLAUSE = {"heading", "heading_en", "body", "body_en"}
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # what the preparation form takes
_HAN = re.compile(r"[\u4e00-\u9fff]")


def read_templates(folder: Path) -> tuple[AgreementTemplate, ...]:
    """Every `*.json` of the folder as a template, by version.

    Raises ReferenceDataWrong for a file that is malformed, and when two templates have the same version
    or the same first day for the same kind: which of them is in force could not be told.
    """
    templates = tuple(read_template(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.json")))
    _refuse_doubles("version", [template.version for template in templates])
    days = [f"{kind} {template.effective_from}" for template in templates for kind in template.kinds]
    _refuse_doubles("effective_from", days)
    return templates


def read_template(name: str, content: bytes) -> AgreementTemplate:
    """The template in one file; `name` stands in the error. Raises ReferenceDataWrong."""
    try:
        return _template(orjson.loads(content))
    except (ValueError, TypeError) as wrong:
        raise ReferenceDataWrong(name=f"{name}: {wrong}") from wrong


def _template(row: object) -> AgreementTemplate:
    if not isinstance(row, dict) or row.keys() != _TEMPLATE:
        raise ValueError("fields")
    version, kinds = row["version"], row["kinds"]
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise ValueError("version")
    if not _texts(kinds) or not kinds or not KINDS.issuperset(kinds):
        raise ValueError("kinds")
    return AgreementTemplate(
        version=version,
        effective_from=dt.date.fromisoformat(row["effective_from"]),
        kinds=tuple(kinds),
        title=_chinese(row["title"]),
        title_en=_english(row["title_en"]),
        clauses=_clauses(row["clauses"]),
        notice=_clauses(row["notice"]),
        digest=digest_of(row),
    )


def _clauses(rows: object) -> tuple[Clause, ...]:
    if not isinstance(rows, list) or not rows:
        raise ValueError("clauses")
    return tuple(_clause(row) for row in rows)


def _clause(row: object) -> Clause:
    if not isinstance(row, dict) or row.keys() != _CLAUSE:
        raise ValueError("clause")
    return Clause(
        heading=_chinese(row["heading"]),
        heading_en=_english(row["heading_en"]),
        body=_chinese(row["body"]),
        body_en=_english(row["body_en"]),
    )


def _chinese(text: object) -> str:
    if not isinstance(text, str) or not _HAN.search(text):
        raise ValueError("Chinese text")
    return text


def _english(text: object) -> str:
    if not isinstance(text, str) or not text.strip() or _HAN.search(text):
        raise ValueError("English text")
    return text


def _texts(values: object) -> TypeGuard[list[str]]:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _refuse_doubles(name: str, values: Sequence[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ReferenceDataWrong(name=f"{name}: {value}")
