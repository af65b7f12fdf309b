"""Composing the parts on demand: commands that need none never open a database."""

from __future__ import annotations

import click

from cli.parts import Compose, Parts
from persistence.settings import Settings


def parts() -> Parts:
    """The composed Kaihu of the running command."""
    context = click.get_current_context()
    compose: Compose = context.meta["kaihu.compose"]
    return compose(context.ensure_object(Settings))
