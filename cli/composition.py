"""Composing the parts on demand: commands that need none never open a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from cli.garbage import made_to_stay
from cli.parts import Compose, Parts
from persistence.settings import Settings


def parts(**changed: Any) -> Parts:
    """The composed Kaihu of the running command, with settings `changed` where the command asks for it."""
    context = click.get_current_context()
    compose: Compose = context.meta["kaihu.compose"]
    with made_to_stay():
        return compose(replace(context.ensure_object(Settings), **changed))
