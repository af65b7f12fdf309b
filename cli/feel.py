"""`kaihu feel`: evaluate an expression, or try a cell of a decision table."""

from __future__ import annotations

import datetime as dt

import click

from cli.feel_answer import TextNotFeel, answer, echo, echo_warnings, exact_json, failure
from cli.feel_context import Moment, environment_for, names_in, read_context
from engine.feel import Environment, Expression, FeelSyntaxError, FeelValue, compile_expression, compile_unary_tests
from engine.feel.size import measured
from persistence.errors import KaihuError
from persistence.settings import Settings


@click.command(context_settings={"ignore_unknown_options": True})  # an expression may begin with a minus
@click.argument("expression")
@click.option("--context", default="", help="The variables: a JSON object, @FILE, or - for standard input.")
@click.option("--input", "tested", metavar="VALUE", help="Read EXPRESSION as a table's cell and test this FEEL value.")
@click.option("--at", type=Moment(), help="The time that now() and today() see, such as 2026-11-23T09:00:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: value, text, kind, warnings; or error.")
@click.pass_obj
def feel(
    settings: Settings, expression: str, context: str, tested: str | None, at: dt.datetime | None, as_json: bool
) -> None:
    """Evaluate the FEEL EXPRESSION and print its value as FEEL.

    Strings of the context are strings: write date(x) where a date is meant. Warnings, which say why something is
    null, go to standard error.

    \b
    kaihu feel 'sum(amounts) * 1.13' --context '{"amounts": [0.1, 0.2]}'
    kaihu feel '[18..65], > 100' --input 17

    Exit status 0 with a value (null is one), 1 when the text is not FEEL or the evaluation had to be stopped, 2 when
    the command is used wrongly.
    """
    expression = expression.encode(errors="surrogateescape").decode(errors="replace")
    environment = environment_for(settings, at, [expression, tested or ""])
    try:
        value = _evaluated(expression, tested, read_context(context), environment)
        measured(value)
    except KaihuError as error:
        if as_json:
            echo(exact_json(failure(settings, error)))
        raise
    found = answer(settings, value, environment.warnings)
    if as_json:
        echo(exact_json(found))
    else:
        echo(found["text"])
        echo_warnings(settings, environment.warnings)


def _evaluated(text: str, tested: str | None, variables: dict[str, FeelValue], environment: Environment) -> FeelValue:
    """The expression's value, or whether the tested value meets it as a cell."""
    names = names_in(variables)
    if tested is None:
        return _compiled(text, names, environment).evaluate(variables, environment)
    value = _compiled(tested, names, environment).evaluate(variables, environment)
    try:
        cell = compile_unary_tests(text, environment.functions, names)
    except FeelSyntaxError as error:
        raise TextNotFeel(error, text) from error
    return cell.matches(value, variables, environment)


def _compiled(text: str, names: frozenset[str], environment: Environment) -> Expression:
    try:
        return compile_expression(text, environment.functions, names)
    except FeelSyntaxError as error:
        raise TextNotFeel(error, text) from error
