"""Errors that only services raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model.errors import Problem, ResourceRefused
from persistence.errors import ErrorKind, KaihuError


class DeploymentRefused(ResourceRefused):
    """Nothing was deployed. `by_resource` has every problem under the name of its file."""

    code = "deployment_refused"
    en = "The deployment was refused: {count} problem(s) in {resource}."
    zh = "部署未通过检查：{resource} 中有 {count} 个问题。"

    def __init__(self, by_resource: Mapping[str, Sequence[Problem]]) -> None:
        self.by_resource = {name: tuple(problems) for name, problems in by_resource.items()}
        problems = [problem for group in self.by_resource.values() for problem in group]
        super().__init__(", ".join(self.by_resource), problems)


class NoStartEvent(KaihuError):
    """The process cannot be started in this way."""

    code = "not_startable"
    kind = ErrorKind.INVALID
    en = "The process {process} cannot be started."
    zh = "流程 {process} 不可启动。"


class BusinessKeyMissing(KaihuError):
    """A case needs a business key from its first moment."""

    code = "business_key_missing"
    kind = ErrorKind.INVALID
    en = "A case needs a business key."
    zh = "启动流程须提供业务编号。"


class NotWaivable(KaihuError):
    """The diagram does not let the task be waived. Fields: `element`, `element_en`."""

    code = "not_waivable"
    kind = ErrorKind.FORBIDDEN
    en = "“{element_en}” cannot be waived."
    zh = "“{element}”不得豁免。"


class WaiverIncomplete(KaihuError):
    """A waiver needs its grounds. Fields: the most characters of `reason` and `reference`."""

    code = "waiver_incomplete"
    kind = ErrorKind.INVALID
    en = "A waiver needs a reason (at most {reason} characters) and a reference (at most {reference})."
    zh = "豁免须填写理由（不超过 {reason} 字）和依据文号（不超过 {reference} 字）。"


class WaiverUnfit(KaihuError):
    """What the diagram lets stand in for the result is no context. Fields: `element`."""

    code = "waiver_unfit"
    kind = ErrorKind.CONFLICT
    en = "The waiver drawn at {element} does not give the variables that would stand in for its result."
    zh = "{element} 的 waiver 未给出代替办理结果的变量。"


class FormExpected(KaihuError):
    """Form data was sent for something that has no form."""

    code = "form_unexpected"
    kind = ErrorKind.INVALID
    en = "{element} has no form, so it takes no data."
    zh = "“{element}”没有表单，不接受数据。"
