"""Segregation of duties: who did one step of a case may not do another (`excludes` on the diagram).

Keyed on the person, never on the login; counts every round of a loop and the starter of the case. It holds both
ways round, because a diagram that sends a case back must not let the checker become the maker.

A deputy carries the conflicts of whom they deputise, and of whom they have acted for in the case; what a deputy did
counts as the act of both.

A task about other cases (`excludesCase`) is closed to whoever performed any step of them. What does not say which
cases they are closes it to everybody: a variable that got lost must not open the door it guards.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from engine.model.actor import Actor, ActorKind
from engine.model.elements import Element
from engine.model.errors import CaseExcluded, DeputySegregation, ExclusionUnknown, SegregationOfDuties
from engine.model.values import Value
from engine.services.command import CaseCommand
from engine.services.programs import LinkedDefinition
from engine.store.activities import cases_performed_in, elements_performed
from engine.store.instances import business_keys_among


def check_segregation(command: CaseCommand, task: Row[Any], actor: Actor) -> None:
    """Raises SegregationOfDuties when the actor has performed what excludes this task."""
    if actor.kind is not ActorKind.PERSON or actor.person is None:
        return
    element = command.definition.element(task.process_id, task.element_id)
    excluded = command.definition.exclusions.get(element.id)
    if not excluded and element.excludes_case is None:
        return
    bound_with = command.parts.authority.bound_with(command.connection, actor.person)
    if excluded:
        _check_steps(command, element, actor.person, bound_with, excluded)
    if element.excludes_case is not None:
        about = command.case.job_variables(task.number).get(element.excludes_case)
        _check_cases(command, element, actor.person, bound_with, about)


def _check_steps(
    command: CaseCommand, element: Element, person: int, bound_with: Collection[int], excluded: Collection[str]
) -> None:
    performed = elements_performed(command.connection, command.facts.key, person, bound_with, excluded)
    if performed:
        refusal = SegregationOfDuties if performed[0].performer_person == person else DeputySegregation
        conflicting, conflicting_en = _names(command.definition, performed[0].element_id)
        raise refusal(conflicting=conflicting, conflicting_en=conflicting_en, **_named(element))


def _check_cases(
    command: CaseCommand, element: Element, person: int, bound_with: Collection[int], about: Value
) -> None:
    keys = about if isinstance(about, list) else [about]
    texts = {key for key in keys if isinstance(key, str)}
    told = bool(keys) and all(isinstance(key, str) for key in keys)
    if not told or business_keys_among(command.connection, texts) != texts:
        raise ExclusionUnknown(variable=element.excludes_case, **_named(element))
    performed = cases_performed_in(command.connection, texts, command.facts.key, person, bound_with)
    if performed:
        raise CaseExcluded(case=performed[0], **_named(element))


def _named(element: Element) -> dict[str, str]:
    name = element.name or element.name_en or element.id
    return {"element": name, "element_en": element.name_en or name}


def _names(definition: LinkedDefinition, element_id: str) -> tuple[str, str]:
    """The element's name in Chinese and in English; what is missing falls back to the other, then to the id."""
    for process in definition.processes.values():
        element = process.elements.get(element_id)
        if element is not None:
            named = _named(element)
            return named["element"], named["element_en"]
    return element_id, element_id
