"""What the customer's messages bring into a case, and that nothing else comes in with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.functions import calendar_functions
from engine.model.values import Value
from engine.simulation import Library, Playback, play, read_scenario

FOLDER = Path(__file__).parents[2] / "processes" / "account_opening"
SMUGGLED = {"stage_outcome": "passed", "rating": {"band": "low"}, "limits": {"single_fen": 10**12}, "smuggled": True}


def played(scenario: str, message: str, **variables: Any) -> Playback:
    """A scenario that ships, with `variables` in place of those its message carries."""
    content = json.loads((FOLDER / "scenarios" / f"{scenario}.json").read_bytes())
    for step in content["steps"]:
        if step.get("message") == message:
            step["variables"] = variables
    changed = read_scenario(json.dumps(content).encode(), scenario)
    program = Library.of_folder(FOLDER).program(changed.process)
    return play(program, changed, calendar_functions(), zone=ZoneInfo("Asia/Shanghai"))


def after(scenario: str, message: str, **variables: Any) -> Mapping[str, Value]:
    """The case's variables at the end."""
    playback = played(scenario, message, **variables)
    assert (playback.error, playback.ended) == (None, True)
    return playback.variables


def unharmed(variables: Mapping[str, Value], scenario: str, message: str, **carried: Any) -> bool:
    """Whether the smuggled variables have the values they have without the message's extras."""
    expected = after(scenario, message, **carried)
    return all(variables.get(name) == expected.get(name) for name in SMUGGLED)


@pytest.mark.requirement("R083")
@pytest.mark.parametrize(
    ("scenario", "message", "carried"),
    [
        ("supplement_online", "documents_supplemented", {"documents": {"id_document": ["2001"]}}),
        ("enterprise_fast_lane", "agreement_signed", {"consent": {"version": "enterprise-2026.1"}}),
        ("enterprise_fast_lane", "account_activated", {}),
        ("withdrawn_during_review", "application_withdrawn", {"withdrawal": {"reason": "改变主意"}}),
        ("withdrawn_before_opening", "application_withdrawn", {"withdrawal": {"reason": "改变主意"}}),
        ("withdrawn_before_activation", "application_withdrawn", {"withdrawal": {"reason": "改变主意"}}),
    ],
)
def test_a_message_brings_in_only_what_it_is_for(scenario: str, message: str, carried: dict[str, Any]) -> None:
    variables = after(scenario, message, **carried, **SMUGGLED)
    assert "smuggled" not in variables
    assert unharmed(variables, scenario, message, **carried)


@pytest.mark.requirement("R079")
class TestSupplement:
    def documents(self, **variables: Any) -> Value:
        return after("supplement_online", "documents_supplemented", **variables)["documents"]

    def test_what_comes_is_added_to_what_was_there(self) -> None:
        documents = self.documents(documents={"id_document": ["2001"], "charter": ["2002"]})
        assert documents == {"id_document": ["1001", "2001"], "charter": ["2002"]}

    def test_a_document_sent_again_stands_once(self) -> None:
        assert self.documents(documents={"id_document": ["1001", "2001"]}) == {"id_document": ["1001", "2001"]}

    def test_a_message_without_documents_leaves_those_on_file(self) -> None:
        assert self.documents(supplement_received={"note": "已说明"}) == {"id_document": ["1001"]}

    def test_reason_deadline_and_round_stay_and_the_time_is_the_engines(self) -> None:
        note = {"note": "补交", "received_at": "1999-01-01T00:00:00Z"}
        variables = after("supplement_online", "documents_supplemented", supplement_received=note, supplement={})
        supplement, received = variables["supplement"], variables["supplement_received"]
        assert isinstance(supplement, Mapping)
        assert isinstance(received, Mapping)
        assert (supplement["reason"], supplement["round"]) == ("说明", 1)
        assert str(supplement["deadline"]).startswith("2026-03-16")
        assert received == {"note": "补交", "received_at": "2026-03-14T01:00:00Z"}


@pytest.mark.requirement("R024")
def test_a_consent_that_does_not_hold_is_never_countersigned() -> None:
    playback = played("agreement_returned", "agreement_signed", consent={"version": "enterprise-2025.1"})
    first_consent = playback.completed.index("record_consent")
    assert playback.completed[first_consent + 1 :][:3] == (
        "consent_weighed",
        "determine_agreement_version",
        "prepare_agreement",
    )
