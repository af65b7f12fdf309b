"""The bank's words in sentences for people, in both languages (docs/glossary.md)."""

from __future__ import annotations

from persistence.errors import Term


class Record(Term):
    """What the bank keeps."""

    ABSENCE = "absence", "缺勤记录"
    ACCOUNT = "account", "账户"
    ACTIVATION = "activation", "激活链接"
    AGREEMENT = "agreement", "协议"
    APPLICATION = "application", "申请"
    CUSTOMER = "customer", "客户"
    DELEGATION = "delegation", "代理授权"
    DOCUMENT = "document", "资料"
    ENTRY = "ledger entry", "分录"
    LOGIN = "login", "登录名"
    PARAMETER = "parameter", "参数"
    INCOMING_PAYMENT = "incoming payment", "入账记录"
    PARAMETER_SET = "version of the parameters", "参数版本"
    PERSON = "person", "人员"
    QUALIFICATION = "qualification", "资格"
    ROLE_ASSIGNMENT = "assignment of the role", "岗位任命"
    TRANSFER = "transfer", "付款"


class Standing(Term):
    """Where an account, an application or a transfer stands."""

    SUBMITTED = "submitted", "已提交"
    ASSESSED = "assessed", "已评估"
    OPENED = "opened", "已开户"
    REJECTED = "rejected", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"
    PENDING_ACTIVATION = "pending activation", "待激活"
    ACTIVE = "active", "正常"
    RESTRICTED = "restricted", "只收不付"
    FROZEN = "frozen", "不收不付"
    CLOSED = "closed", "已关闭"
    REQUESTED = "requested", "已登记"
    RESERVED = "reserved", "已预占额度"
    POSTED = "posted", "已记账"
    REFUSED = "refused", "已拒绝"
    LAPSED = "lapsed", "已失效"

    @classmethod
    def of(cls, status: str) -> Standing:
        """The word for an `AccountStatus` or the status of an application."""
        return cls[status.upper()]
