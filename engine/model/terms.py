"""The engine's words in sentences for people, in both languages (docs/glossary.md)."""

from __future__ import annotations

from persistence.errors import Term


class Thing(Term):
    """What a command or question is about."""

    PROCESS = "process", "流程"
    PROCESS_DEFINITION = "process definition", "流程定义"
    CASE = "case", "案件"
    ELEMENT = "element", "流程节点"
    ACTIVITY = "activity", "活动"
    START_EVENT = "start event", "开始事件"
    USER_TASK = "user task", "人工任务"
    JOB = "job", "作业"
    FORM = "form", "表单"
    INCIDENT = "incident", "异常"


class Condition(Term):
    """How a thing is, or would have to be."""

    ACTIVE = "in progress", "进行中"
    COMPLETED = "completed", "已完成"
    TERMINATED = "ended early", "提前结束"
    CANCELLED = "cancelled", "已取消"
    OPEN = "open", "待处理"
    RESOLVED = "resolved", "已解决"
    GONE = "no longer relevant", "已失效"
    AVAILABLE = "available", "待领取"
    LEASED = "leased", "已被领取"
    LEASED_TO_THIS_WORKER = "leased to this worker", "由本工作程序领取"
    INCIDENT = "held up by an incident", "因异常停滞"
    WITHOUT_INCIDENT = "without an incident", "无异常"
    ASSIGNED = "assigned", "已领取"
    UNASSIGNED = "unassigned", "未领取"
    CLAIMED = "claimed by you", "由您领取"
    CHANGED = "changed", "已变更"
    UNCHANGED = "unchanged", "未变更"
    WAITING = "waiting", "等待中"
    WAITING_FOR_A_PERSON = "waiting for a person", "等待人工办理"
    WAITING_FOR_A_WORKER = "waiting for a worker", "等待工作程序"
    WAITING_FOR_A_MESSAGE = "waiting for a message", "等待消息"
    NOT_WAITING = "not waiting for this", "不在等待之列"
    FINISHED = "finished", "已结束"

    @classmethod
    def of(cls, state: str) -> Condition:
        """The word for a state of `engine.store.states`."""
        return cls[state.upper()]
