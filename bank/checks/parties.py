"""Everybody named in an application who must be screened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bank.checks.fields import part, rows, text
from bank.checks.names import name_forms
from bank.checks.person import birth_of
from bank.checks.screening import Subject


def parties(application: Mapping[str, object], today: dt.date) -> list[Subject]:
    """The applicant, representatives, agents, guardians and owners, each once, with their second factors."""
    if text(application, "kind") == "individual":
        person = part(application, "individual")
        found = [_person(person, today), *_romanised(person, today), _person(part(person, "guardian"), today)]
    else:
        enterprise = part(application, "enterprise")
        entity = Subject(text(enterprise, "name"), "entity", id_number=text(enterprise, "uscc"))
        people = (part(application, role) for role in ("legal_representative", "operator", "finance_contact"))
        found = [entity, *(_person(person, today) for person in people)]
        found += [_owner(owner, today) for owner in rows(application, "owners")]
    return list(dict.fromkeys(subject for subject in found if subject.name))


def _person(person: Mapping[str, object], today: dt.date) -> Subject:
    return Subject(text(person, "name"), "person", birth_of(person, today), text(person, "id_number"))


def _owner(owner: Mapping[str, object], today: dt.date) -> Subject:
    if text(owner, "kind") == "entity":
        return Subject(text(owner, "name"), "entity", id_number=text(owner, "id_number"))
    return _person(owner, today)


def _romanised(person: Mapping[str, object], today: dt.date) -> list[Subject]:
    """The Latin spelling as a name of its own, unless it only spells the characters: else every homophone hits."""
    spelled = text(person, "name_pinyin")
    if not spelled or name_forms(spelled).pinyin & name_forms(text(person, "name")).han_readings:
        return []
    return [Subject(spelled, "person", birth_of(person, today), text(person, "id_number"))]
