"""Segregation of duties: who did one step of a case may not do another (`excludes` on the diagram).

Keyed on the person, never on the login; counts every round of a loop and the starter of the case. It holds both
ways round, because a diagram that sends a case back must not let the checker become the maker.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.model.actor import Actor, ActorKind
from engine.model.errors import SegregationOfDuties
from engine.services.programs import LinkedDefinition
from engine.store.activities import elements_performed


def check_segregation(
    connection: Connection,
    definition: LinkedDefinition,
    instance_key: int,
    element_id: str,
    actor: Actor,
) -> None:
    """Raises SegregationOfDuties when the actor has performed an element that excludes this one."""
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        return
    excluded = definition.exclusions.get(element_id)
    if not excluded:
        return
    performed = elements_performed(connection, instance_key, actor.person, excluded)
    if performed:
        conflicting, conflicting_en = _names(definition, performed[0])
        element, element_en = _names(definition, element_id)
        raise SegregationOfDuties(
            conflicting=conflicting, conflicting_en=conflicting_en, element=element, element_en=element_en
        )


def _names(definition: LinkedDefinition, element_id: str) -> tuple[str, str]:
    """The element's name in Chinese and in English; what is missing falls back to the other, then to the id."""
    for process in definition.processes.values():
        element = process.elements.get(element_id)
        if element is not None:
            name = element.name or element.name_en or element_id
            return name, element.name_en or name
    return element_id, element_id
