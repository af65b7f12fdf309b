"""Letters to the customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bank.notifications.tipping_off import tips_off
from bank.simulators.control import SimulatorControl
from engine.worker_api import BpmnError, Completed, Failed, Result
from persistence.database import Database
from tests.checks.people import enterprise
from tests.conftest import NOON
from tests.workers.conftest import CASE, job_of
from workers import HANDLERS
from workers.activation_token import activation_token
from workers.context import WorkerContext
from workers.letters import TEMPLATES, compose
from workers.send_notification import moment_shown

ADDRESS = {"name": "李四", "email": "office@example.com"}
OPENED = {
    "account": {"key": 5, "number": "6200000000001234"},
    "activation": {"expires_on": "2026-04-01T04:00:00+00:00", "reference": "job-3"},
}
Send = Callable[..., Result]


@pytest.fixture
def send(at_bank: WorkerContext) -> Send:
    """Run the job with a template in its header; returns its result."""

    def run(template: str, variables: dict[str, Any] | None = None, **job: Any) -> Result:
        given = {"application": enterprise(contact=ADDRESS)} | (variables or {})
        headers = {"template": template}
        return HANDLERS["send-notification"].run(job_of("send-notification", given, headers=headers, **job), at_bank)

    return run


def letters(home: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((home / "outbox").glob("*.txt"))]


def told(done: Result) -> dict[str, Any]:
    assert isinstance(done, Completed)
    notification = done.variables["notification"]
    assert isinstance(notification, dict)
    return notification


@pytest.mark.requirement("R026")
def test_the_opened_letter_carries_the_activation_link_and_hides_the_account_number(
    send: Send, at_bank: WorkerContext, tmp_path: Path
) -> None:
    assert told(send("account_opened", OPENED))["channel"] == "email"
    (letter,) = letters(tmp_path)
    assert f"https://bank.example/activate/{activation_token(at_bank.settings.secret(), 5, 'job-3')}" in letter
    assert "****1234" in letter
    assert "6200000000001234" not in letter
    assert "2026-04-01 12:00" in letter  # by the clock in Shanghai


@pytest.mark.requirement("R026")
@pytest.mark.parametrize("template", ["account_opened", "activation_reminder"])
def test_the_letter_on_record_does_not_show_the_token(
    send: Send, at_bank: WorkerContext, database: Database, tmp_path: Path, template: str
) -> None:
    send(template, OPENED)
    token = activation_token(at_bank.settings.secret(), 5, "job-3")
    with database.reading() as connection:
        (kept,) = at_bank.outbox.of_case(connection, CASE)
    assert token in letters(tmp_path)[0]
    assert token not in kept.body
    assert "https://bank.example/activate/" in kept.body


def test_a_job_tried_twice_sends_one_letter(send: Send, tmp_path: Path) -> None:
    first = send("application_received")
    again = send("application_received", attempt=2)
    assert told(first)["sent_at"] == NOON.isoformat()
    assert first == again
    assert len(letters(tmp_path)) == 1
    send("application_received", key=8)
    assert len(letters(tmp_path)) == 2


def test_the_letter_is_in_the_applicants_language(send: Send, tmp_path: Path) -> None:
    send("application_received", {"application": enterprise(contact=ADDRESS, language="en")})
    assert "Subject: Your application AO-20260302-0001 has been received" in letters(tmp_path)[0]


@pytest.mark.requirement("R079")
def test_the_request_to_supplement_says_what_is_missing(send: Send, tmp_path: Path) -> None:
    review = {"items": [{"document": "章程", "deficiency": "缺第三页"}], "reason": "请补齐\r\nBcc: x@example.com"}
    send("supplement_requested", {"review": review, "supplement": {"deadline": "2026-03-16"}})
    (letter,) = letters(tmp_path)
    assert "章程: 缺第三页; 请补齐 Bcc: x@example.com" in letter
    assert "2026-03-16" in letter


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("application_received", "/status"),
        ("supplement_requested", "/status"),
        ("supplement_reminder", "/status"),
        ("supplement_expired", "/status"),
        ("agreement_ready", "/agreement"),
        ("agreement_reminder", "/agreement"),
        ("agreement_expired", "/status"),
    ],
)
def test_a_letter_leads_to_the_page_where_the_customer_goes_on(
    send: Send, tmp_path: Path, template: str, page: str
) -> None:
    send(template, OPENED)  # an activation of the case must not turn up in other letters
    assert f"https://bank.example{page}\n" in letters(tmp_path)[0]


@pytest.mark.parametrize("template", ["agreement_ready", "agreement_reminder", "agreement_expired"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_letters_about_the_agreement_tell_the_last_day_to_sign(
    send: Send, tmp_path: Path, template: str, language: str
) -> None:
    application = enterprise(contact=ADDRESS, language=language)
    agreement = {"deadline": "2026-03-07T04:00:00Z"}
    send(template, OPENED | {"application": application, "agreement": agreement})
    assert "2026-03-07 12:00" in letters(tmp_path)[0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-16T04:00:00Z", "2026-03-16 12:00"),
        ("2026-03-16T06:00:00+02:00", "2026-03-16 12:00"),
        ("2026-03-16T12:00:00@Asia/Shanghai", "2026-03-16 12:00"),
        ("2026-03-16", "2026-03-16"),
        ("2026-03-16T12:00:00@Nowhere/Land", "2026-03-16T12:00:00@Nowhere/Land"),
        ("下周一", "下周一"),
    ],
)
def test_a_deadline_is_told_by_the_clock_in_shanghai_however_the_case_writes_it(written: str, shown: str) -> None:
    assert moment_shown(written) == shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_letter_without_a_deadline_is_still_a_sentence(language: str) -> None:
    letter = compose("agreement_ready", language, {"case_number": "AO-1", "link": "L"})
    assert ("规定期限届满前签署" in letter.body) is (language == "zh")
    assert ("sign it by the end of the period set for it" in letter.body) is (language == "en")


def test_a_rejection_gives_no_reason(send: Send, tmp_path: Path) -> None:
    send("application_rejected", {"review": {"reason": "命中制裁名单"}})
    assert "制裁" not in letters(tmp_path)[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_letter_tips_the_customer_off_whatever_the_case_holds(send: Send, tmp_path: Path, language: str) -> None:
    case = {
        "application": enterprise(contact=ADDRESS, language=language),
        "screening": {"result": "review", "hits": [{"reason_zh": "命中制裁名单", "reason_en": "sanctions list"}]},
        "rating": {"band": "high", "due_diligence": "enhanced"},
        "closing": {"reason": "可疑交易", "kind": "suspicious"},
        "review": {
            "reason": "名单筛查待核实",
            "items": [
                {"document": "章程", "deficiency": "缺第三页"},
                {"document": "资金来源说明", "deficiency": "Possible PEP"},
            ],
        },
    }
    for key, template in enumerate(sorted(TEMPLATES)):
        send(template, OPENED | case, key=key)
    written = letters(tmp_path)
    assert len(written) == len(TEMPLATES)
    assert [letter for letter in written if tips_off(letter)] == []
    assert len([letter for letter in written if "章程: 缺第三页\n" in letter]) == 2  # request and reminder


@pytest.mark.parametrize("word", ["命中", "可疑", "Sanctions", "money laundering", "a PEP"])
def test_words_of_screening_tip_off(word: str) -> None:
    assert tips_off(f"请说明（{word}）")


@pytest.mark.parametrize("word", ["股东名单", "经营范围", "repeated", "display the licence"])
def test_words_of_everyday_letters_do_not_tip_off(word: str) -> None:
    assert not tips_off(word)


def test_braces_in_a_name_are_only_text(send: Send, tmp_path: Path) -> None:
    application = enterprise(contact=ADDRESS) | {"applicant_name": "{link} {0}"}
    send("application_received", {"application": application})
    assert "{link} {0}" in letters(tmp_path)[0]


@pytest.mark.parametrize("address", ["", "office", "张@例子.com", "a@example.com\r\nBcc: b@example.com"])
def test_without_an_address_that_works_nothing_is_sent_and_the_result_says_so(
    send: Send, tmp_path: Path, address: str
) -> None:
    done = send("application_received", {"application": enterprise(contact={"name": "李四", "email": address})})
    assert (told(done)["channel"], told(done)["sent_at"]) == ("none", None)
    assert letters(tmp_path) == []


def test_a_mail_system_that_is_down_is_tried_again_and_then_shown(send: Send, control: SimulatorControl) -> None:
    control.set("mail", mode="down")
    assert isinstance(send("application_received"), Failed)
    shown = send("application_received", attempt=3, last=True)
    assert isinstance(shown, BpmnError)
    assert shown.code == "NOTIFICATION_UNAVAILABLE"


def test_once_mail_works_again_the_waiting_letter_is_sent(
    send: Send, control: SimulatorControl, tmp_path: Path
) -> None:
    control.set("mail", mode="down")
    send("application_received")
    control.set("mail", mode="ok")
    assert told(send("application_received", attempt=2))["channel"] == "email"
    assert len(letters(tmp_path)) == 1


def test_an_unknown_template_fails_with_its_name(send: Send) -> None:
    failed = send("welcome")
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
