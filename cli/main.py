"""The command group: settings once, errors as one sentence in the person's language."""

from __future__ import annotations

import click

from cli.backup import backup
from cli.demo import demo
from cli.deploy import deploy
from cli.parts import Compose
from cli.run import run
from cli.scenarios import test_scenarios
from cli.serve import serve
from cli.user import user
from cli.work import work
from persistence.errors import KaihuError
from persistence.settings import Settings


class _Group(click.Group):
    """A group whose commands end with a clear sentence instead of a stack trace."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except KaihuError as error:
            language = context.obj.language if isinstance(context.obj, Settings) else "en"
            raise click.ClickException(error.message(language)) from error


def command_line(compose: Compose) -> click.Group:
    """The `kaihu` command over a way to compose the parts; commands that need none never compose them."""

    @click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="kaihu")
    @click.pass_context
    def kaihu(context: click.Context) -> None:
        """Kaihu 开户: bank account opening by a written procedure."""
        context.obj = Settings.from_environment()
        context.meta["kaihu.compose"] = compose

    for command in (serve, work, deploy, demo, run, test_scenarios, user, backup):
        kaihu.add_command(command)
    return kaihu
