"""Public list formats read into entries: UN consolidated XML, OFAC SDN CSV, OpenSanctions `targets.simple.csv`.

The files are not shipped; a bank downloads them under their own terms. What a format leaves out stays unknown.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator

from lxml import etree

from bank.checks.resident_id import compact
from bank.checks.screening import ListEntry
from persistence.errors import ErrorKind, KaihuError

_EMPTY = "-0-"  # how OFAC writes "nothing"
_BIRTH = re.compile(r"DOB (\d{1,2} [A-Z][a-z]{2} \d{4})")
_ALIAS = re.compile(r"(?:a|f|n)\.k\.a\. '([^']+)'")
_DOCUMENT = re.compile(r"(?:Passport|National ID No\.|Identification Number) ([A-Z0-9-]{4,})")


class ListUnreadable(KaihuError):
    """A screening list is not in the format it was said to be in. Fields: `format`, `reason`."""

    code = "screening_list_unreadable"
    kind = ErrorKind.INVALID
    en = "The screening list could not be read as {format}: {reason}."
    zh = "无法按 {format} 格式读取筛查名单：{reason}。"


def open_sanctions(content: bytes) -> list[ListEntry]:
    """OpenSanctions `targets.simple.csv`: one line a target, several values divided by semicolons."""
    rows = csv.DictReader(_text(content, "OpenSanctions").splitlines())
    needed = {"id", "schema", "name", "aliases", "birth_date", "identifiers", "dataset"}
    if missing := needed - set(rows.fieldnames or ()):
        raise ListUnreadable(format="OpenSanctions", reason=f"no column {', '.join(sorted(missing))}")
    return [_target(row) for row in rows if row["name"]]


def _target(row: dict[str, str]) -> ListEntry:
    topics = row.get("program_ids") or row.get("sanctions") or ""
    return ListEntry(
        id=row["id"],
        kind="person" if row["schema"] == "Person" else "entity",
        names=_distinct([row["name"], *row["aliases"].split(";")]),
        list_name=row["dataset"],
        category="sanction" if topics.strip() else "pep",
        date_of_birth=_iso(row["birth_date"].split(";")[0]),
        id_numbers=_numbers(row["identifiers"].split(";")),
    )


def ofac_sdn(content: bytes) -> list[ListEntry]:
    """OFAC `sdn.csv`: twelve columns without a heading; birth date, aliases and documents stand in the remarks."""
    rows = [row for row in csv.reader(_text(content, "OFAC SDN").splitlines()) if len(row) > 1]
    if any(len(row) < 12 for row in rows):
        raise ListUnreadable(format="OFAC SDN", reason="a line has fewer than 12 columns")
    return [_designated([cell.strip() for cell in row]) for row in rows]


def _designated(row: list[str]) -> ListEntry:
    remarks = "" if row[11] == _EMPTY else row[11]
    born = _BIRTH.search(remarks)
    return ListEntry(
        id=f"OFAC-{row[0]}",
        kind="person" if row[2] == "individual" else "entity",
        names=_distinct([row[1], *_ALIAS.findall(remarks)]),
        list_name="OFAC SDN",
        category="sanction",
        date_of_birth=_written(born[1]) if born else None,
        id_numbers=_numbers(_DOCUMENT.findall(remarks)),
    )


def united_nations(content: bytes) -> list[ListEntry]:
    """The UN Security Council's consolidated list, XML; parsed without entities, DTD or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ListUnreadable(format="UN XML", reason="not well-formed XML") from error
    if root.tag != "CONSOLIDATED_LIST":
        raise ListUnreadable(format="UN XML", reason="no CONSOLIDATED_LIST")
    people = [_listed(node, "person", "INDIVIDUAL") for node in root.iter("INDIVIDUAL")]
    return people + [_listed(node, "entity", "ENTITY") for node in root.iter("ENTITY")]


def _listed(node: etree._Element, kind: str, prefix: str) -> ListEntry:
    parts = (node.findtext(f"{place}_NAME") or "" for place in ("FIRST", "SECOND", "THIRD", "FOURTH"))
    aliases = (alias.text or "" for alias in node.iterfind(f"{prefix}_ALIAS/ALIAS_NAME"))
    original = node.findtext("NAME_ORIGINAL_SCRIPT") or ""
    numbers = (number.text or "" for number in node.iterfind(f"{prefix}_DOCUMENT/NUMBER"))
    return ListEntry(
        id=f"UN-{node.findtext('DATAID') or ''}",
        kind=kind,
        names=_distinct([" ".join(part.strip() for part in parts if part.strip()), original, *aliases]),
        list_name="UN " + (node.findtext("UN_LIST_TYPE") or "").strip(),
        category="sanction",
        date_of_birth=_iso(node.findtext(f"{prefix}_DATE_OF_BIRTH/DATE") or ""),
        id_numbers=_numbers(numbers),
    )


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListUnreadable(format=name, reason="not UTF-8") from error


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _numbers(values: Iterable[str]) -> frozenset[str]:
    return frozenset(_compacted(values))


def _compacted(values: Iterable[str]) -> Iterator[str]:
    return (compact(value) for value in values if value.strip())


def _iso(value: str) -> dt.date | None:
    """A whole date; a year alone ("1970") is no second factor and stays unknown."""
    try:
        return dt.date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def _written(value: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(value, "%d %b %Y").date()  # noqa: DTZ007  a date has no zone
    except ValueError:
        return None
