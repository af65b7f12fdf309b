"""The letters of an account opening, one per template and language; never a reason that tips anybody off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bank.notifications import Letter


@dataclass(frozen=True)
class _Wording:
    """Subject and body as `str.format` templates over the facts of the case."""

    subject: str
    body: str


FACTS = ("name", "case_number", "reason", "deadline", "account_number", "amount", "link")
"""What a template may name."""

_ZH_END = "\n\n如非本人（单位）申请，请立即联系开户网点。本行不会向您索取密码或验证码。"
_EN_END = (
    "\n\nIf you did not apply, please contact your branch at once. We never ask for passwords or verification codes."
)

# Where the case does not say: the sentence around it must still be one.
_ZH_MISSING = {"name": "尊敬的客户", "reason": "详情请咨询您的客户经理", "deadline": "规定期限届满"}
_EN_MISSING = {
    "name": "customer",
    "reason": "your relationship manager will tell you what",
    "deadline": "the end of the period set for it",
}

_LETTERS: dict[str, tuple[_Wording, _Wording]] = {
    "application_received": (
        _Wording(
            "开户申请已受理（{case_number}）",
            "{name}：\n\n您的开户申请已受理，编号为{case_number}。凭编号和查询码可随时查询办理进度：\n{link}",
        ),
        _Wording(
            "Your application {case_number} has been received",
            "Dear {name},\n\nwe have received your application. Its number is {case_number}. "
            "With that number and your access code you can follow it here:\n{link}",
        ),
    ),
    "supplement_requested": (
        _Wording(
            "请补充开户资料（{case_number}）",
            "{name}：\n\n办理开户申请{case_number}还需您补充资料：{reason}\n请于{deadline}前到网点或在线提交：\n{link}",
        ),
        _Wording(
            "Documents needed for application {case_number}",
            "Dear {name},\n\nto go on with your application we still need: {reason}\n"
            "Please bring it to your branch or send it here by {deadline}:\n{link}",
        ),
    ),
    "supplement_reminder": (
        _Wording(
            "提醒：请补充开户资料（{case_number}）",
            "{name}：\n\n我们尚未收到开户申请{case_number}所需的补充资料：{reason}\n"
            "请于{deadline}前到网点或在线提交，逾期申请将终止：\n{link}",
        ),
        _Wording(
            "Reminder: documents needed for application {case_number}",
            "Dear {name},\n\nwe have not yet received: {reason}\nPlease bring it to your branch or send it here "
            "by {deadline}; after that the application ends:\n{link}",
        ),
    ),
    "supplement_expired": (
        _Wording(
            "开户申请已终止：未补充资料（{case_number}）",
            "{name}：\n\n我们在期限内（{deadline}前）未收到所需的补充资料，开户申请{case_number}已终止。"
            "备齐资料后欢迎重新申请。\n{link}",
        ),
        _Wording(
            "Application {case_number} has ended: documents not received",
            "Dear {name},\n\nthe documents we asked for did not reach us by {deadline}, so your application has "
            "ended. You are welcome to apply again once you have them.\n{link}",
        ),
    ),
    "application_rejected": (
        _Wording(
            "开户申请结果（{case_number}）",
            "{name}：\n\n经审核，本行无法为您办理开户申请{case_number}。如有疑问，请联系开户网点。",
        ),
        _Wording(
            "Result of application {case_number}",
            "Dear {name},\n\nafter review we cannot open this account. Your branch will answer questions.",
        ),
    ),
    "application_withdrawn": (
        _Wording(
            "开户申请已撤回（{case_number}）", "{name}：\n\n开户申请{case_number}已按您的要求撤回。欢迎再次申请。"
        ),
        _Wording(
            "Application {case_number} withdrawn",
            "Dear {name},\n\nyour application has been withdrawn as you asked. You are welcome to apply again.",
        ),
    ),
    "agreement_ready": (
        _Wording(
            "账户协议待签署（{case_number}）",
            "{name}：\n\n开户申请{case_number}已通过审核，账户协议已备妥。请仔细阅读，并于{deadline}前签署：\n{link}",
        ),
        _Wording(
            "Your account agreement is ready ({case_number})",
            "Dear {name},\n\nyour application was approved. Please read the account agreement and sign it "
            "by {deadline}:\n{link}",
        ),
    ),
    "agreement_reminder": (
        _Wording(
            "提醒：账户协议待签署（{case_number}）",
            "{name}：\n\n账户协议尚未签署。请于{deadline}前签署，逾期申请将失效：\n{link}",
        ),
        _Wording(
            "Reminder: please sign your account agreement ({case_number})",
            "Dear {name},\n\nyour account agreement is not yet signed. Please sign it by {deadline}; "
            "after that the application lapses:\n{link}",
        ),
    ),
    "agreement_expired": (
        _Wording(
            "开户申请已失效：协议未签署（{case_number}）",
            "{name}：\n\n账户协议在期限内（{deadline}前）未签署，开户申请{case_number}已失效。欢迎重新申请。\n{link}",
        ),
        _Wording(
            "Application {case_number} has lapsed: agreement not signed",
            "Dear {name},\n\nthe account agreement was not signed by {deadline}, so your application has lapsed. "
            "You are welcome to apply again.\n{link}",
        ),
    ),
    "account_opened": (
        _Wording(
            "账户已开立，请激活（{case_number}）",
            "{name}：\n\n您的账户{account_number}已开立。请于{deadline}前激活，激活后方可使用：\n{link}",
        ),
        _Wording(
            "Your account is open: please activate it ({case_number})",
            "Dear {name},\n\nyour account {account_number} is open. Please activate it by {deadline}; "
            "it can be used only after that:\n{link}",
        ),
    ),
    "activation_reminder": (
        _Wording(
            "提醒：请激活账户（{case_number}）",
            "{name}：\n\n您的账户{account_number}尚未激活。请于{deadline}前激活，逾期激活链接失效：\n{link}",
        ),
        _Wording(
            "Reminder: please activate your account ({case_number})",
            "Dear {name},\n\nyour account {account_number} is not active yet. Please activate it by {deadline}; "
            "the link ends then:\n{link}",
        ),
    ),
    "activation_expired": (
        _Wording(
            "账户激活已过期（{case_number}）",
            "{name}：\n\n账户{account_number}未在期限内激活，激活链接已失效。如仍需使用，请联系开户网点。",
        ),
        _Wording(
            "Activation has expired ({case_number})",
            "Dear {name},\n\nyour account {account_number} was not activated in time and the link has ended. "
            "Please contact your branch if you still need it.",
        ),
    ),
    "account_active": (
        _Wording("账户已激活（{case_number}）", "{name}：\n\n您的账户{account_number}已激活，可以使用。"),
        _Wording(
            "Your account is active ({case_number})",
            "Dear {name},\n\nyour account {account_number} is active and ready for use.",
        ),
    ),
    "transfer_posted": (
        _Wording(
            "付款已完成（{case_number}）",
            "{name}：\n\n您的账户{account_number}付款人民币{amount}元已完成，编号{case_number}。",
        ),
        _Wording(
            "Payment {case_number} made",
            "Dear {name},\n\nCNY {amount} has been paid from your account {account_number} ({case_number}).",
        ),
    ),
    "transfer_refused": (
        _Wording(
            "付款未办理（{case_number}）",
            "{name}：\n\n您的账户{account_number}申请付款人民币{amount}元（编号{case_number}）未能办理，款项未付出。"
            "原因：{reason}。",
        ),
        _Wording(
            "Payment {case_number} not made",
            "Dear {name},\n\nthe payment of CNY {amount} from your account {account_number} was not made and no money "
            "has left it. Reason: {reason}.",
        ),
    ),
    "transfer_lapsed": (
        _Wording(
            "付款申请已失效（{case_number}）",
            "{name}：\n\n您的账户{account_number}申请付款人民币{amount}元（编号{case_number}）超过限额，未在规定时间内获得"
            "特别审批，申请已失效，款项未付出。如仍需付款，请重新申请。",
        ),
        _Wording(
            "Payment {case_number} has lapsed",
            "Dear {name},\n\nthe payment of CNY {amount} from your account {account_number} exceeds your limits and "
            "was not specially approved in time, so no money has left it. Please ask again if you still need it.",
        ),
    ),
}

TEMPLATES = frozenset(_LETTERS)
"""Names the header `template` may have."""


def compose(template: str, language: str, facts: Mapping[str, str], *, secrets: tuple[str, ...] = ()) -> Letter:
    """The letter in the reader's language ("en…" is English, everything else Chinese).

    Facts are data: braces in them stay as they are, and one that is empty is worded around. `secrets` stay off
    the record. Raises KeyError for an unknown template.
    """
    chinese, english = _LETTERS[template]
    in_english = language.startswith("en")
    wording, end, missing = (english, _EN_END, _EN_MISSING) if in_english else (chinese, _ZH_END, _ZH_MISSING)
    complete = {name: facts.get(name) or missing.get(name, "") for name in FACTS}
    body = (wording.body + end).format_map(complete)
    return Letter(subject=wording.subject.format_map(complete), body=body, secrets=secrets)
