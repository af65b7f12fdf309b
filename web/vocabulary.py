"""Words of the bank's data for readers: roles, fields and codes, in both languages.

Variables carry codes (`high`, `legal_representative`); people read words. What is not listed is shown as it is.
"""

from __future__ import annotations

from bank.account_types import ACCOUNT_TYPES
from bank.people import ROLES as BANK_ROLES
from web.languages import in_language

ROLES = {role.id: (role.name_zh, role.name_en) for role in BANK_ROLES.values()}

FIELDS = {
    "account": ("账户", "Account"),
    "account_type": ("账户类型", "Account type"),
    "activation": ("激活", "Activation"),
    "address": ("住址", "Address"),
    "agreement": ("开户协议", "Agreement"),
    "applicant_name": ("申请人", "Applicant"),
    "application": ("开户申请", "Application"),
    "application_record": ("申请登记", "Application record"),
    "approval": ("审批权限", "Approval authority"),
    "approval_decision": ("审批决定", "Approval decision"),
    "band": ("等级", "Band"),
    "basic_account_number": ("基本存款账户账号", "Basic account number"),
    "beneficial_owners": ("受益所有人", "Beneficial owners"),
    "bound_account": ("绑定账户", "Bound account"),
    "business_key": ("申请编号", "Application number"),
    "business_scope": ("经营范围", "Business scope"),
    "channel": ("渠道", "Channel"),
    "checklist": ("资料清单", "Document checklist"),
    "code": ("代码", "Code"),
    "complete": ("信息完整", "Complete"),
    "contact": ("联系方式", "Contact"),
    "control": ("实际控制", "Control"),
    "cycle": ("循环持股", "Circular holding"),
    "daily_fen": ("日累计限额", "Daily limit"),
    "date_of_birth": ("出生日期", "Date of birth"),
    "decision": ("结论", "Decision"),
    "documents": ("资料", "Documents"),
    "due_diligence": ("尽职调查", "Due diligence"),
    "duplicate": ("重复申请检查", "Duplicate check"),
    "eligibility": ("开户资格", "Eligibility"),
    "eligible": ("符合资格", "Eligible"),
    "email": ("电子邮箱", "E-mail"),
    "enterprise": ("企业信息", "Enterprise"),
    "entity_type": ("主体类型", "Entity type"),
    "established_on": ("成立日期", "Established on"),
    "expected_monthly_turnover_fen": ("预计月交易额", "Expected monthly turnover"),
    "expires_on": ("到期日", "Expires on"),
    "filing": ("备案", "Filing"),
    "finance_contact": ("财务联系人", "Finance contact"),
    "findings": ("发现的问题", "Findings"),
    "found": ("发现重复", "Found"),
    "guardian": ("监护人", "Guardian"),
    "id_expires_on": ("证件到期日", "ID expires on"),
    "id_issued_on": ("证件签发日", "ID issued on"),
    "id_number": ("证件号码", "ID number"),
    "id_type": ("证件类型", "ID type"),
    "identity": ("证件核验", "Identity check"),
    "individual": ("个人信息", "Individual"),
    "industry": ("所属行业", "Industry"),
    "key": ("编号", "Key"),
    "kind": ("类别", "Kind"),
    "language": ("语言", "Language"),
    "layers": ("股权层级", "Ownership layers"),
    "legal_representative": ("法定代表人", "Legal representative"),
    "lei": ("法人机构识别编码", "LEI"),
    "letter_expires_on": ("授权书到期日", "Letter expires on"),
    "licence_expires_on": ("营业执照到期日", "Licence expires on"),
    "limits": ("限额", "Limits"),
    "mrz": ("机读码", "Machine-readable zone"),
    "name": ("姓名/名称", "Name"),
    "name_en": ("英文名称", "English name"),
    "name_pinyin": ("姓名拼音", "Name in pinyin"),
    "nationality": ("国籍", "Nationality"),
    "number": ("账号", "Number"),
    "occupation": ("职业", "Occupation"),
    "operating_address": ("经营地址", "Operating address"),
    "operator": ("经办人", "Authorised operator"),
    "opinion": ("意见", "Opinion"),
    "owners": ("股东", "Owners"),
    "ownership": ("股权穿透", "Ownership"),
    "passed": ("通过", "Passed"),
    "pep": ("政治公众人物", "Politically exposed person"),
    "phone": ("电话", "Phone"),
    "purpose": ("开户用途", "Purpose"),
    "rating": ("风险评级", "Risk rating"),
    "reason": ("原因", "Reason"),
    "reasons": ("原因", "Reasons"),
    "registered_address": ("注册地址", "Registered address"),
    "registered_capital_fen": ("注册资本", "Registered capital"),
    "registry": ("登记信息核查", "Registry check"),
    "reject": ("拒绝开户", "Reject"),
    "required": ("必备", "Required"),
    "result": ("结果", "Result"),
    "review": ("资料审核", "Review"),
    "risk_input": ("评级要素", "Risk factors"),
    "score": ("得分", "Score"),
    "screening": ("名单筛查", "Screening"),
    "sex": ("性别", "Sex"),
    "share_percent": ("持股比例（%）", "Share (%)"),
    "single_fen": ("单笔限额", "Single limit"),
    "source_of_funds": ("资金来源", "Source of funds"),
    "stage_outcome": ("阶段结果", "Stage outcome"),
    "status": ("状态", "Status"),
    "supplement": ("补充资料", "Supplement"),
    "tax_number": ("纳税人识别号", "Tax number"),
    "tax_residency": ("税收居民国", "Tax residency"),
    "tier": ("层级", "Tier"),
    "uscc": ("统一社会信用代码", "Unified social credit code"),
    "yearly_fen": ("年累计限额", "Yearly limit"),
}

WORDS = {
    **{type_.code: (type_.name_zh, type_.name_en) for type_ in ACCOUNT_TYPES.values()},
    "active": ("正常", "active"),
    "clear": ("无命中", "clear"),
    "company": ("公司", "company"),
    "counter": ("柜面", "counter"),
    "domestic": ("境内", "domestic"),
    "enhanced": ("强化", "enhanced"),
    "enterprise": ("企业", "enterprise"),
    "expired": ("已过期", "expired"),
    "foreign": ("境外", "foreign"),
    "high": ("高", "high"),
    "hold": ("暂停", "hold"),
    "individual": ("个人", "individual"),
    "low": ("低", "low"),
    "match": ("一致", "match"),
    "medium": ("中", "medium"),
    "mismatch": ("不一致", "mismatch"),
    "none": ("无", "none"),
    "not_found": ("未查到", "not found"),
    "online": ("线上", "online"),
    "opened": ("已开户", "opened"),
    "passed": ("通过", "passed"),
    "passport": ("护照", "passport"),
    "pending_activation": ("待激活", "pending activation"),
    "public_body": ("机关事业单位", "public body"),
    "received": ("已受理", "received"),
    "rejected": ("已拒绝", "rejected"),
    "residence_permit": ("外国人永久居留身份证", "residence permit"),
    "resident_id": ("居民身份证", "resident identity card"),
    "simplified": ("简化", "simplified"),
    "sole_trader": ("个体工商户", "sole trader"),
    "standard": ("标准", "standard"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def _label(words: dict[str, tuple[str, str]], code: str) -> str | None:
    found = words.get(code)
    return in_language(*found) if found else None


def role_label(code: str) -> str:
    """The role's name."""
    return _label(ROLES, code) or code


def field_label(name: str) -> str:
    """The variable's or field's name for a reader; an unknown one as words."""
    return _label(FIELDS, name) or name.replace("_", " ")


def word_label(code: str) -> str:
    """The word for a code; any other text as it is."""
    return _label(WORDS, code) or code
