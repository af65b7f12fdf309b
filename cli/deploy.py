"""`kaihu deploy`: freeze diagrams, tables and forms as a new deployment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from cli.composition import parts
from cli.sign_in import sign_in
from cli.wording import in_language
from engine.services.answers import Resource

DEPLOYABLE = {".bpmn", ".dmn", ".form"}


def resources_of(paths: Iterable[Path]) -> list[Resource]:
    """Every deployable file at or below the paths, in a stable order."""
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))}
    return [
        Resource(file.name, file.read_bytes()) for file in sorted(files) if file.suffix in DEPLOYABLE and file.is_file()
    ]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--login", required=True, help="Login name of the person who deploys (role: process owner).")
def deploy(paths: tuple[Path, ...], login: str) -> None:
    """Deploy the files at PATHS (default: the shipped processes and forms) as one deployment.

    Everything is accepted or nothing is; the same content again changes nothing.
    """
    kaihu = parts()
    actor = sign_in(kaihu, login)
    result = kaihu.engine.deployments.deploy(actor, resources_of(paths or (kaihu.processes, kaihu.forms)))
    if result.created:
        done = in_language(kaihu.settings, zh="已部署：", en="deployed: ")
    else:
        done = in_language(kaihu.settings, zh="内容此前已部署：", en="already deployed: ")
    click.echo(f"{done}{result.content_hash[:16]}")
    for definition in result.definitions:
        click.echo(f"  {definition.process_id} v{definition.version}")
    for warning in result.warnings:
        label = in_language(kaihu.settings, zh="提示：", en="warning: ")
        click.echo(f"{label}{warning.text(kaihu.settings.language)}", err=True)
