"""Letters to the customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bank.simulators.control import SimulatorControl
from engine.worker_api import BpmnError, Completed, Failed
from tests.checks.people import enterprise
from tests.workers.conftest import Perform
from workers.activation_token import activation_token
from workers.context import WorkerContext
from workers.letters import TEMPLATES, compose

ADDRESS = {"name": "李四", "email": "office@example.com"}


def letters(home: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((home / "outbox").glob("*.txt"))]


def send(perform: Perform, template: str, variables: dict[str, Any] | None = None, **job: Any) -> Any:
    given = {"application": enterprise(contact=ADDRESS)} | (variables or {})
    return perform("send-notification", given, headers={"template": template}, **job)


@pytest.mark.requirement("R026")
def test_the_opened_letter_carries_the_activation_link_and_hides_the_account_number(
    perform: Perform, context: WorkerContext, tmp_path: Path
) -> None:
    given = {
        "account": {"key": 5, "number": "6200000000001234"},
        "activation": {"expires_on": "2026-04-01T04:00:00+00:00", "reference": "job-3"},
    }
    done = send(perform, "account_opened", given)
    assert isinstance(done, Completed)
    (letter,) = letters(tmp_path)
    assert f"https://bank.example/activate/{activation_token(context.settings.secret(), 5, 'job-3')}" in letter
    assert "****1234" in letter
    assert "6200000000001234" not in letter
    assert "2026-04-01 12:00" in letter  # by the clock in Shanghai


def test_a_job_tried_twice_sends_one_letter(perform: Perform, tmp_path: Path) -> None:
    first = send(perform, "application_received")
    again = send(perform, "application_received", attempt=2)
    assert first == again
    assert len(letters(tmp_path)) == 1
    send(perform, "application_received", key=8)
    assert len(letters(tmp_path)) == 2


def test_the_letter_is_in_the_applicants_language(perform: Perform, tmp_path: Path) -> None:
    send(perform, "application_received", {"application": enterprise(contact=ADDRESS, language="en")})
    assert "Subject: Your application AO-20260302-0001 has been received" in letters(tmp_path)[0]


def test_the_request_to_supplement_says_what_is_missing(perform: Perform, tmp_path: Path) -> None:
    review = {"items": [{"document": "章程", "deficiency": "缺第三页"}], "reason": "请补齐\r\nBcc: x@example.com"}
    send(perform, "supplement_requested", {"review": review, "supplement": {"deadline": "2026-03-16"}})
    (letter,) = letters(tmp_path)
    assert "章程: 缺第三页; 请补齐 Bcc: x@example.com" in letter
    assert "2026-03-16" in letter


def test_a_rejection_gives_no_reason(perform: Perform, tmp_path: Path) -> None:
    send(perform, "application_rejected", {"review": {"reason": "命中制裁名单"}})
    assert "制裁" not in letters(tmp_path)[0]


def test_braces_in_a_name_are_only_text(perform: Perform, tmp_path: Path) -> None:
    application = enterprise(contact=ADDRESS) | {"applicant_name": "{link} {0}"}
    send(perform, "application_received", {"application": application})
    assert "{link} {0}" in letters(tmp_path)[0]


@pytest.mark.parametrize("address", ["", "office", "张@例子.com", "a@example.com\r\nBcc: b@example.com"])
def test_without_an_address_that_works_nothing_is_sent_and_the_result_says_so(
    perform: Perform, tmp_path: Path, address: str
) -> None:
    contact = {"name": "李四", "email": address}
    done = send(perform, "application_received", {"application": enterprise(contact=contact)})
    assert isinstance(done, Completed)
    notification = done.variables["notification"]
    assert isinstance(notification, dict)
    assert (notification["channel"], notification["sent_at"]) == ("none", None)
    assert letters(tmp_path) == []


def test_a_mail_system_that_is_down_is_tried_again_and_then_shown(perform: Perform, control: SimulatorControl) -> None:
    control.set("mail", mode="down")
    assert isinstance(send(perform, "application_received"), Failed)
    shown = send(perform, "application_received", attempt=3, last=True)
    assert isinstance(shown, BpmnError)
    assert shown.code == "NOTIFICATION_UNAVAILABLE"


def test_an_unknown_template_fails_with_its_name(perform: Perform) -> None:
    failed = send(perform, "welcome")
    assert isinstance(failed, Failed)
    assert "welcome" in failed.message


@pytest.mark.parametrize("template", sorted(TEMPLATES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_letter_can_be_composed_and_warns_of_fraud(template: str, language: str) -> None:
    letter = compose(template, language, {"case_number": "AO-1"})
    assert "AO-1" in letter.subject
    assert "{" not in letter.subject + letter.body
    assert ("password" in letter.body) is (language == "en")
    assert ("密码" in letter.body) is (language == "zh")
