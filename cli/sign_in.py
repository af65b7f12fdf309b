"""Signing in on the command line: the same check as on the page."""

from __future__ import annotations

import os

import click

from bank.people import SignInDoor
from cli.parts import Parts
from engine.model.actor import Actor


def sign_in(parts: Parts, login_name: str) -> Actor:
    """The person behind a login, after its password was given (asked for, or KAIHU_PASSWORD).

    Raises SignInRefused, SignInLocked, SignInDisabled. The attempt is committed whatever its answer.
    """
    password = os.environ.get("KAIHU_PASSWORD") or click.prompt("password", hide_input=True, err=True)
    answer = SignInDoor(parts.database, parts.bank.people).authenticate(login_name, password)
    if answer.session is None:
        assert answer.refusal is not None
        raise answer.refusal
    return Actor.staff(answer.session.person.key, answer.session.login.key)
