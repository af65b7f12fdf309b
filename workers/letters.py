"""The letters of an account opening, one per template and language; never a reason that tips anybody off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """Subject and body as `str.format` templates over the facts of the case."""

    subject: str
    body: str

    def filled(self, facts: Mapping[str, str]) -> Letter:
        """The letter with the facts in place; facts are data, braces in them stay as they are."""
        return Letter(self.subject.format_map(facts), self.body.format_map(facts))


FACTS = ("name", "case_number", "reason", "deadline", "account_number", "link")
"""What a template may name; a fact that does not exist in the case is an empty text."""

_ZH_END = "\n\n如非本人（单位）申请，请立即联系开户网点。本行不会向您索取密码或验证码。"
_EN_END = (
    "\n\nIf you did not apply, please contact your branch at once. We never ask for passwords or verification codes."
)

_LETTERS: dict[str, tuple[Letter, Letter]] = {
    "application_received": (
        Letter(
            "开户申请已受理（{case_number}）", "{name}：\n\n您的开户申请已受理，编号{case_number}。请凭编号查询进度。"
        ),
        Letter(
            "Your application {case_number} has been received",
            "Dear {name},\n\nwe have received your application. Its number is {case_number}; follow it by that.",
        ),
    ),
    "supplement_requested": (
        Letter(
            "请补充开户资料（{case_number}）",
            "{name}：\n\n办理开户申请{case_number}还需您补充资料：{reason}\n请于{deadline}前提交。",
        ),
        Letter(
            "Documents needed for application {case_number}",
            "Dear {name},\n\nto go on with your application we still need: {reason}\nPlease send it by {deadline}.",
        ),
    ),
    "supplement_reminder": (
        Letter(
            "提醒：请补充开户资料（{case_number}）",
            "{name}：\n\n我们尚未收到开户申请{case_number}所需的补充资料：{reason}\n请于{deadline}前提交，逾期申请将终止。",
        ),
        Letter(
            "Reminder: documents needed for application {case_number}",
            "Dear {name},\n\nwe have not yet received: {reason}\nPlease send it by {deadline}; "
            "after that the application ends.",
        ),
    ),
    "application_rejected": (
        Letter(
            "开户申请结果（{case_number}）",
            "{name}：\n\n经审核，本行无法为您办理开户申请{case_number}。如有疑问，请联系开户网点。",
        ),
        Letter(
            "Result of application {case_number}",
            "Dear {name},\n\nafter review we cannot open this account. Your branch will answer questions.",
        ),
    ),
    "application_withdrawn": (
        Letter("开户申请已撤回（{case_number}）", "{name}：\n\n开户申请{case_number}已按您的要求撤回。欢迎再次申请。"),
        Letter(
            "Application {case_number} withdrawn",
            "Dear {name},\n\nyour application has been withdrawn as you asked. You are welcome to apply again.",
        ),
    ),
    "agreement_ready": (
        Letter(
            "账户协议待签署（{case_number}）",
            "{name}：\n\n开户申请{case_number}已通过审核，账户协议已备妥。请阅读后签署。\n{link}",
        ),
        Letter(
            "Your account agreement is ready ({case_number})",
            "Dear {name},\n\nyour application was approved. Please read and sign the account agreement.\n{link}",
        ),
    ),
    "agreement_reminder": (
        Letter("提醒：账户协议待签署（{case_number}）", "{name}：\n\n账户协议尚未签署，请尽快办理。\n{link}"),
        Letter(
            "Reminder: please sign your account agreement ({case_number})",
            "Dear {name},\n\nyour account agreement is not yet signed. Please do so soon.\n{link}",
        ),
    ),
    "account_opened": (
        Letter(
            "账户已开立，请激活（{case_number}）",
            "{name}：\n\n您的账户{account_number}已开立。请于{deadline}前激活，激活后方可使用：\n{link}",
        ),
        Letter(
            "Your account is open: please activate it ({case_number})",
            "Dear {name},\n\nyour account {account_number} is open. Please activate it by {deadline}; "
            "it can be used only after that:\n{link}",
        ),
    ),
    "activation_reminder": (
        Letter(
            "提醒：请激活账户（{case_number}）",
            "{name}：\n\n您的账户{account_number}尚未激活。激活链接将于{deadline}失效：\n{link}",
        ),
        Letter(
            "Reminder: please activate your account ({case_number})",
            "Dear {name},\n\nyour account {account_number} is not active yet. The link ends on {deadline}:\n{link}",
        ),
    ),
    "activation_expired": (
        Letter(
            "账户激活已过期（{case_number}）",
            "{name}：\n\n账户{account_number}未在期限内激活，激活链接已失效。如仍需使用，请联系开户网点。",
        ),
        Letter(
            "Activation has expired ({case_number})",
            "Dear {name},\n\nyour account {account_number} was not activated in time and the link has ended. "
            "Please contact your branch if you still need it.",
        ),
    ),
    "account_active": (
        Letter("账户已激活（{case_number}）", "{name}：\n\n您的账户{account_number}已激活，可以使用。"),
        Letter(
            "Your account is active ({case_number})",
            "Dear {name},\n\nyour account {account_number} is active and ready for use.",
        ),
    ),
}

TEMPLATES = frozenset(_LETTERS)
"""Names the header `template` may have."""


def compose(template: str, language: str, facts: Mapping[str, str]) -> Letter:
    """The letter in the reader's language ("en…" is English, everything else Chinese). Raises KeyError if unknown."""
    chinese, english = _LETTERS[template]
    letter, end = (english, _EN_END) if language.startswith("en") else (chinese, _ZH_END)
    complete = {name: facts.get(name, "") for name in FACTS}
    return Letter(letter.subject, letter.body + end).filled(complete)
