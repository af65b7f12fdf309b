"""The factors of the risk rating."""

from __future__ import annotations

import csv
from importlib import resources
from typing import Any

import pytest

from bank.checks.risk_input import countries, factors, industry_factor, risk_input, turnover_steps
from tests.checks.people import TODAY, enterprise, individual, resident_number

pytestmark = pytest.mark.control("CP2")

OWNED = {"layers": 1, "cycle": False, "complete": True}


def prepare(application: dict[str, Any], **changes: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {"screening": {"result": "clear"}, "ownership": OWNED, "clearance": {}} | changes
    return risk_input(application, parts["screening"], parts["ownership"], parts["clearance"], TODAY)


@pytest.mark.requirement("R022")
def test_an_ordinary_company_has_low_factors() -> None:
    prepared = prepare(enterprise())
    assert prepared == {
        "customer": 2, "geography": 1, "industry": 3, "product": 2, "activity": 2, "screening": 1,
        "pep": "none", "call_for_action_country": False, "ownership_layers": 1, "ownership_cycle": False,
        "sanction_confirmed": False, "owner_refused": False, "minor": False,
    }  # fmt: skip


def test_a_turnover_exactly_at_a_step_belongs_to_it() -> None:
    assert prepare(individual(expected_monthly_turnover_fen=1_000_000))["activity"] == 1
    assert prepare(individual(expected_monthly_turnover_fen=1_000_001))["activity"] == 2
    assert prepare(individual(expected_monthly_turnover_fen=None))["activity"] == 5


@pytest.mark.parametrize(
    ("country", "factor", "call"), [("IR", 5, True), ("VN", 4, False), ("DE", 3, False), ("CN", 1, False)]
)
def test_the_riskiest_country_counts(country: str, factor: int, call: bool) -> None:
    prepared = prepare(enterprise(owners=[{"name": "甲", "nationality": country}]))
    assert (prepared["geography"], prepared["call_for_action_country"]) == (factor, call)


def test_four_layers_or_an_incomplete_ownership_raise_the_customer_factor() -> None:
    assert prepare(enterprise(), ownership=OWNED | {"layers": 3})["customer"] == 2
    assert prepare(enterprise(), ownership=OWNED | {"layers": 4})["customer"] == 4
    assert prepare(enterprise(), ownership=OWNED | {"complete": False})["customer"] == 4


def test_an_undecided_hit_keeps_its_weight_and_a_cleared_one_loses_it() -> None:
    hold = {"result": "hold"}
    assert prepare(enterprise(), screening=hold)["screening"] == 5
    assert prepare(enterprise(), screening=hold, clearance={"decision": "cleared"})["screening"] == 2
    assert prepare(enterprise(), screening=hold, clearance={"decision": "confirmed"})["sanction_confirmed"] is True
    assert prepare(enterprise(), screening={})["screening"] == 5


def test_peps_and_minors_are_told_to_the_rating() -> None:
    assert prepare(individual(pep="foreign"))["pep"] == "foreign"
    assert prepare(individual(pep="foreign"))["customer"] == 5
    assert prepare(individual(id_number=resident_number(born="20150101")))["minor"] is True


def test_online_opening_is_one_step_riskier_and_never_above_five() -> None:
    assert prepare(enterprise(channel="online"))["product"] == 3
    assert prepare(enterprise(channel="online", account_type="temporary"))["product"] == 5


def test_every_parameter_has_a_source_a_date_and_a_certainty() -> None:
    steps = [step.parameter for kind in ("individual", "enterprise") for step in turnover_steps(kind)]
    for parameter in [*factors().values(), *steps]:
        assert 1 <= parameter.value <= 5
        assert parameter.source
        assert parameter.as_of
        assert parameter.certainty in {"H", "M", "L"}
    content = resources.files("bank.checks").joinpath("data/countries_of_concern.csv").read_text(encoding="utf-8")
    assert all(row["source"] and row["as_of"] for row in csv.DictReader(content.splitlines()))
    assert countries("call_for_action") == {"KP", "IR", "MM"}
    assert len(countries("increased_monitoring")) == 22


@pytest.mark.parametrize(
    ("written", "factor"),
    [("wholesale", 3), ("批发和零售业", 3), ("黄金珠宝批发", 5), ("Software development", 2), ("养蜂", 3), ("", 3)],
)
def test_an_industry_in_free_words_takes_the_riskiest_factor_they_name(written: str, factor: int) -> None:
    assert industry_factor(written) == factor


def test_every_word_names_an_industry_of_the_table() -> None:
    content = resources.files("bank.checks").joinpath("data/industry_words.csv").read_text(encoding="utf-8")
    assert {row["industry"] for row in csv.DictReader(content.splitlines())} <= {
        key for factor, key in factors() if factor == "industry"
    }
