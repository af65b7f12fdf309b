"""Everything wrong with a diagram, gathered while reading, and expressions compiled along the way."""

from __future__ import annotations

from engine.feel import Expression, FeelSyntaxError, compile_expression, compile_template
from engine.interpreter.dialect.document import Xml
from engine.interpreter.dialect.refusals import Refusal, problem
from engine.interpreter.environment import CALENDAR_FUNCTIONS
from engine.model.errors import Problem

_NULL = compile_expression("null")
"""Stands in for what does not compile; the diagram is refused anyway."""


class Problems:
    """A list that knows how to complain."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def refuse(self, element: Xml | str, refusal: Refusal) -> None:
        """Note why `element` is refused."""
        noted = problem(element if isinstance(element, str) else id_of(element), refusal)
        if noted not in self.found:
            self.found.append(noted)

    def template(self, element: Xml, text: str) -> Expression:
        """An attribute by Camunda 8's rule: `=` begins an expression, other text stands for itself."""
        try:
            return compile_template(text.strip(), CALENDAR_FUNCTIONS)
        except FeelSyntaxError as error:
            self._syntax(element, error)
            return _NULL

    def optional(self, holder: Xml | None, attribute: str, element: Xml) -> Expression | None:
        """The template in an attribute; None when it is not there or empty."""
        text = holder.get(attribute, "") if holder is not None else ""
        return self.template(element, text) if text.strip() else None

    def expression(self, element: Xml, text: str) -> Expression:
        """Always an expression; a leading `=` is allowed."""
        return self.template(element, "=" + text.strip().removeprefix("="))

    def _syntax(self, element: Xml, error: FeelSyntaxError) -> None:
        self.found.append(
            Problem(
                element=id_of(element),
                reason_en=f"An expression cannot be read. {error.message('en')}",
                reason_zh=f"表达式无法解析。{error.message('zh')}",
                remedy_en="Correct the FEEL expression.",
                remedy_zh="请更正 FEEL 表达式。",
            )
        )


def id_of(element: Xml) -> str:
    """The element's id, else that of the nearest element around it that has one."""
    at: Xml | None = element
    while at is not None:
        if at.get("id"):
            return str(at.get("id"))
        at = at.getparent()
    return ""
