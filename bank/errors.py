"""Errors more than one part of the bank raises."""

from __future__ import annotations

from bank.terms import Record, Standing
from persistence.errors import ErrorKind, KaihuError


class RecordNotFound(KaihuError):
    """The bank keeps no such record, or none the asker may see. Fields: `what`, `named`."""

    code = "record_not_found"
    kind = ErrorKind.NOT_FOUND
    en = "The bank keeps no such {what}{named}."
    zh = "未找到该{what}{named}。"

    def __init__(self, *, what: Record, key: object = None) -> None:
        super().__init__(what=what, named="" if key is None else f" ({key})")


class ActionNotAuthorised(KaihuError):
    """None of the person's roles permits the action (R082). Fields: `action`."""

    code = "action_not_authorised"
    kind = ErrorKind.FORBIDDEN
    en = "None of your roles permits this action ({action})."
    zh = "您所在岗位无权办理此项操作（{action}）。"


class IllegalTransition(KaihuError):
    """A record is not in a state from which it may take this step. Fields: `what`, `actual`, `wanted`."""

    code = "illegal_transition"
    kind = ErrorKind.CONFLICT
    en = "This {what} is {actual} and cannot become {wanted}."
    zh = "该{what}当前状态为“{actual}”，不能变更为“{wanted}”。"

    def __init__(self, *, what: Record, actual: str, wanted: str) -> None:
        super().__init__(what=what, actual=Standing.of(actual), wanted=Standing.of(wanted))


class ReferenceDataWrong(KaihuError):
    """A data file shipped with the bank does not hold what the program asks of it. Fields: `name`."""

    code = "reference_data_wrong"
    en = "The bank's reference data have no valid entry {name}."
    zh = "行内参数中没有有效的条目：{name}。"
