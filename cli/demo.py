"""`kaihu demo`: an enterprise and an individual open their accounts, each step by the person of its role."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from bank.terms import Standing
from cli.composition import parts
from cli.demo_home import prepare_demo_home
from cli.demo_play import Playing
from cli.demo_story import CUSTOMER, ENTERPRISE, INDIVIDUAL, Story
from cli.parts import Parts
from cli.wording import in_language, role_name
from persistence.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a summary of the cases as JSON at the end.")
def demo(as_json: bool) -> None:
    """Open two accounts in a demo home, with visible progress; fails unless both end up active."""
    kaihu = parts(smtp_url=None)  # letters of invented people stay in the home
    try:
        prepare_demo_home(kaihu)
        cases = [_open(kaihu, story) for story in (ENTERPRISE, INDIVIDUAL)]
    finally:
        kaihu.database.close()
    if as_json:
        click.echo(json.dumps({"cases": cases}, ensure_ascii=False))
    if any(case["state"] != "active" for case in cases):
        raise click.exceptions.Exit(1)


def _open(kaihu: Parts, story: Story) -> dict[str, object]:
    def tell(name: str, name_en: str, role: str) -> None:
        step = in_language(kaihu.settings, zh=name, en=name_en)
        click.echo(f"  ✓ {step} · {_acting(kaihu.settings, role)}", err=True)

    click.echo(story.applicant, err=True)
    playing = Playing(kaihu, story, tell)
    playing.play()
    case = playing.summary()
    click.echo(f"  {case['business_key']}: {_outcome(kaihu.settings, case)}\n", err=True)
    return case


def _acting(settings: Settings, role: str) -> str:
    return in_language(settings, zh="客户", en="customer") if role == CUSTOMER else role_name(settings, role)


def _outcome(settings: Settings, case: Mapping[str, object]) -> str:
    if case["account"] is None:
        return in_language(settings, zh="未开立账户", en="no account")
    standing = Standing.of(str(case["state"]))
    state = in_language(settings, zh=standing.zh, en=standing.en)
    return f"{case['account']} {state}"
