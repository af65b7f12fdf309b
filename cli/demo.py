"""`kaihu demo`: an enterprise and an individual open their accounts, each step by the person of its role."""

from __future__ import annotations

import json

import click

from bank.people import ROLES
from cli.composition import parts
from cli.demo_home import prepare_demo_home
from cli.demo_play import Playing
from cli.demo_story import CUSTOMER, ENTERPRISE, INDIVIDUAL, Story
from cli.parts import Parts


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
    english = kaihu.settings.language == "en"

    def tell(name: str, name_en: str, role: str) -> None:
        click.echo(f"  ✓ {name_en if english else name} · {_acting(role, english)}", err=True)

    click.echo(story.applicant, err=True)
    playing = Playing(kaihu, story, tell)
    playing.play()
    case = playing.summary()
    click.echo(f"  {case['business_key']}: {case['account']} {case['state']}\n", err=True)
    return case


def _acting(role: str, english: bool) -> str:
    if role == CUSTOMER:
        return "customer" if english else "客户"
    return ROLES[role].name_en if english else ROLES[role].name_zh
