"""The forms of the account opening: bilingual throughout, and each asks for what the procedure asks for."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bank.account_types import ACCOUNT_TYPES
from engine.forms import Component, DynamicList, Field, Form, FormInvalid, Group, Static
from tests.forms.submissions import CASE, NAMES, VALID, bank_form, environment

CONTRACTED = {
    "new_application", "enterprise_application", "individual_application", "identity_findings", "screening_clearance",
    "manual_registry_check", "service_outage", "document_collection", "document_review", "document_supplement",
    "enhanced_due_diligence", "approval", "special_approval", "agreement_preparation", "agreement_countersign",
    "account_setup", "service_record", "rejection_confirmation", "transfer_order", "transfer_approval",
    "parameter_proposal", "parameter_correction", "parameter_check", "parameter_agreement",
}  # fmt: skip


def everything(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        if isinstance(component, Group | DynamicList):
            yield from everything(component.components)


def errors(form: Form, data: dict[str, Any], case: dict[str, Any] | None = None) -> dict[str, str]:
    with pytest.raises(FormInvalid) as caught:
        form.validate(data, case or {}, environment())
    assert all(error.en and error.zh for error in caught.value.errors.values())
    return {name: error.code for name, error in caught.value.errors.items()}


def test_every_form_of_the_process_is_there() -> None:
    assert set(NAMES) == CONTRACTED == set(VALID)


@pytest.mark.parametrize("name", NAMES)
def test_every_component_speaks_both_languages(name: str) -> None:
    form = bank_form(name)
    assert form.id == name
    assert form.title.zh
    assert form.title.en
    for component in everything(form.components):
        caption = component.text if isinstance(component, Static) else component.caption
        assert caption.zh, component.id
        assert caption.en, component.id
        assert bool(component.description.zh) == bool(component.description.en), component.id
        assert bool(component.norm.zh) == bool(component.norm.en), component.id
        for option in component.options if isinstance(component, Field) else ():
            assert option.caption.zh, component.id
            assert option.caption.en, component.id


@pytest.mark.parametrize("name", NAMES)
def test_a_complete_submission_is_accepted_and_shown_again_unchanged(name: str) -> None:
    form, case = bank_form(name), CASE.get(name, {})
    variables = form.validate(VALID[name], case, environment())
    assert set(variables) == form.variables
    shown_again = Form(form.id, form.title, form.components).prefill(variables, environment())
    assert form.validate(shown_again, case | variables, environment()) == variables


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_submission_is_refused_in_both_languages(name: str) -> None:
    codes = set(errors(bank_form(name), {}, CASE.get(name)).values())
    assert codes & {"required", "choice_required", "must_be_checked"}


@pytest.mark.parametrize("name", NAMES)
def test_a_field_the_form_does_not_have_is_refused(name: str) -> None:
    form = bank_form(name)
    root = sorted(VALID[name])[0]
    data = copy.deepcopy(VALID[name])
    data[root]["smuggled"] = "1"
    data["limits"] = {"single_fen": 10**12}
    found = errors(form, data, CASE.get(name))
    assert found[f"{root}.smuggled"] == found["limits"] == "unknown_field"


@pytest.mark.parametrize("name", NAMES)
def test_values_of_the_wrong_type_are_refused(name: str) -> None:
    root = sorted(VALID[name])[-1]
    assert "not_a_context" in errors(bank_form(name), VALID[name] | {root: "text"}, CASE.get(name)).values()


@pytest.mark.requirement("R057", "R079")
def test_a_supplement_needs_a_reason_and_what_is_to_be_supplied() -> None:
    found = errors(bank_form("document_review"), {"review": {"decision": "supplement"}})
    assert found == {"review.items": "too_few_rows", "review.reason": "required"}


@pytest.mark.requirement("R049")
def test_accepting_needs_every_item_of_the_review_checked() -> None:
    data = {"review": {"decision": "accept", "checked": ["complete"]}}
    assert errors(bank_form("document_review"), data) == {"review.checked": "all_must_be_checked"}


def test_an_earlier_rounds_reason_goes_when_the_review_accepts() -> None:
    case = {"review": {"decision": "supplement", "reason": "缺章程", "items": []}}
    review = bank_form("document_review").validate(VALID["document_review"], case, environment())["review"]
    assert isinstance(review, dict)
    assert review["decision"] == "accept"
    assert "reason" not in review
    assert "items" not in review


def test_nobody_starts_from_another_persons_decision() -> None:
    case = {"approval_decision": {"decision": "approve", "opinion": "同意"}}
    for name in ("approval", "special_approval"):
        assert bank_form(name).prefill(case, environment())["approval_decision"]["decision"] is None


@pytest.mark.parametrize("decision", ["reject", "return"])
def test_rejecting_or_returning_needs_an_opinion(decision: str) -> None:
    found = errors(bank_form("approval"), {"approval_decision": {"decision": decision}})
    assert found == {"approval_decision.opinion": "required"}


def test_data_entry_keeps_what_the_application_already_says() -> None:
    variables = bank_form("enterprise_application").validate(
        VALID["enterprise_application"], CASE["enterprise_application"], environment()
    )
    application = variables["application"]
    assert isinstance(application, dict)
    assert (application["kind"], application["channel"]) == ("enterprise", "counter")
    assert application["enterprise"]["registered_capital_fen"] == 100_000_050


def test_an_expired_identity_document_is_not_taken() -> None:
    data = copy.deepcopy(VALID["individual_application"])
    data["application"]["individual"]["id_expires_on"] = "2026-03-01"
    found = errors(bank_form("individual_application"), data)
    assert found == {"application.individual.id_expires_on": "too_early"}


def test_a_minor_needs_a_guardian() -> None:
    data = copy.deepcopy(VALID["individual_application"])
    data["application"]["individual"]["date_of_birth"] = "2008-03-03"  # 18 tomorrow
    found = errors(bank_form("individual_application"), data)
    assert set(found) == {f"application.individual.guardian.{key}" for key in ("name", "id_number", "relation")}
    data["application"]["individual"]["date_of_birth"] = "2008-03-02"
    bank_form("individual_application").validate(data, {}, environment())


@pytest.mark.requirement("R021")
def test_only_the_documents_of_the_checklist_are_asked_for() -> None:
    form, case = bank_form("document_collection"), CASE["document_collection"]
    assert errors(form, {}, case)["documents.business_licence"] == "file_required"
    data = VALID["document_collection"] | {"documents": {"business_licence": ["1"], "guardian_id": ["2"]}}
    assert form.validate(data, case, environment())["documents"] == {"business_licence": ["1"], "charter": []}


@pytest.mark.requirement("R037")
def test_the_application_needs_declaration_and_consent() -> None:
    data = copy.deepcopy(VALID["new_application"])
    del data["application"]["consent"]
    assert errors(bank_form("new_application"), data) == {"application.consent": "must_be_checked"}


def test_the_account_types_follow_the_kind_of_customer() -> None:
    data = copy.deepcopy(VALID["new_application"])
    data["application"]["kind"] = "individual"
    assert errors(bank_form("new_application"), data) == {"application.account_type": "not_an_option"}
    data["application"]["account_type"] = "class_1"
    variables = bank_form("new_application").validate(data, {}, environment())
    assert variables["application"]["account_type"] == "class_1"  # type: ignore[index, call-overload]


@pytest.mark.requirement("R023")
def test_the_version_of_the_agreement_is_not_for_the_preparer_to_choose() -> None:
    typed = copy.deepcopy(VALID["agreement_preparation"])
    typed["agreement"]["version"] = "enterprise-2025.1"
    variables = bank_form("agreement_preparation").validate(typed, CASE["agreement_preparation"], environment())
    agreement = variables["agreement"]
    assert isinstance(agreement, dict)
    assert agreement["version"] == "enterprise-2026.1"


@pytest.mark.requirement("R079")
def test_a_supplement_received_at_the_counter_keeps_round_and_deadline() -> None:
    case = CASE["document_supplement"]
    variables = bank_form("document_supplement").validate(VALID["document_supplement"], case, environment())
    assert "supplement" not in variables
    assert variables["supplement_received"] == {"note": "重新提交营业执照"}


@pytest.mark.requirement("R031")
def test_a_rejection_is_confirmed_only_with_everything_checked_and_never_without_a_reason() -> None:
    form = bank_form("rejection_confirmation")
    data = {"rejection_confirmation": {"decision": "confirm", "checked": ["findings_read"]}}
    assert errors(form, data) == {
        "rejection_confirmation.checked": "all_must_be_checked",
        "rejection_confirmation.reason": "required",
    }
    returned = {"rejection_confirmation": {"decision": "return", "reason": "补查实际控制人"}}
    assert form.validate(returned, {}, environment())["rejection_confirmation"]["decision"] == "return"  # type: ignore[index, call-overload]


@pytest.mark.requirement("R031")
def test_advice_to_reject_cannot_be_turned_into_a_pass() -> None:
    data = {"rejection_confirmation": {"decision": "pass", "reason": "同意准入"}}
    assert errors(bank_form("rejection_confirmation"), data) == {"rejection_confirmation.decision": "not_an_option"}


@pytest.mark.requirement("R023")
def test_the_bank_signs_only_when_it_decides_to() -> None:
    form = bank_form("agreement_countersign")
    case = {"agreement": {"version": "enterprise-2026.1", "scope": ["deposit"]}}
    refused = {
        "agreement": {"countersign_decision": "reject", "countersigned": "true", "countersign_reason": "无授权书"}
    }
    agreement = form.validate(refused, case, environment())["agreement"]
    assert isinstance(agreement, dict)
    assert "countersigned" not in agreement
    assert agreement["version"] == "enterprise-2026.1"
    assert errors(form, {"agreement": {"countersign_decision": "return"}}, case) == {
        "agreement.countersign_reason": "required"
    }


@pytest.mark.requirement("R010")
@pytest.mark.parametrize("name", ["new_application", "enterprise_application", "individual_application"])
def test_the_forms_offer_the_account_types_of_the_banks_data(name: str) -> None:
    fields = [c for c in everything(bank_form(name).components) if isinstance(c, Field)]
    options = [option for field in fields if field.key == "application.account_type" for option in field.options]
    kinds = {"enterprise_application": {"enterprise"}, "individual_application": {"individual"}}
    wanted = [type_ for type_ in ACCOUNT_TYPES.values() if type_.kind in kinds.get(name, {type_.kind})]
    assert [option.value for option in options] == [type_.code for type_ in wanted]
