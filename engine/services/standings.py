"""Where the cases of a list stand: one variable of each and the steps it waits at, in two queries for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.services.answers import Activity, ProcessInstance, Standing
from engine.services.parts import EngineParts
from engine.store.activities import open_activities_of
from engine.store.instances import root_values


def standings(
    parts: EngineParts, connection: Connection, cases: Sequence[ProcessInstance], variable: str
) -> Mapping[int, Standing]:
    """By the key of each of `cases`, which the reader has been found to be allowed to see."""
    keys = [case.key for case in cases]
    values = root_values(connection, keys, variable)
    opened: dict[int, list[Row[Any]]] = {key: [] for key in keys}
    for row in open_activities_of(connection, keys):
        opened[row.instance_key].append(row)
    return {
        case.key: Standing(
            value=values.get(case.key),
            at=tuple(as_activity(parts, connection, case.definition_key, row) for row in _innermost(opened[case.key])),
        )
        for case in cases
    }


def as_activity(parts: EngineParts, connection: Connection, definition_key: int, row: Row[Any]) -> Activity:
    """The answer for one passage, with its element's names from the version the case runs on."""
    element = parts.programs.get(connection, definition_key).processes[row.process_id].elements.get(row.element_id)
    return Activity(
        number=row.number,
        parent=row.parent,
        process_id=row.process_id,
        element_id=row.element_id,
        name=element.name if element else "",
        name_en=element.name_en if element else "",
        kind=row.kind,
        state=row.state,
        entered_at=row.entered_at,
        ended_at=row.ended_at,
        performer_kind=row.performer_kind,
        performer_person=row.performer_person,
        on_behalf_of=row.on_behalf_of,
    )


def _innermost(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    around = {row.parent for row in rows}
    return [row for row in rows if row.number not in around]
