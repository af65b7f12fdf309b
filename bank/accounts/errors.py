"""Refusals about accounts."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class ActivationOverdue(KaihuError):
    """The activation link came after its last moment (R026)."""

    code = "activation_overdue"
    kind = ErrorKind.CONFLICT
    en = "This activation link has expired. Please contact your relationship manager."
    zh = "该激活链接已过期，请联系您的客户经理。"


class ActivationSpent(KaihuError):
    """The activation link was used before, or a newer one replaced it (R026)."""

    code = "activation_spent"
    kind = ErrorKind.CONFLICT
    en = "This activation link has been used or replaced and is no longer valid."
    zh = "该激活链接已使用或已被新链接取代，不再有效。"


class LimitsNotInOrder(KaihuError):
    """An account cannot be opened with such limits (R090). Fields: `limits`, the names of the wrong ones."""

    code = "limits_not_in_order"
    en = "The account's limits are missing or contradict each other: {limits}."
    zh = "账户限额缺失或相互矛盾：{limits}。"
