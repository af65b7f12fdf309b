"""Composing the parts on demand, with the database brought up to date first."""

from __future__ import annotations

import click

from cli.parts import Compose, Parts
from persistence.migrations import upgrade
from persistence.settings import Settings


def parts(settings: Settings | None = None) -> Parts:
    """The composed Kaihu of the running command; its database has every migration."""
    context = click.get_current_context()
    compose: Compose = context.meta["kaihu.compose"]
    settings = settings or context.find_object(Settings)
    assert settings is not None
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    composed = compose(settings)
    upgrade(composed.database)
    return composed
