"""The limits and the ways of writing that the FEEL how-to names are those of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

from cli.dmn import dmn
from cli.feel import feel
from engine.feel import compile_expression
from engine.interpreter.environment import CaseEnvironment
from tests.feel.evaluation import environment

HOWTO = (Path(__file__).resolve().parents[2] / "docs/howto/write-feel.md").read_text(encoding="utf-8")
LIMITS = re.findall(r"^\|.*\| `(\w+)\.(\w+)` \| ([\d,]+) \|$", HOWTO, re.MULTILINE)
MODULES = {
    **dict.fromkeys(("lexer", "cursor", "environment", "size"), "engine.feel"),
    **dict.fromkeys(("pattern_syntax", "pattern_translation"), "engine.feel.builtins"),
    **dict.fromkeys(("document", "boxed", "library"), "engine.decisions"),
}


def test_every_row_of_the_limits_is_read() -> None:
    section = HOWTO.split("## Limits\n")[1]
    assert len(LIMITS) == len(re.findall(r"^\|", section, re.MULTILINE)) - 2


@pytest.mark.parametrize(("module", "name", "value"), LIMITS)
def test_a_limit_in_the_howto_is_the_one_in_the_code(module: str, name: str, value: str) -> None:
    if module == "CaseEnvironment":
        holder: object = CaseEnvironment
    else:
        holder = importlib.import_module(f"{MODULES[module]}.{module}")
    assert getattr(holder, name) == int(value.replace(",", ""))


@pytest.mark.parametrize("text", re.findall(r"`(\(x\) - y|x - \(y\))`|`` (.+?) ``", HOWTO))
def test_what_the_howto_offers_subtracts_although_a_longer_name_is_known(text: tuple[str, str]) -> None:
    variables = {"x": 10, "y": 3, "x-y": 99}

    def value(written: str) -> object:
        return compile_expression(written, known_names=variables.keys()).evaluate(variables, environment())

    assert value("".join(text)) == 7
    assert value("x-y") == value("x - y") == 99


@pytest.mark.parametrize(("command", "heading"), [(feel, "kaihu feel"), (dmn, "kaihu dmn")])
def test_the_howto_lists_every_option_of_the_command(command: click.Command, heading: str) -> None:
    section = HOWTO.split(f": `{heading}")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `(--\w+)", section, re.MULTILINE))
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert listed == options
