"""The screening list shipped with Kaihu: every entry is invented. A bank loads its own lists instead."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path

from bank.checks.resident_id import compact
from bank.checks.screening import ListEntry, ScreeningIndex


def read_list(folder: Path) -> ScreeningIndex:
    """Read and index a list folder: `entries.csv` in UTF-8 and `list.json` with its `as_of`.

    The version is `as_of` and a hash of the content, so that a result says which list it was made with.
    """
    content = (folder / "entries.csv").read_bytes()
    as_of = json.loads((folder / "list.json").read_text(encoding="utf-8"))["as_of"]
    version = f"{as_of}-{hashlib.sha256(content + as_of.encode()).hexdigest()[:12]}"
    entries = [_entry(row) for row in csv.DictReader(content.decode("utf-8").splitlines())]
    return ScreeningIndex(entries, version)


def _entry(row: dict[str, str]) -> ListEntry:
    aliases = [alias for alias in row["aliases"].split("|") if alias]
    return ListEntry(
        id=row["id"],
        kind=row["kind"],
        names=(row["name"], *aliases),
        list_name=row["list_name"],
        category=row["category"],
        date_of_birth=dt.date.fromisoformat(row["date_of_birth"]) if row["date_of_birth"] else None,
        id_numbers=frozenset({compact(row["id_number"])} - {""}),
    )


@cache
def shipped_list() -> ScreeningIndex:
    """The invented list, indexed once per process."""
    with resources.as_file(resources.files("bank.screening_list")) as folder:
        return read_list(folder)
