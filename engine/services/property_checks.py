"""What is written on a task for us to hold (`zeebe:properties`) is refused at deployment when it could not be held."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.feel import FeelSyntaxError, compile_expression
from engine.interpreter import CALENDAR_FUNCTIONS
from engine.model.elements import Element, ElementKind
from engine.model.errors import Problem

_OF_USER_TASKS = ("excludesCase", "qualification", "waiver")


def property_problems(element: Element, knows_qualification: Callable[[str], bool]) -> Iterator[Problem]:
    """What is wrong with the element's properties; a misspelt one would leave a door open without a word."""
    for name in _OF_USER_TASKS:
        if name in element.properties and element.kind is not ElementKind.USER_TASK:
            yield Problem(
                element=element.id,
                reason_en=f"The property {name} is held at user tasks only.",
                reason_zh=f"属性 {name} 仅对人工任务有效。",
                remedy_en="Write it on the user task it is meant for.",
                remedy_zh="请将其写在相应的人工任务上。",
            )
    yield from _case_problems(element)
    yield from _waiver_problems(element)
    if element.qualification is not None and not knows_qualification(element.qualification):
        yield Problem(
            element=element.id,
            reason_en=f"There is no qualification {element.qualification}.",
            reason_zh=f"没有资格 {element.qualification}。",
            remedy_en="Write the id of a qualification of the bank's register.",
            remedy_zh="请填写资格登记表中的编号。",
        )


def _waiver_problems(element: Element) -> Iterator[Problem]:
    if element.waiver is None:
        return
    remedy_en, remedy_zh = (
        'Write a FEEL context of the variables that stand in for the result, such as ={review: {decision: "waived"}}.',
        '请填写代替办理结果的变量，如 ={review: {decision: "waived"}}。',
    )
    try:
        compile_expression(element.waiver.strip().removeprefix("="), CALENDAR_FUNCTIONS)
        readable = element.waiver.strip().removeprefix("=").strip().startswith("{")
    except FeelSyntaxError:
        readable = False
    if not readable:
        yield Problem(
            element=element.id,
            reason_en="The property waiver is no FEEL context.",
            reason_zh="属性 waiver 不是 FEEL 上下文。",
            remedy_en=remedy_en,
            remedy_zh=remedy_zh,
        )


def _case_problems(element: Element) -> Iterator[Problem]:
    variable = element.excludes_case
    if variable is not None and not variable.isidentifier():
        yield Problem(
            element=element.id,
            reason_en=f"excludesCase must be the name of a variable, but is “{variable}”.",
            reason_zh=f"excludesCase 须为变量名，现为“{variable}”。",
            remedy_en="Name a variable that holds a business key or a list of them, without “=”.",
            remedy_zh="请填写保存业务编号（或其列表）的变量名，不带“=”。",
        )
