"""Why a diagram is refused, and why a case cannot go on."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.errors import ResourceRefused, StateConflict
from engine.model.events import Event
from engine.model.terms import Condition, Thing
from persistence.errors import ErrorKind, KaihuError


class DiagramRefused(ResourceRefused):
    """The file is not BPMN, or holds something that would not be carried out as drawn."""

    code = "diagram_refused"


class StepBudgetSpent(KaihuError):
    """One command enters more elements than it may: a loop without an end, or too many items at once.

    Fields: `budget`, and the `element` at which it was spent.
    """

    code = "step_budget_spent"
    kind = ErrorKind.TOO_LARGE
    en = (
        "The case enters more than {budget} elements without waiting, at last {element}; look for a loop without an "
        "end, or for too many items at once."
    )
    zh = (
        "案件在一次命令中执行了超过 {budget} 个节点而未进入等待（最后到达 {element}），"
        "请检查是否存在死循环，或一次处理的条目过多。"
    )

    def __init__(self, budget: int, element: str, events: Sequence[Event] = ()) -> None:
        self.events = tuple(events)
        """What the command had done until then, in order; none of it counts."""
        super().__init__(budget=budget, element=element)


class UnexpectedResult(KaihuError):
    """An expression gave a value the element cannot work with."""

    code = "unexpected_result"
    kind = ErrorKind.INVALID
    en = "The {attribute} of {element} must be {expected}, but it is {actual}."
    zh = "{element} 的 {attribute} 应为 {expected}，实际为 {actual}。"


class NoFlowFits(KaihuError):
    """No condition of a gateway holds and it has no default flow."""

    code = "no_flow_fits"
    kind = ErrorKind.INVALID
    en = "No condition of the gateway {element} holds, and it has no default flow."
    zh = "网关 {element} 的条件均不成立，且没有默认流向。"


class JoinNeverCompletes(KaihuError):
    """A parallel gateway waits for a flow that no token can take any more."""

    code = "join_never_completes"
    kind = ErrorKind.INVALID
    en = "The gateway {element} waits for a flow that no token can take any more; the diagram must be corrected."
    zh = "网关 {element} 所等待的流向已不可能到达，请更正流程图。"


class TryingAgainIsNoHelp(StateConflict):
    """The incident is a join that can never complete: nothing that is still alive could change that."""

    code = "trying_again_is_no_help"
    en = (
        "Trying again does not help: the gateway {element} waits for a flow that no token can take any more. "
        "Cancel the case, correct the diagram and start again."
    )
    zh = "重试无效：网关 {element} 所等待的流向已不可能到达。请撤销该案件，更正流程图后重新发起。"

    def __init__(self, *, element: str) -> None:
        super().__init__(
            what=Thing.ACTIVITY, actual=Condition.INCIDENT, expected=Condition.WITHOUT_INCIDENT, element=element
        )


class ErrorNotCaught(KaihuError):
    """A BPMN error was thrown and no boundary event around the element takes it."""

    code = "error_not_caught"
    kind = ErrorKind.INVALID
    en = "No boundary event catches the error {error}."
    zh = "没有边界事件捕获错误 {error}。"


class StateTooNew(KaihuError):
    """A newer version of the program has written where the case stands, in a way this one cannot read."""

    code = "state_too_new"
    kind = ErrorKind.UNAVAILABLE
    en = "A newer version of this program has worked on the case. Nothing was changed; try again after the upgrade."
    zh = "本案已由更高版本的程序处理过，未作任何改动，请在系统升级完成后重试。"
