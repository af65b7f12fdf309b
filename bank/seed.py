"""People for a demo home: one person and one login per role of the bank. Never used outside demos.

Risk management has three, because a high-risk case that comes back needs three pairs of eyes (R083).
"""

from __future__ import annotations

from sqlalchemy import Connection

from bank.bank import Bank

_DEMO_STAFF = (
    ("administrator", "admin", "梁志远", "Liang Zhiyuan", "信息科技部"),
    ("relationship_manager", "manager", "周雨桐", "Zhou Yutong", "公司业务部"),
    ("reviewer", "reviewer", "何思敏", "He Simin", "运营管理部"),
    ("supervisor", "supervisor", "罗建国", "Luo Jianguo", "运营管理部"),
    ("risk_officer", "risk", "沈若兰", "Shen Ruolan", "风险管理部"),
    ("risk_officer", "risk2", "董一鸣", "Dong Yiming", "风险管理部"),
    ("risk_officer", "risk3", "程书瑶", "Cheng Shuyao", "风险管理部"),
    ("account_operator", "operator", "唐子涵", "Tang Zihan", "运营管理部"),
    ("monitoring_officer", "monitor", "邓晓峰", "Deng Xiaofeng", "运营管理部"),
    ("internal_auditor", "auditor", "谢文静", "Xie Wenjing", "审计部"),
    ("regulator", "regulator", "冯立", "Feng Li", ""),
    ("process_analyst", "analyst", "许嘉怡", "Xu Jiayi", "流程管理部"),
    ("process_owner", "owner", "郑海波", "Zheng Haibo", "流程管理部"),
    ("trainer", "trainer", "宋佳宁", "Song Jianing", "培训中心"),
    ("team_lead", "lead", "韩俊杰", "Han Junjie", "运营管理部"),
    ("deputy_general_manager", "deputy", "曹明亮", "Cao Mingliang", "行长室"),
    ("president", "president", "彭国华", "Peng Guohua", "行长室"),
)
"""Role, login name, name in both scripts, department. The names are invented."""


def seed_demo(connection: Connection, bank: Bank) -> list[tuple[str, str, str]]:
    """(login name, role, generated password) for each person made; empty when the home has people already.

    The first administrator grants every other role, as in a real bank. Unlike there, the generated passwords
    stay: whoever tries the demo signs in as one role after the other.
    """
    if bank.people.all(connection):
        return []
    made: list[tuple[str, str, str]] = []
    administrator: int | None = None
    for role, login, name_zh, name_en, department in _DEMO_STAFF:
        person = bank.people.add(connection, name_zh=name_zh, name_en=name_en, department=department)
        _, password = bank.people.logins.add(connection, person.key, login, must_change_password=False)
        bank.people.grant(connection, person.key, role, by=administrator)
        administrator = administrator or person.key
        made.append((login, role, password))
    return made
