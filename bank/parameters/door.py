"""The door to the bank's numbers: each method is one look, so that pages open none."""

from __future__ import annotations

from collections.abc import Mapping

from bank.parameters.parameters import Parameters
from bank.parameters.records import Adoption, Parameter, ParameterSet
from persistence.database import Database


class ParameterDoor:
    """Reading parameters and their history; only the process `parameter_change` changes them."""

    def __init__(self, database: Database, parameters: Parameters) -> None:
        self._database = database
        self._parameters = parameters

    def newest(self) -> ParameterSet:
        """The set in force."""
        with self._database.reading() as connection:
            return self._parameters.newest(connection)

    def of_case(self, variables: Mapping[str, object]) -> ParameterSet:
        """The set a case goes by (Parameters.of_case)."""
        with self._database.reading() as connection:
            return self._parameters.of_case(connection, variables)

    def values_of(self, name: str) -> list[Parameter]:
        """Every value a parameter has had, newest first. Raises ReferenceDataWrong when there is none such."""
        with self._database.reading() as connection:
            return self._parameters.values_of(connection, name)

    def adoptions(self) -> list[Adoption]:
        """Every version but the shipped one, newest first."""
        with self._database.reading() as connection:
            return self._parameters.adoptions(connection)
