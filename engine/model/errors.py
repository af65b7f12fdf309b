"""Errors of the engine that more than one part raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.terms import Condition, Thing
from persistence.errors import ErrorKind, KaihuError


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with a resource, addressed to its author."""

    element: str
    """Id of the element, or the file's name when it is about the whole file."""
    reason_en: str
    reason_zh: str
    remedy_en: str = ""
    """What to draw instead."""
    remedy_zh: str = ""

    def text(self, language: str) -> str:
        """One line for a reader of `language`."""
        reason, remedy = (
            (self.reason_zh, self.remedy_zh) if language.startswith("zh") else (self.reason_en, self.remedy_en)
        )
        return f"{self.element}: {reason}" + (f" {remedy}" if remedy else "")


class ResourceRefused(KaihuError):
    """A diagram, table or form was not accepted; `problems` says everything that is wrong with it."""

    code = "resource_refused"
    kind = ErrorKind.INVALID
    en = "{resource} was refused: {count} problem(s)."
    zh = "{resource} 未通过检查：{count} 个问题。"

    def __init__(self, resource: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(resource=resource, count=len(self.problems))

    def message(self, language: str) -> str:
        """The sentence, followed by one line per problem."""
        return "\n".join([super().message(language), *(problem.text(language) for problem in self.problems)])


class NotFound(KaihuError):
    """No such thing, or none this person may see. Fields: `what`, `named`."""

    code = "not_found"
    kind = ErrorKind.NOT_FOUND
    en = "There is no {what}{named}."
    zh = "找不到{what}{named}。"

    def __init__(self, *, what: Thing, key: object = None) -> None:
        super().__init__(what=what, named="" if key is None else f" {key}")


class StateConflict(KaihuError):
    """Somebody else was faster: the thing is no longer in the state the command expects.

    Fields: `what`, `actual`, `expected`.
    """

    code = "state_conflict"
    kind = ErrorKind.CONFLICT
    en = "This {what} is {actual}; expected {expected}. Somebody may have been faster: reload the page."
    zh = "{what}当前状态为“{actual}”，应为“{expected}”。可能已被他人处理，请刷新页面。"

    def __init__(self, *, what: Thing, actual: Condition, expected: Condition, **further: object) -> None:
        super().__init__(what=what, actual=actual, expected=expected, **further)


class NotAuthorised(KaihuError):
    """The person may not do this."""

    code = "not_authorised"
    kind = ErrorKind.FORBIDDEN
    en = "You are not authorised to do this ({action})."
    zh = "您没有权限执行此操作（{action}）。"


class SegregationOfDuties(KaihuError):
    """The person has already done a step of this case that excludes this one (domain reference, segregation).

    Fields: names of both elements, `conflicting`, `conflicting_en`, `element`, `element_en`.
    """

    code = "segregation_of_duties"
    kind = ErrorKind.FORBIDDEN
    en = "You performed “{conflicting_en}” in this case, so another person must perform “{element_en}”."
    zh = "您已在本案中办理“{conflicting}”，“{element}”须由他人办理。"


class DeputySegregation(SegregationOfDuties):
    """The step that excludes this one was done by whom the person deputises, or by a deputy of theirs."""

    code = "segregation_of_deputies"
    en = (
        "“{conflicting_en}” was performed in this case by a person you deputise, or by your deputy, "
        "so another person must perform “{element_en}”."
    )
    zh = "本案“{conflicting}”由您所代理的人员或您的代理人办理，“{element}”须由他人办理。"


class CaseExcluded(SegregationOfDuties):
    """The person has performed a step of a case this task is about. Fields: `case`, `element`, `element_en`."""

    code = "case_excluded"
    en = "You, or a person you deputise, took part in case {case}, so another person must perform “{element_en}”."
    zh = "您或您所代理的人员参与办理过案件 {case}，“{element}”须由他人办理。"


class ExclusionUnknown(SegregationOfDuties):
    """Nobody may do the task: which cases it is about cannot be told. Fields: `variable`, `element`, `element_en`."""

    code = "exclusion_unknown"
    en = "The variable {variable} names no case, so it is not known who may perform “{element_en}”."
    zh = "变量 {variable} 未指明案件，无法判断“{element}”可由何人办理。"
