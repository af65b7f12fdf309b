"""The bank's numbers in their versions: read by everybody, changed only by the process `parameter_change`.

Rules of the domain are data, never literals in code. `certainty` is H (well attested), M (one secondary
source) or L (from memory); whoever shows a parameter that is not H marks it "to be confirmed by compliance".
Version 1 is the file that ships; every adopted change makes the next version of the whole set. Who reads asks
once in a transaction which version is the newest; the versions themselves never change and stay in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson
from sqlalchemy import Connection, func, insert, select

from bank.counters import next_number
from bank.errors import RecordNotFound
from bank.parameters.errors import BasisChanged, ParameterValueRefused
from bank.parameters.records import (
    SHIPPED,
    Adoption,
    CalendarDay,
    Certainty,
    Change,
    ChangeKind,
    NewValue,
    Parameter,
    ParameterSet,
)
from bank.parameters.tables import calendar_day, parameter_set, parameter_version
from bank.terms import Record
from persistence.answers import forget_answers, once
from persistence.prepared import Prepared

_COUNTER = "parameter_set"
_QUESTION = "parameter set in force"
_NEWEST = Prepared(select(func.max(parameter_set.c.version).label("version")))  # asked by most transactions


class Parameters:
    """Versions of the parameters; every method works in the caller's transaction."""

    def __init__(self, shipped: ParameterSet | None = None) -> None:
        first = shipped or ParameterSet.shipped()
        self._known = {SHIPPED: first}

    def newest(self, connection: Connection) -> ParameterSet:
        """The set in force."""
        return self.at_version(connection, self.version(connection))

    def version(self, connection: Connection) -> int:
        """The number of the set in force: one query in a transaction, however often it is asked."""
        return once(connection, _QUESTION, lambda: self._ask(connection))

    def at_version(self, connection: Connection, version: int) -> ParameterSet:
        """The set as it stood from that version on. Raises RecordNotFound when there was none such."""
        if version not in self._known:
            if not SHIPPED <= version <= self.version(connection):
                raise RecordNotFound(what=Record.PARAMETER_SET, key=version)
            self._known[version] = self._read(connection, version)
        return self._known[version]

    def of_case(self, connection: Connection, variables: Mapping[str, object]) -> ParameterSet:
        """The set a case goes by: the one its variable `parameters_version` names, else the one in force."""
        version = variables.get("parameters_version")
        if isinstance(version, int) and not isinstance(version, bool):
            return self.at_version(connection, version)
        return self.newest(connection)

    def entry(self, connection: Connection, name: str) -> Parameter:
        """A parameter as in force, with its source. Raises ReferenceDataWrong when there is none."""
        return self.newest(connection).entry(name)

    def integer(self, connection: Connection, name: str) -> int:
        """The value of a whole-number parameter. Raises ReferenceDataWrong when it is missing or no number."""
        return self.newest(connection).integer(name)

    def text(self, connection: Connection, name: str) -> str:
        """The value of a text parameter. Raises ReferenceDataWrong when it is missing or no text."""
        return self.newest(connection).text(name)

    def adoptions(self, connection: Connection) -> list[Adoption]:
        """Every version but the shipped one, newest first."""
        rows = connection.execute(select(parameter_set).order_by(parameter_set.c.version.desc()))
        return [Adoption(**{**row._asdict(), "kind": ChangeKind(row.kind)}) for row in rows]

    def values_of(self, connection: Connection, name: str) -> list[Parameter]:
        """Every value the parameter has had, newest first. Raises ReferenceDataWrong when there is none such."""
        of_name = select(parameter_version.c.version).where(parameter_version.c.name == name)
        versions = connection.execute(of_name.order_by(parameter_version.c.version.desc())).scalars()
        return [self.at_version(connection, version).entry(name) for version in (*versions, SHIPPED)]

    def adoption_of(self, connection: Connection, business_key: str) -> Adoption | None:
        """What a case adopted, or None."""
        row = connection.execute(select(parameter_set).where(parameter_set.c.business_key == business_key)).first()
        return None if row is None else Adoption(**{**row._asdict(), "kind": ChangeKind(row.kind)})

    def last_change(self, connection: Connection, kind: ChangeKind, name: str) -> int:
        """The version that last changed this parameter, table, list or calendar; 1 when none has."""
        of_name = (parameter_set.c.kind == kind) & (parameter_set.c.name == name)
        newest = select(func.max(parameter_set.c.version)).where(of_name)
        return int(connection.execute(newest).scalar() or SHIPPED)

    def adopt(
        self,
        connection: Connection,
        change: Change,
        *,
        basis: int,
        value: NewValue | None = None,
        days: Sequence[CalendarDay] = (),
    ) -> int:
        """A new version with this value or these days, or one that records what is kept elsewhere; its number.

        A case adopts once: asked again it gets the number it got. Changes wait for each other until the transaction
        ends. Raises BasisChanged when the same thing was changed after version `basis`, and for a value
        ReferenceDataWrong, ParameterValueRefused.
        """
        if value is not None:
            self._check(connection, change.name, value)
        next_number(connection, _COUNTER)  # its row stays locked: no other change comes between
        earlier = self.adoption_of(connection, change.business_key)
        if earlier is not None:
            return earlier.version
        last = self.last_change(connection, change.kind, change.name)
        if last > basis:
            raise BasisChanged(name=change.name, version=last)
        version = self._ask(connection) + 1
        connection.execute(insert(parameter_set).values(version=version, **vars(change)))
        if value is not None:
            row = {**vars(value), "value": orjson.dumps(value.value).decode()}
            connection.execute(insert(parameter_version).values(version=version, name=change.name, **row))
        if days:
            connection.execute(insert(calendar_day), [{"version": version, **vars(day)} for day in days])
        forget_answers(connection)
        return version

    def _check(self, connection: Connection, name: str, value: NewValue) -> None:
        entry = self.entry(connection, name)
        if not entry.admits(value.value):
            raise ParameterValueRefused(name=name, expected=entry.bounds)

    def _ask(self, connection: Connection) -> int:
        row = _NEWEST.first(connection, {})
        return SHIPPED if row is None or row.version is None else int(row.version)

    def _read(self, connection: Connection, version: int) -> ParameterSet:
        entries = dict(self._known[SHIPPED].entries)
        changed = select(parameter_version).where(parameter_version.c.version <= version)
        for row in connection.execute(changed.order_by(parameter_version.c.version)):
            if row.name in entries:  # a later release may have dropped it
                entries[row.name] = replace(
                    entries[row.name],
                    value=orjson.loads(row.value),
                    source=row.source,
                    source_en="",
                    as_of=row.as_of,
                    certainty=Certainty(row.certainty),
                    version=row.version,
                )
        own = select(calendar_day).where(calendar_day.c.version <= version).order_by(calendar_day.c.version)
        days = {
            row.day: CalendarDay(day=row.day, business_day=row.business_day, source=row.source)
            for row in connection.execute(own)
        }
        return ParameterSet(version, entries, days)
