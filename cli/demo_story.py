"""The two openings of the demo: what each person types, step by step. People, firms and numbers are invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CUSTOMER = "customer"
"""The customer side, which acts on the public pages and holds no staff role."""

TODAY, VERSION_IN_FORCE = "today", "version in force"
"""Words in a form that stand for the date and for the agreement in force."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One task of the case: who completes it, with what form, and which papers they hand in."""

    role: str
    element: str
    form: Mapping[str, Any]
    documents: tuple[str, ...] = ()
    """Codes of the checklist; one paper is filed for each."""


@dataclass(frozen=True, kw_only=True)
class CustomerStep:
    """One thing the customer does: `sign` the agreement or `activate` the account."""

    element: str
    act: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """One opening from application to activation."""

    kind: str
    applicant: str
    starter: str
    """The role that submits the application, or the customer."""
    application: Mapping[str, Any]
    signer: str
    steps: tuple[Step | CustomerStep, ...] = field(repr=False)


_COLLECTED = {"document_collection": {"checked": ["originals_compared", "in_date", "complete", "names_agree"]}}
_ACCEPTED = {
    "review": {
        "checked": ["complete", "genuine", "in_date", "consistent", "owners", "purpose"],
        "decision": "accept",
        "note": "资料齐全、真实、一致。",
    }
}
_APPROVED = {"approval_decision": {"checked": ["review_read", "rating_agreed", "limits_agreed"], "decision": "approve"}}
_SIGNING: tuple[Step | CustomerStep, ...] = (
    Step(
        role="relationship_manager",
        element="prepare_agreement",
        form={
            "agreement": {
                "version": VERSION_IN_FORCE,
                "language": "zh",
                "scope": ["deposit"],
                "opening_fee_fen": "0.00",
                "annual_fee_fen": "0.00",
                "risk_terms": "超过限额的交易须重新审批。",
                "terms_explained": "true",
            }
        },
    ),
    CustomerStep(element="sign_agreement", act="sign"),
    Step(
        role="supervisor",
        element="countersign_agreement",
        form={
            "agreement": {
                "countersign_checked": ["customer_signature", "authority", "version", "consent", "approval"],
                "countersign_decision": "sign",
                "countersigned": "true",
            }
        },
    ),
)
_AFTERCARE = Step(
    role="relationship_manager",
    element="guide_customer",
    form={
        "service_record": {
            "topics": ["usage"],
            "guided_on": TODAY,
            "channel": "counter",
            "satisfaction": "5",
            "note": "已指导客户使用账户与网上银行。",
        }
    },
)


def _set_up(*operators: dict[str, str]) -> Step:
    setup = {
        "permissions": ["query"],
        "operators": list(operators),
        "checked": ["data", "limits", "agreement", "seal"],
        "confirmed": "true",
    }
    return Step(role="account_operator", element="set_up_account", form={"account_setup": setup})


ENTERPRISE = Story(
    kind="enterprise",
    applicant="上海澄明精密仪器有限公司",
    starter="relationship_manager",
    application={
        "kind": "enterprise",
        "channel": "counter",
        "applicant_name": "上海澄明精密仪器有限公司",
        "account_type": "basic",
        "purpose": "货款结算与工资发放",
        "language": "zh",
        "contact": {"name": "顾明远", "phone": "13812345678", "email": "finance@chengming.example"},
        "declared_true": "true",
        "consent": "true",
    },
    signer="顾明远",
    steps=(
        Step(
            role="relationship_manager",
            element="enter_enterprise_application",
            form={
                "application": {
                    "account_type": "basic",
                    "purpose": "货款结算与工资发放",
                    "enterprise": {
                        "name": "上海澄明精密仪器有限公司",
                        "uscc": "91310115MA1K35LT8K",
                        "entity_type": "company",
                        "registered_capital_fen": "1000000",
                        "established_on": "2019-05-01",
                        "licence_expires_on": "2039-05-01",
                        "industry": "仪器仪表制造",
                        "tax_residency": "CN",
                        "business_scope": "精密仪器的研发、制造与销售",
                        "registered_address": "上海市浦东新区张江路一百号",
                        "operating_address": "上海市浦东新区张江路一百号",
                        "expected_monthly_turnover_fen": "500000",
                        "disclosure_profile": "none",
                        "source_of_funds": "经营收入",
                    },
                    "legal_representative": {
                        "name": "顾明远",
                        "id_type": "resident_id",
                        "id_number": "310101198204152016",
                        "id_expires_on": "2036-01-01",
                        "date_of_birth": "1982-04-15",
                        "nationality": "CN",
                        "willingness_confirmed": "true",
                    },
                    "owners": [
                        {
                            "name": "顾明远",
                            "kind": "person",
                            "share_percent": "60",
                            "nationality": "CN",
                            "date_of_birth": "1982-04-15",
                            "id_number": "310101198204152016",
                        },
                        {
                            "name": "钱若溪",
                            "kind": "person",
                            "share_percent": "40",
                            "nationality": "CN",
                            "date_of_birth": "1991-08-23",
                            "id_number": "330102199108233021",
                        },
                    ],
                }
            },
        ),
        Step(
            role="relationship_manager",
            element="collect_documents",
            form=_COLLECTED,
            documents=(
                "business_licence",
                "legal_representative_id",
                "charter",
                "beneficial_owner_ids",
                "seal_specimen",
            ),
        ),
        Step(role="reviewer", element="review_documents", form=_ACCEPTED),
        Step(role="supervisor", element="approve_fast_lane", form=_APPROVED),
        *_SIGNING,
        _set_up({"name": "钱若溪", "id_number": "330102199108233021", "role": "maker", "phone": "13912345678"}),
        CustomerStep(element="await_activation", act="activate"),
        _AFTERCARE,
    ),
)

INDIVIDUAL = Story(
    kind="individual",
    applicant="陆知秋",
    starter=CUSTOMER,
    application={
        "kind": "individual",
        "channel": "online",
        "applicant_name": "陆知秋",
        "account_type": "class_2",
        "purpose": "工资收入与日常消费",
        "language": "zh",
        "contact": {"name": "陆知秋", "phone": "13512345678", "email": "lu.zhiqiu@mail.example"},
        "declared_true": "true",
        "consent": "true",
    },
    signer="陆知秋",
    steps=(
        Step(
            role="relationship_manager",
            element="enter_individual_application",
            form={
                "application": {
                    "account_type": "class_2",
                    "purpose": "工资收入与日常消费",
                    "individual": {
                        "name": "陆知秋",
                        "name_pinyin": "LU ZHIQIU",
                        "sex": "male",
                        "date_of_birth": "1988-06-12",
                        "nationality": "CN",
                        "tax_residency": "CN",
                        "occupation": "中学教师",
                        "phone": "13512345678",
                        "address": "江苏省苏州市姑苏区平江路八号",
                        "pep": "none",
                        "id_type": "resident_id",
                        "id_number": "320502198806124012",
                        "id_issued_on": "2020-01-01",
                        "id_expires_on": "2040-01-01",
                        "bound_account": "6222020000000000",
                        "expected_monthly_turnover_fen": "8000.00",
                    },
                }
            },
        ),
        Step(
            role="relationship_manager",
            element="collect_documents",
            form=_COLLECTED,
            documents=("id_document",),
        ),
        Step(role="reviewer", element="review_documents", form=_ACCEPTED),
        Step(role="supervisor", element="approve_fast_lane", form=_APPROVED),
        *_SIGNING,
        _set_up(),
        CustomerStep(element="await_activation", act="activate"),
        _AFTERCARE,
    ),
)
