"""Changing a parameter takes three persons: proposed, checked, agreed, adopted once (R008, R039, R083)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bank.errors import ActionNotAuthorised
from bank.parameters import ParameterDoor, ParameterSet
from bank.parameters.records import ChangeKind
from cli.functions import calendar_functions
from engine.forms import Field, FormInvalid
from engine.model.actor import Actor
from engine.model.errors import SegregationOfDuties
from engine.services.answers import Resource
from engine.simulation import Coverage, Library, play, read_scenario
from engine.store.states import InstanceState
from persistence.database import Database
from tests.bank.conftest import in_threads
from tests.conftest import TestClock
from tests.forms.submissions import bank_form
from tests.processes.opening_bank import OpeningBank, open_bank, shipped

pytestmark = [pytest.mark.control("CP2"), pytest.mark.requirement("R008", "R083")]

FOLDER = Path(__file__).parents[2] / "processes" / "parameter_change"
SCENARIOS = sorted((FOLDER / "scenarios").glob("*.json"))
SHANGHAI = ZoneInfo("Asia/Shanghai")

PROPOSAL: dict[str, Any] = {
    "kind": "parameter",
    "name": "activation_days",
    "value": "20",
    "source": "行内规定 第三条",
    "as_of": "2026-03-01",
    "certainty": "H",
    "reason": "缩短激活期限",
}
CHECKED = {
    "effect_check": {
        "checked": ["source_compared", "cases_considered", "rules_considered"],
        "effect": "仅影响此后受理的案件",
        "decision": "pass",
    }
}
AGREED = {"change_decision": {"decision": "agree", "reason": "同意"}}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.of_folder(FOLDER)


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_the_scenario_takes_its_path_to_its_end(file: Path, library: Library) -> None:
    scenario = read_scenario(file.read_bytes(), file.name)
    playback = play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI)
    assert playback.failures(scenario) == []


def test_together_they_cover_every_node_and_flow(library: Library) -> None:
    coverage = Coverage(library.processes)
    for file in SCENARIOS:
        scenario = read_scenario(file.read_bytes(), file.name)
        coverage.add(play(library.program(scenario.process), scenario, calendar_functions(), zone=SHANGHAI).events)
    assert list(coverage.missing()) == []


class Change:
    """One case of the process in a bank at work."""

    def __init__(self, bank: OpeningBank, number: str, proposer: Actor, **proposal: Any) -> None:
        self.bank, self.number = bank, number
        given = {**PROPOSAL, **proposal}
        self.key = bank.engine.process_instances.start(
            proposer, "parameter_change", business_key=number, form_data={"proposal": given}
        ).key

    def work(self, element: str, actor: Actor, form: Mapping[str, Any]) -> None:
        tasks = self.bank.engine.user_tasks
        (task,) = [row for row in tasks.of_case(actor, self.key) if row.element_id == element]
        tasks.claim(actor, task.key)
        tasks.complete(actor, task.key, dict(form))

    def stands_at(self) -> list[str]:
        auditor = self.bank.staff("internal_auditor")
        rows = self.bank.engine.history.activities(auditor, self.key)
        return [row.element_id for row in rows if row.ended_at is None]

    def variables(self) -> Mapping[str, Any]:
        return self.bank.engine.history.variables(self.bank.staff("internal_auditor"), self.key).root

    def agreed_by(self, checker: Actor, agreeing: Actor) -> None:
        self.work("check_effect", checker, CHECKED)
        self.work("agree_change", agreeing, AGREED)


@pytest.fixture
def bank(database: Database, clock: TestClock, tmp_path: Path) -> OpeningBank:
    opened = open_bank(database, clock, tmp_path)
    opened.deploy(shipped())
    return opened


def in_force(bank: OpeningBank) -> ParameterSet:
    return ParameterDoor(bank.database, bank.bank.parameters).newest()


def test_what_three_persons_stand_for_is_in_force_with_their_names(bank: OpeningBank) -> None:
    analyst, officer, owner = (bank.staff(role) for role in ("process_analyst", "risk_officer", "process_owner"))
    change = Change(bank, "PC-20260302-0001", analyst)
    assert change.variables()["examination"]["changes"][0]["proposed_en"] == "20 days"
    change.agreed_by(officer, owner)
    assert change.stands_at() == []
    assert change.variables()["adoption"] == {"version": 2}
    entry = in_force(bank).entry("activation_days")
    assert (entry.value, entry.source, entry.version) == (20, "行内规定 第三条", 2)
    (adoption,) = ParameterDoor(bank.database, bank.bank.parameters).adoptions()
    assert (adoption.proposed_by, adoption.checked_by, adoption.agreed_by) == (
        analyst.person,
        officer.person,
        owner.person,
    )
    assert (adoption.business_key, adoption.reason) == ("PC-20260302-0001", "缩短激活期限")


def test_a_running_case_keeps_the_version_it_began_with(bank: OpeningBank) -> None:
    with bank.database.transaction() as transaction:
        before = bank.bank.parameters.of_case(transaction.connection, {"parameters_version": 1})
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"))
    change.agreed_by(bank.staff("risk_officer"), bank.staff("process_owner"))
    with bank.database.reading() as connection:
        parameters = bank.bank.parameters
        assert parameters.of_case(connection, {"parameters_version": 1}).integer("activation_days") == 30
        assert parameters.of_case(connection, {}).integer("activation_days") == 20
    assert before.version == 1


def test_neither_proposer_nor_checker_may_agree_and_the_proposer_may_not_check(bank: OpeningBank) -> None:
    """The risk officer proposes: another must check. A checker who is process owner as well may not agree."""
    officer, second = bank.staff("risk_officer"), bank.hire("risk_officer", "second.officer")
    with bank.database.transaction() as transaction:
        administrator = bank.staff("administrator").person
        for person in (officer.person, second.person):
            bank.bank.people.grant(transaction.connection, person or 0, "process_owner", by=administrator)
    change = Change(bank, "PC-20260302-0001", officer)
    with pytest.raises(SegregationOfDuties):
        change.work("check_effect", officer, CHECKED)
    change.work("check_effect", second, CHECKED)
    for barred in (officer, second):
        with pytest.raises(SegregationOfDuties):
            change.work("agree_change", barred, AGREED)
    change.work("agree_change", bank.staff("deputy_general_manager"), AGREED)
    assert in_force(bank).version == 2


def test_who_corrected_the_proposal_counts_as_its_maker(bank: OpeningBank) -> None:
    analyst, owner = bank.staff("process_analyst"), bank.staff("process_owner")
    change = Change(bank, "PC-20260302-0001", analyst, value="500")
    assert change.stands_at() == ["correct_proposal"]
    change.work("correct_proposal", owner, {"correction": {"decision": "resubmit"}, "proposal": PROPOSAL})
    change.work("check_effect", bank.staff("risk_officer"), CHECKED)
    with pytest.raises(SegregationOfDuties):
        change.work("agree_change", owner, AGREED)
    change.work("agree_change", bank.staff("deputy_general_manager"), AGREED)
    (adoption,) = ParameterDoor(bank.database, bank.bank.parameters).adoptions()
    assert adoption.proposed_by == owner.person


@pytest.mark.parametrize("role", ["relationship_manager", "reviewer", "administrator", "internal_auditor", "president"])
def test_only_the_posts_that_answer_for_rules_may_propose(bank: OpeningBank, role: str) -> None:
    with pytest.raises(ActionNotAuthorised):
        Change(bank, "PC-20260302-0001", bank.staff(role))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"value": "0"}, "proposal.value", "out_of_bounds"),
        ({"value": "-5"}, "proposal.value", "out_of_bounds"),
        ({"value": "181"}, "proposal.value", "out_of_bounds"),
        ({"value": "9" * 40}, "proposal.value", "not_whole"),
        ({"value": "20.5"}, "proposal.value", "not_whole"),
        ({"value": "1e3"}, "proposal.value", "not_whole"),
        ({"value": "二十"}, "proposal.value", "not_whole"),
        ({"value": "２０"}, "proposal.value", "not_whole"),
        ({"name": "business_day_opens", "value": "25:00"}, "proposal.value", "out_of_bounds"),
        ({"name": "business_day_opens", "value": "9:00"}, "proposal.value", "out_of_bounds"),
    ],
)
def test_a_bad_value_goes_back_to_the_proposer_with_field_and_reason(
    bank: OpeningBank, changes: dict[str, str], field: str, code: str
) -> None:
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"), **changes)
    assert change.stands_at() == ["correct_proposal"]
    (finding,) = change.variables()["examination"]["findings"]
    assert (finding["field"], finding["code"]) == (field, code)
    assert finding["reason_zh"]
    assert finding["reason_en"]
    assert in_force(bank).version == 1


def test_a_proposal_of_what_is_in_force_already_is_no_change(bank: OpeningBank) -> None:
    entry = in_force(bank).entry("activation_days")
    bank.clock.time = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)  # after the day the shipped value was taken
    same = {"value": "30", "source": entry.source, "as_of": entry.as_of.isoformat(), "certainty": entry.certainty.value}
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"), **same)
    (finding,) = change.variables()["examination"]["findings"]
    assert finding["code"] == "no_change"


def test_of_two_changes_of_one_parameter_the_later_goes_back_to_the_check(bank: OpeningBank) -> None:
    analyst, officer, owner = (bank.staff(role) for role in ("process_analyst", "risk_officer", "process_owner"))
    first = Change(bank, "PC-20260302-0001", analyst, value="20")
    second = Change(bank, "PC-20260302-0002", analyst, value="40")
    second.work("check_effect", officer, CHECKED)
    first.agreed_by(officer, owner)
    second.work("agree_change", owner, AGREED)
    assert second.stands_at() == ["check_effect"]
    assert in_force(bank).integer("activation_days") == 20
    examination = second.variables()["examination"]
    assert examination["basis"] == 2
    assert examination["changes"][0]["in_force_en"] == "20 days"
    second.agreed_by(officer, owner)
    assert (in_force(bank).version, in_force(bank).integer("activation_days")) == (3, 40)


def test_changes_of_different_parameters_do_not_hold_each_other_up(bank: OpeningBank) -> None:
    analyst, officer, owner = (bank.staff(role) for role in ("process_analyst", "risk_officer", "process_owner"))
    first = Change(bank, "PC-20260302-0001", analyst)
    second = Change(bank, "PC-20260302-0002", analyst, name="sign_in_attempts", value="6")
    first.agreed_by(officer, owner)
    second.agreed_by(officer, owner)
    assert in_force(bank).version == 3


def test_of_two_changes_agreed_at_the_same_moment_one_is_adopted_and_the_other_checked_again(bank: OpeningBank) -> None:
    analyst, officer = bank.staff("process_analyst"), bank.staff("risk_officer")
    changes = [Change(bank, f"PC-20260302-{number:04}", analyst, value=f"{number}0") for number in (1, 2)]
    for change in changes:
        change.work("check_effect", officer, CHECKED)
    agreeing = [bank.staff("process_owner"), bank.staff("deputy_general_manager")]
    in_threads(lambda pair: pair[0].work("agree_change", pair[1], AGREED), zip(changes, agreeing, strict=True))
    assert sorted(change.stands_at() for change in changes) == [[], ["check_effect"]]
    (adopted,) = [change for change in changes if not change.stands_at()]
    assert in_force(bank).version == 2
    assert str(in_force(bank).integer("activation_days")) == adopted.variables()["proposal"]["value"]


def test_a_diagram_that_lets_one_person_do_everything_adopts_nothing(bank: OpeningBank) -> None:
    """Whatever is deployed, the step that makes the version looks at the three persons itself."""
    diagram = next(each for each in shipped() if each.name == "parameter_change.bpmn")
    loose = re.sub(rb'<zeebe:property name="excludes" value="[^"]*"/>', b"", diagram.content)
    assert loose != diagram.content
    bank.deploy([*(each for each in shipped() if each.name != diagram.name), Resource(diagram.name, loose)])
    owner = bank.staff("process_owner")
    with bank.database.transaction() as transaction:
        administrator = bank.staff("administrator").person
        bank.bank.people.grant(transaction.connection, owner.person or 0, "risk_officer", by=administrator)
    change = Change(bank, "PC-20260302-0001", owner)
    change.agreed_by(owner, owner)
    assert change.stands_at() == ["adopt_change"]
    assert in_force(bank).version == 1


@pytest.mark.parametrize("decision", ["refuse", "return"])
def test_what_is_not_agreed_changes_nothing(bank: OpeningBank, decision: str) -> None:
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"))
    change.work("check_effect", bank.staff("risk_officer"), CHECKED)
    answer = {"change_decision": {"decision": decision, "reason": "依据不足"}}
    change.work("agree_change", bank.staff("process_owner"), answer)
    assert in_force(bank).version == 1
    assert change.stands_at() == ([] if decision == "refuse" else ["correct_proposal"])


def test_a_check_passes_only_with_everything_compared(bank: OpeningBank) -> None:
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"))
    hasty = {"effect_check": {**CHECKED["effect_check"], "checked": ["source_compared"]}}
    with pytest.raises(FormInvalid):
        change.work("check_effect", bank.staff("risk_officer"), hasty)


def calendar(*days: tuple[str, str]) -> dict[str, Any]:
    rows = [{"day": day, "opening": opening, "source": "调休通知"} for day, opening in days]
    return {"kind": "calendar", "days": rows, "reason": "核心系统切换"}


def test_days_of_the_calendar_change_the_same_way_and_move_due_dates_from_then_on(bank: OpeningBank) -> None:
    monday = bank.clock.now()
    days = calendar(("2026-03-03", "closed"), ("2026-03-07", "open"))
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"), **days)
    change.agreed_by(bank.staff("risk_officer"), bank.staff("process_owner"))
    (adoption,) = ParameterDoor(bank.database, bank.bank.parameters).adoptions()
    assert adoption.kind is ChangeKind.CALENDAR
    with bank.database.reading() as connection:
        moved = bank.bank.calendar.at(connection).business_days_after(monday, 1)
    assert moved == monday + dt.timedelta(days=2)
    back = Change(bank, "PC-20260302-0002", bank.staff("process_analyst"), **calendar(("2026-03-03", "public")))
    back.agreed_by(bank.staff("risk_officer"), bank.staff("process_owner"))
    assert in_force(bank).own_days == {dt.date(2026, 3, 7): True}


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ([("2026-03-09", "closed"), ("2026-03-09", "open")], "twice"),
        ([("2026-03-09", "public")], "no_change"),
    ],
)
def test_days_that_cannot_be_are_refused_with_row_and_reason(
    bank: OpeningBank, days: list[tuple[str, str]], code: str
) -> None:
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"), **calendar(*days))
    assert change.stands_at() == ["correct_proposal"]
    (finding,) = change.variables()["examination"]["findings"]
    assert (finding["field"], finding["code"]) == (f"proposal.days[{len(days) - 1}]", code)


def test_a_day_that_went_by_while_the_change_was_under_way_is_not_changed_any_more(bank: OpeningBank) -> None:
    change = Change(bank, "PC-20260302-0001", bank.staff("process_analyst"), **calendar(("2026-03-03", "closed")))
    change.work("check_effect", bank.staff("risk_officer"), CHECKED)
    bank.clock.pass_by(days=2)
    change.work("agree_change", bank.staff("process_owner"), AGREED)
    assert change.stands_at() == ["correct_proposal"]
    assert in_force(bank).version == 1


def test_a_change_under_way_can_be_withdrawn(bank: OpeningBank) -> None:
    analyst = bank.staff("process_analyst")
    change = Change(bank, "PC-20260302-0001", analyst, value="500")
    change.work("correct_proposal", analyst, {"correction": {"decision": "withdraw"}})
    auditor = bank.staff("internal_auditor")
    assert bank.engine.process_instances.get(auditor, change.key).state is InstanceState.COMPLETED
    assert in_force(bank).version == 1


def test_the_forms_offer_every_parameter_by_its_name() -> None:
    names = {(entry.name, entry.name_zh, entry.name_en) for entry in ParameterSet.shipped()}
    for form in ("parameter_proposal", "parameter_correction"):
        fields = [each for each in bank_form(form).fields() if isinstance(each, Field)]
        (field,) = [each for each in fields if each.key == "proposal.name"]
        assert {(each.value, each.caption.zh, each.caption.en) for each in field.options} == names
