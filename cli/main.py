"""The command group: settings once, errors as one sentence in the person's language.

A command's module is imported when the command is called, and the parts are composed when it asks for them, so
that `kaihu run` and `kaihu --help` do not wait for the bank, its pages and its database.
"""

from __future__ import annotations

from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

import click

from cli.garbage import made_to_stay
from persistence.errors import KaihuError
from persistence.settings import Settings

if TYPE_CHECKING:
    from cli.parts import Compose, Parts

COMMANDS = {
    "serve": ("serve", "serve", "Serve the pages, and run jobs and timers, until Ctrl-C."),
    "work": ("work", "work", "Run jobs and timers without pages."),
    "deploy": ("deploy", "deploy", "Deploy diagrams, tables and forms as one deployment."),
    "demo": ("demo", "demo", "Open two accounts in a demo home, with visible progress."),
    "run": ("run", "run", "Play a diagram without side effects."),
    "test": ("scenarios", "test_scenarios", "Play every scenario of process folders."),
    "feel": ("feel", "feel", "Evaluate a FEEL expression, or try a cell of a table."),
    "dmn": ("dmn", "dmn", "Take a decision of a DMN file and say why it came out so."),
    "user": ("user", "user", "Make a person with a login; reset, bar or admit a login."),
    "delegation": ("delegation", "delegation", "Enter and end deputies and absences."),
    "password": ("password", "password", "Replace one's own password."),
    "backup": ("backup", "backup", "Write database and documents into an archive."),
    "restore": ("restore", "restore", "Restore a home from an archive, checking all of it."),
    "verify": ("verify", "verify", "Check every case's hash chain and every document."),
    "migrate": ("migrate", "migrate", "Bring the database to a schema revision."),
}
"""By name, in the order of `--help`: module, function, and what it does."""


class _Refused(click.ClickException):
    """A command that ends with one sentence, exit status 1."""

    def __init__(self, message: str, language: str) -> None:
        super().__init__(message)
        self._label = "Error: " if language == "en" else "错误："

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self._label + self.message, file=file, err=True)


class _Group(click.Group):
    """A group whose commands are imported when called and end with a clear sentence instead of a stack trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[cmd_name]
        with made_to_stay():
            command: click.Command = getattr(import_module(f"cli.{module}"), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KaihuError as error:
            language = ctx.obj.language if isinstance(ctx.obj, Settings) else "en"
            raise _Refused(error.message(language), language) from error


def command_line(compose: Compose) -> click.Group:
    """The `kaihu` command over a way to compose the parts; commands that need none never compose them."""

    @click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="kaihu")
    @click.pass_context
    def kaihu(context: click.Context) -> None:
        """Kaihu 开户: bank account opening by a written procedure."""
        context.obj = Settings.from_environment()
        context.meta["kaihu.compose"] = compose

    return kaihu


def main() -> None:
    """The installed `kaihu`."""
    command_line(_composed)()


def _composed(settings: Settings) -> Parts:
    from app import build  # noqa: PLC0415  everything there is: only for commands that ask for it

    return build(settings)
