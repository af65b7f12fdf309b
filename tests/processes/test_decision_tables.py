"""The five decision tables of account opening, rule by rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bank.agreements import Agreements
from engine.decisions import parse_decisions
from engine.feel import Environment

FOLDER = Path(__file__).parents[2] / "processes" / "account_opening"
NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
YUAN = 100


def take(decision: str, **variables: Any) -> Any:
    """The value of the decision in the file of its name, on Monday 2 March 2026."""
    model = parse_decisions((FOLDER / f"{decision}.dmn").read_bytes(), f"{decision}.dmn")
    return model.decisions[decision].evaluate(variables, Environment(NOON)).value


def enterprise(account_type: str = "basic", **facts: Any) -> dict[str, Any]:
    details = {"entity_type": "company", "licence_expires_on": "2030-01-01", **facts}
    return {
        "kind": "enterprise",
        "channel": "counter",
        "account_type": account_type,
        "enterprise": details,
        "legal_representative": {"id_expires_on": "2030-01-01"},
    }


def individual(account_type: str = "class_1", *, channel: str = "counter", **facts: Any) -> dict[str, Any]:
    details = {"date_of_birth": "1990-05-01", "id_expires_on": "2030-01-01", **facts}
    return {"kind": "individual", "channel": channel, "account_type": account_type, "individual": details}


def reasons(application: dict[str, Any], *, duplicate: bool = False, identity: str = "explained") -> list[str]:
    """Codes of what stands against the application; none exactly when it is eligible."""
    result = take(
        "eligibility",
        application=application,
        duplicate={"found": duplicate},
        identity_resolution={"decision": identity},
    )
    codes = [reason["code"] for reason in result["reasons"]]
    assert result["eligible"] is (codes == [])
    return codes


def factors(score: int = 20, **facts: Any) -> dict[str, Any]:
    """A risk input whose score is `score`, a number the weights 20, 20, 20, 15, 15 and 10 can make."""
    weights = {"customer": 20, "geography": 20, "industry": 20, "product": 15, "activity": 15, "screening": 10}
    values = dict.fromkeys(weights, 1)
    rest = score - 20
    for factor, weight in weights.items():
        while rest >= weight // 5 and values[factor] < 5 and rest - weight // 5 not in {1}:
            values[factor] += 1
            rest -= weight // 5
    assert rest == 0, f"no factors make {score}"
    return {
        **values,
        "pep": "none",
        "call_for_action_country": False,
        "ownership_layers": 1,
        "ownership_cycle": False,
        "sanction_confirmed": False,
        "owner_refused": False,
        "minor": False,
        **facts,
    }


def rating(score: int = 20, **facts: Any) -> tuple[str, str, bool]:
    value = take("risk_rating", risk_input=factors(score, **facts))
    assert value["score"] == score
    return value["band"], value["due_diligence"], value["reject"]


@pytest.mark.requirement("R020")
@pytest.mark.control("CP1")
class TestEligibility:
    def test_an_enterprise_with_valid_papers_is_eligible_for_a_basic_account(self) -> None:
        assert reasons(enterprise()) == []

    def test_an_adult_is_eligible_for_a_class_1_account_at_the_counter(self) -> None:
        assert reasons(individual()) == []

    def test_a_first_application_without_findings_needs_no_resolution(self) -> None:
        assert take("eligibility", application=individual(), duplicate={"found": False})["eligible"] is True

    def test_a_class_1_account_is_not_opened_online(self) -> None:
        assert reasons(individual(channel="online")) == ["class_1_needs_counter"]

    def test_an_enterprise_cannot_open_an_account_for_individuals(self) -> None:
        assert reasons(enterprise("class_1")) == ["enterprise_type_required"]

    def test_an_individual_cannot_open_an_account_for_enterprises(self) -> None:
        assert reasons(individual("basic")) == ["individual_type_required"]

    @pytest.mark.parametrize("account_type", ["general", "special", "temporary"])
    def test_any_account_but_the_basic_one_needs_the_basic_account_number(self, account_type: str) -> None:
        assert reasons(enterprise(account_type)) == ["basic_account_missing"]
        assert reasons(enterprise(account_type, basic_account_number="")) == ["basic_account_missing"]
        assert reasons(enterprise(account_type, basic_account_number="J1000012345601")) == []

    @pytest.mark.parametrize("account_type", ["class_2", "class_3"])
    def test_an_online_account_is_bound_to_another_account(self, account_type: str) -> None:
        assert reasons(individual(account_type, channel="online")) == ["bound_account_missing"]
        assert reasons(individual(account_type, channel="online", bound_account="6222000000000001")) == []

    def test_a_licence_that_expired_yesterday_refuses_and_one_that_expires_today_does_not(self) -> None:
        assert reasons(enterprise(licence_expires_on="2026-03-01")) == ["document_expired"]
        assert reasons(enterprise(licence_expires_on="2026-03-02")) == []

    def test_an_expired_identity_document_refuses(self) -> None:
        assert reasons(individual(id_expires_on="2026-03-01")) == ["document_expired"]

    def test_the_legal_representatives_expired_document_refuses(self) -> None:
        application = enterprise() | {"legal_representative": {"id_expires_on": "2026-03-01"}}
        assert reasons(application) == ["representative_document_expired"]

    def test_a_minor_needs_a_guardian_until_the_eighteenth_birthday(self) -> None:
        assert reasons(individual(date_of_birth="2008-03-03")) == ["guardian_missing"]
        assert reasons(individual(date_of_birth="2008-03-02")) == []
        assert reasons(individual(date_of_birth="2015-01-01", guardian={"id_number": "11010119800101001X"})) == []

    def test_a_duplicate_application_and_an_unverifiable_identity_are_both_named(self) -> None:
        found = reasons(individual(), duplicate=True, identity="unverifiable")
        assert found == ["duplicate_application", "identity_not_verified"]


@pytest.mark.requirement("R021")
class TestDocumentChecklist:
    def codes(self, application: dict[str, Any]) -> set[str]:
        return {row["code"] for row in take("document_checklist", application=application)}

    def test_a_company_brings_licence_charter_identities_and_seals(self) -> None:
        assert self.codes(enterprise()) == {
            "business_licence",
            "legal_representative_id",
            "charter",
            "beneficial_owner_ids",
            "seal_specimen",
        }

    def test_an_operator_adds_the_letter_of_authority_and_the_agents_id(self) -> None:
        with_operator = self.codes(enterprise() | {"operator": {"name": "张伟"}})
        assert with_operator - self.codes(enterprise()) == {"authority_letter", "agent_id"}

    def test_a_general_account_adds_basic_account_information_and_its_reason(self) -> None:
        added = self.codes(enterprise("general")) - self.codes(enterprise())
        assert added == {"basic_account_information", "general_account_reason"}

    def test_a_sole_trader_brings_licence_and_id_only(self) -> None:
        assert self.codes(enterprise(entity_type="sole_trader")) == {"business_licence", "operator_id"}

    def test_a_public_body_brings_its_establishment_approval(self) -> None:
        assert "establishment_approval" in self.codes(enterprise(entity_type="public_body"))

    def test_a_foreign_enterprise_brings_a_notarised_registration(self) -> None:
        assert "notarised_registration" in self.codes(enterprise(entity_type="foreign"))

    def test_an_adult_brings_one_document(self) -> None:
        assert self.codes(individual()) == {"id_document"}

    def test_a_minor_brings_the_guardians_id_and_proof_of_kinship(self) -> None:
        minor = individual(date_of_birth="2015-01-01")
        assert self.codes(minor) == {"household_register", "guardian_id", "kinship_proof"}


@pytest.mark.requirement("R022")
@pytest.mark.control("CP2")
class TestRiskRating:
    def test_44_is_low_with_simplified_due_diligence(self) -> None:
        assert rating(44) == ("low", "simplified", False)

    def test_exactly_45_is_medium(self) -> None:
        assert rating(45) == ("medium", "standard", False)

    def test_64_is_medium_and_65_is_high(self) -> None:
        assert rating(64) == ("medium", "standard", False)
        assert rating(65) == ("high", "enhanced", False)

    def test_all_factors_at_five_make_a_hundred(self) -> None:
        assert rating(100) == ("high", "enhanced", False)

    def test_a_foreign_pep_is_high_with_enhanced_due_diligence_at_any_score(self) -> None:
        assert rating(20, pep="foreign") == ("high", "enhanced", False)

    def test_a_domestic_pep_is_rated_by_score(self) -> None:
        assert rating(20, pep="domestic") == ("low", "simplified", False)

    def test_a_call_for_action_country_is_high_with_enhanced_due_diligence(self) -> None:
        assert rating(20, call_for_action_country=True) == ("high", "enhanced", False)

    def test_four_ownership_layers_are_at_least_medium_with_enhanced_due_diligence(self) -> None:
        assert rating(20, ownership_layers=4) == ("medium", "enhanced", False)
        assert rating(20, ownership_layers=3) == ("low", "simplified", False)
        assert rating(65, ownership_layers=4) == ("high", "enhanced", False)

    def test_an_ownership_cycle_is_at_least_medium_with_enhanced_due_diligence(self) -> None:
        assert rating(20, ownership_cycle=True) == ("medium", "enhanced", False)

    @pytest.mark.parametrize("fact", ["sanction_confirmed", "owner_refused"])
    def test_a_confirmed_sanction_or_a_refused_owner_is_rejected_before_anything_else(self, fact: str) -> None:
        assert rating(20, pep="foreign", **{fact: True}) == ("high", "enhanced", True)

    def test_incomplete_factors_count_as_high(self) -> None:
        value = take("risk_rating", risk_input={})
        assert (value["band"], value["due_diligence"], value["score"]) == ("high", "enhanced", None)


@pytest.mark.requirement("R022", "R025")
@pytest.mark.control("CP3")
class TestAccountLimits:
    def limits(self, application: dict[str, Any], band: str, *, minor: bool = False) -> tuple[int, int]:
        value = take("account_limits", application=application, rating={"band": band}, risk_input={"minor": minor})
        return value["single_fen"], value["daily_fen"]

    @pytest.mark.parametrize(
        ("band", "single", "daily"),
        [("low", 2_000_000, 5_000_000), ("medium", 500_000, 2_000_000), ("high", 100_000, 500_000)],
    )
    def test_an_enterprise_has_limits_by_band(self, band: str, single: int, daily: int) -> None:
        assert self.limits(enterprise("general"), band) == (single * YUAN, daily * YUAN)

    @pytest.mark.parametrize(
        ("band", "single", "daily"), [("low", 50_000, 200_000), ("medium", 20_000, 100_000), ("high", 5_000, 20_000)]
    )
    def test_a_class_1_account_has_limits_by_band(self, band: str, single: int, daily: int) -> None:
        assert self.limits(individual(), band) == (single * YUAN, daily * YUAN)

    @pytest.mark.parametrize("band", ["low", "medium", "high"])
    def test_class_2_and_class_3_have_the_statutory_limits_in_every_band(self, band: str) -> None:
        assert self.limits(individual("class_2"), band) == (10_000 * YUAN, 10_000 * YUAN)
        assert self.limits(individual("class_3"), band) == (2_000 * YUAN, 2_000 * YUAN)

    def test_class_3_also_bounds_the_balance_and_the_year(self) -> None:
        application = individual("class_3")
        value = take("account_limits", application=application, rating={"band": "low"}, risk_input={"minor": False})
        assert (value["yearly_fen"], value["balance_fen"]) == (50_000 * YUAN, 2_000 * YUAN)

    @pytest.mark.parametrize(("account_type", "daily"), [("class_1", 5_000), ("class_2", 5_000), ("class_3", 2_000)])
    def test_a_minor_has_the_lower_of_the_minors_and_the_statutory_limits(self, account_type: str, daily: int) -> None:
        assert self.limits(individual(account_type), "low", minor=True) == (1_000 * YUAN, daily * YUAN)

    def test_every_limit_names_its_source_date_and_certainty(self) -> None:
        value = take("account_limits", application=individual(), rating={"band": "low"}, risk_input={"minor": False})
        assert value["certainty"] in {"H", "M", "L"}
        assert value["source"]
        assert dt.date.fromisoformat(value["as_of"])


@pytest.mark.requirement("R042", "R089")
@pytest.mark.control("CP2")
class TestApprovalAuthority:
    def tier(
        self, band: str | None, due_diligence: str, *, pep: str = "none", country: bool = False
    ) -> tuple[str, str, bool]:
        value = take(
            "approval_authority",
            rating={"band": band, "due_diligence": due_diligence},
            risk_input={"pep": pep, "call_for_action_country": country},
        )
        return value["tier"], value["group"], value["fast_lane"]

    def test_low_risk_takes_the_fast_lane(self) -> None:
        assert self.tier("low", "simplified") == ("fast_lane", "supervisor", True)

    def test_medium_risk_is_for_the_supervisor(self) -> None:
        assert self.tier("medium", "standard") == ("supervisor", "supervisor", False)

    def test_high_risk_is_for_the_risk_officer(self) -> None:
        assert self.tier("high", "enhanced") == ("risk_officer", "risk_officer", False)

    def test_medium_risk_after_enhanced_due_diligence_is_for_the_risk_officer(self) -> None:
        assert self.tier("medium", "enhanced") == ("risk_officer", "risk_officer", False)

    def test_a_foreign_pep_or_a_listed_country_is_for_the_president(self) -> None:
        assert self.tier("high", "enhanced", pep="foreign") == ("president", "president", False)
        assert self.tier("high", "enhanced", country=True) == ("president", "president", False)

    def test_an_unknown_band_takes_the_strictest_tier(self) -> None:
        assert self.tier(None, "simplified") == ("president", "president", False)


@pytest.mark.requirement("R023")
class TestAgreementVersion:
    def version(self, kind: str, day: dt.datetime = NOON) -> str | None:
        model = parse_decisions((FOLDER / "agreement_version.dmn").read_bytes(), "agreement_version.dmn")
        value = model.decisions["agreement_version"].evaluate({"application": {"kind": kind}}, Environment(day)).value
        return value["version"] if value else None

    @pytest.mark.parametrize("kind", ["enterprise", "individual"])
    def test_the_table_gives_the_text_the_bank_has_in_force(self, kind: str) -> None:
        texts = Agreements.shipped()
        begun = [text.effective_from for text in texts if kind in text.kinds]
        days = {day + dt.timedelta(days=shift) for day in begun for shift in (0, 1, 200)}
        assert len(begun) > 1
        for day in days:
            noon = dt.datetime.combine(day, dt.time(4), tzinfo=dt.UTC)
            assert self.version(kind, noon) == texts.in_force(kind, day).version

    def test_no_version_is_offered_before_the_first_came_into_force(self) -> None:
        assert self.version("enterprise", dt.datetime(2024, 12, 31, 4, tzinfo=dt.UTC)) is None
