"""Refusals about deputies and absences."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class OwnDeputyRefused(KaihuError):
    """Nobody deputises themselves."""

    code = "own_deputy_refused"
    kind = ErrorKind.FORBIDDEN
    en = "Nobody can be their own deputy."
    zh = "本人不得担任自己的代理人。"


class DeputyMayNotGive(KaihuError):
    """A deputy is appointed by the person or a team lead, never by the deputy."""

    code = "deputy_may_not_give"
    kind = ErrorKind.FORBIDDEN
    en = "You cannot make yourself a deputy; the person deputised or another team lead must do so."
    zh = "不得自行指定自己为代理人，须由被代理人或其他团队负责人办理。"


class DelegationNotYours(KaihuError):
    """Deputies and absences are entered and ended by the person they are about, or by a team lead."""

    code = "delegation_not_yours"
    kind = ErrorKind.FORBIDDEN
    en = "Only the person concerned or a team lead may do this."
    zh = "须由本人或团队负责人办理。"


class RoleNotDelegable(KaihuError):
    """A role that is not held, or that nobody may hold as a deputy. Fields: `role`."""

    code = "role_not_delegable"
    kind = ErrorKind.INVALID
    en = "The role {role} cannot be delegated by this person."
    zh = "该人员的岗位 {role} 不能委托代理。"


class DelegationIncomplete(KaihuError):
    """Roles and a reason are needed."""

    code = "delegation_incomplete"
    kind = ErrorKind.INVALID
    en = "Name at least one role, and give a reason of at most 500 characters."
    zh = "请至少选择一个岗位，并填写理由（500 字以内）。"


class ReasonMissing(KaihuError):
    """An absence needs a reason."""

    code = "reason_missing"
    kind = ErrorKind.INVALID
    en = "Give a reason of at most 500 characters."
    zh = "请填写理由（500 字以内）。"


class DelegationTimeWrong(KaihuError):
    """The time is over, ends before it begins, or is too long. Fields: `maximum` days."""

    code = "delegation_time_wrong"
    kind = ErrorKind.INVALID
    en = "The time must end after it begins and after now, and last at most {maximum} days."
    zh = "结束时间须晚于开始时间和当前时间，且期限最长 {maximum} 天。"


class DeputyNotActive(KaihuError):
    """The deputy or the person deputised has left."""

    code = "deputy_not_active"
    kind = ErrorKind.INVALID
    en = "Both must be active members of staff."
    zh = "双方均须为在职人员。"


class AlreadyEnded(KaihuError):
    """The delegation or absence is over already."""

    code = "delegation_over"
    kind = ErrorKind.CONFLICT
    en = "This is over already."
    zh = "该记录已终止。"


class PersonAbsent(KaihuError):
    """Who is on record as absent is given no work and takes none. Fields: `until`, a date of the bank's zone."""

    code = "person_absent"
    kind = ErrorKind.FORBIDDEN
    en = "This person is on record as absent until {until}; the absence must be ended first."
    zh = "该人员登记为缺勤至 {until}，须先结束缺勤。"
