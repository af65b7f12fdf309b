"""One valid submission per form of the account opening, as a person would type it, with the case around it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from engine.feel import Environment
from engine.forms import Form, parse_form

FOLDER = Path(__file__).parents[2] / "forms"
NAMES = sorted(path.stem for path in FOLDER.glob("*.form"))


def environment() -> Environment:
    return Environment(dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC))


def bank_form(name: str) -> Form:
    path = FOLDER / f"{name}.form"
    return parse_form(path.read_bytes(), path.name)


def form_of(*components: dict[str, Any]) -> Form:
    return parse_form(json.dumps({"id": "sample", "components": components}).encode(), "sample.form")


CASE: dict[str, dict[str, Any]] = {
    "enterprise_application": {"application": {"kind": "enterprise", "channel": "counter"}},
    "individual_application": {"application": {"kind": "individual", "channel": "online"}},
    "document_collection": {
        "checklist": [
            {"code": "business_licence", "required": True},
            {"code": "charter", "required": False},
        ]
    },
    "document_supplement": {"supplement": {"reason": "营业执照不清晰", "round": 1}},
    "agreement_preparation": {"agreement": {"version": "enterprise-2026.1"}},
}

_PERSON = {
    "name": "张伟",
    "id_type": "resident_id",
    "id_number": "11010519491231002X",
    "id_expires_on": "2030-01-01",
    "date_of_birth": "1949-12-31",
    "nationality": "CN",
}

VALID: dict[str, dict[str, Any]] = {
    "parameter_proposal": {
        "proposal": {
            "kind": "parameter",
            "name": "activation_days",
            "value": "20",
            "source": "KH-CS-01 参数管理",
            "as_of": "2026-03-01",
            "certainty": "H",
            "reason": "缩短激活期限",
        }
    },
    "parameter_correction": {
        "correction": {"decision": "resubmit"},
        "proposal": {
            "kind": "calendar",
            "days": [{"day": "2026-03-07", "opening": "open", "source": "调休通知"}],
            "reason": "系统切换",
        },
    },
    "parameter_check": {
        "effect_check": {
            "checked": ["source_compared", "cases_considered", "rules_considered"],
            "effect": "仅影响此后受理的案件",
            "decision": "pass",
        }
    },
    "parameter_agreement": {"change_decision": {"decision": "agree", "reason": "同意"}},
    "new_application": {
        "application": {
            "kind": "enterprise",
            "channel": "counter",
            "applicant_name": "海淀甲科技有限公司",
            "account_type": "basic",
            "purpose": "货款结算与工资发放",
            "language": "zh",
            "contact": {"name": "李娜", "phone": "+86 138 0000 0000", "email": ""},
            "declared_true": "true",
            "consent": "true",
        }
    },
    "enterprise_application": {
        "application": {
            "account_type": "general",
            "purpose": "日常结算",
            "enterprise": {
                "name": "海淀甲科技有限公司",
                "uscc": "91110108MA01ABCD2X",
                "entity_type": "company",
                "registered_capital_fen": "1,000,000.50",
                "established_on": "2019-05-06",
                "industry": "软件",
                "tax_residency": "CN",
                "business_scope": "软件开发",
                "registered_address": "海淀区甲路1号",
                "operating_address": "海淀区甲路1号",
                "basic_account_number": "0200001234567890",
                "expected_monthly_turnover_fen": "200000",
                "disclosure_profile": "none",
                "source_of_funds": "营业收入",
            },
            "legal_representative": _PERSON | {"willingness_confirmed": "true"},
            "owners": [
                {
                    "name": "张伟",
                    "kind": "person",
                    "share_percent": "66.6667",
                    "id_number": "11010519491231002X",
                    "date_of_birth": "1949-12-31",
                    "nationality": "CN",
                },
                {"name": "乙投资", "kind": "entity", "share_percent": "33.3333", "nationality": "CN"},
            ],
        }
    },
    "individual_application": {
        "application": {
            "account_type": "class_2",
            "purpose": "日常消费",
            "individual": {
                "name": "李娜",
                "name_pinyin": "LI NA",
                "sex": "female",
                "date_of_birth": "1990-02-03",
                "nationality": "CN",
                "tax_residency": "CN",
                "occupation": "教师",
                "phone": "13800000000",
                "address": "朝阳区乙路2号",
                "pep": "none",
                "id_type": "resident_id",
                "id_number": "11010519900203002X",
                "id_issued_on": "2020-01-01",
                "id_expires_on": "2040-01-01",
                "bound_account": "6222020000000000",
                "expected_monthly_turnover_fen": "8000.00",
            },
        }
    },
    "identity_findings": {
        "identity_resolution": {"checked": ["original_seen"], "decision": "explained", "reason": "曾用名，已核对户口簿"}
    },
    "screening_clearance": {
        "screening_clearance": {
            "compared": ["date_of_birth"],
            "decision": "cleared",
            "reason": "出生日期与名单不符，非同一人",
        }
    },
    "manual_registry_check": {
        "registry": {
            "method": "public_notice",
            "checked_at": "2026-03-02",
            "status": "match",
            "evidence": ["1001"],
        }
    },
    "service_outage": {"outage": {"decision": "retry", "note": "网络已恢复"}},
    "document_collection": {
        "documents": {"business_licence": ["1001", "1002"]},
        "document_collection": {"checked": ["originals_compared", "in_date", "complete", "names_agree"]},
    },
    "document_supplement": {
        "supplement_received": {"note": "重新提交营业执照"},
        "documents": {"business_licence": ["1003"]},
        "document_collection": {"checked": ["originals_compared", "in_date", "complete", "names_agree"]},
    },
    "document_review": {
        "review": {
            "checked": ["complete", "genuine", "in_date", "consistent", "owners", "purpose"],
            "decision": "accept",
        }
    },
    "enhanced_due_diligence": {
        "edd": {
            "measures": ["source_of_funds"],
            "source_of_funds": "出售房产所得",
            "evidence": ["1004"],
            "result": "pass",
            "findings": "资金来源清楚，凭证齐全，用途合理",
        }
    },
    "approval": {
        "approval_decision": {"checked": ["review_read", "rating_agreed", "limits_agreed"], "decision": "approve"}
    },
    "special_approval": {
        "approval_decision": {
            "checked": ["review_read", "rating_agreed", "limits_agreed", "edd_read"],
            "decision": "approve",
            "opinion": "同意",
            "conditions": [{"condition": "每月提交流水"}],
            "review_months": "3",
        }
    },
    "agreement_preparation": {
        "agreement": {
            "language": "zh",
            "scope": ["deposit"],
            "opening_fee_fen": "0.00",
            "annual_fee_fen": "360.5",
            "risk_terms": "超过限额须重新审批",
            "terms_explained": "true",
        }
    },
    "agreement_countersign": {
        "agreement": {
            "countersign_checked": ["customer_signature", "authority", "version", "consent", "approval"],
            "countersign_decision": "sign",
            "countersigned": "true",
        }
    },
    "rejection_confirmation": {
        "rejection_confirmation": {
            "checked": ["findings_read", "grounds_sufficient", "suspicion_considered"],
            "decision": "confirm",
            "reason": "资金来源无法核实，理由充分",
        }
    },
    "account_setup": {
        "account_setup": {
            "permissions": ["query"],
            "operators": [{"name": "王芳", "id_number": "11010519900203002X", "role": "maker", "phone": "13900000000"}],
            "checked": ["data", "limits", "agreement", "seal"],
            "confirmed": "true",
        }
    },
    "service_record": {
        "service_record": {
            "topics": ["usage"],
            "guided_on": "2026-03-02",
            "channel": "counter",
            "satisfaction": "5",
            "note": "已指导使用网上银行",
        }
    },
    "transfer_order": {
        "order": {
            "account_number": "9990 0100 0000 0014",
            "amount_fen": "60,000.01",
            "kind": "transfer",
            "channel": "counter",
            "purpose": "货款",
            "counter_name": "苏州远航机械有限公司",
            "counter_number": "6222-0202-0011",
            "counter_bank": "某某银行苏州分行",
        }
    },
    "transfer_approval": {
        "transfer_decision": {
            "checked": ["limits_read", "purpose_plausible", "customer_asked"],
            "decision": "approve",
            "opinion": "已核对合同和发票",
        }
    },
}
