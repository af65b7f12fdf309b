"""A customer's way through the pages, from the application to the open account, and what can go wrong on it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from bank.accounts import AccountStatus
from bank.applications import Status
from bank.notifications.tipping_off import tips_off
from engine.journal import Outcome
from engine.model.actor import Actor
from persistence.database import Database
from persistence.schema import metadata
from tests.conftest import TestClock
from tests.forms.submissions import VALID
from tests.web.conftest import Site, token
from tests.web.opening import (
    SUPPLEMENT,
    Opening,
    application,
    apply,
    entered,
    hidden,
    open_bank,
    paper,
    send,
)


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opening]:
    """One bank for the tests of this file, each with cases of its own."""
    home = tmp_path_factory.mktemp("home")
    database = Database(f"sqlite:///{home / 'kaihu.db'}")
    metadata.create_all(database.engine)
    with open_bank(database, TestClock(), home) as opened:
        yield opened
    database.close()


def upload(client: FlaskClient, code: str, content: bytes, name: str = "scan.pdf", **fields: str) -> Any:
    """Hand in one file under a code of the checklist."""
    page = client.get("/status/documents").text
    data = {"csrf_token": hidden(page, "csrf_token"), "step": hidden(page, "step"), **fields}
    return client.post("/status/documents", data={**data, code: (io.BytesIO(content), name)})


def sign(opening: Opening, client: FlaskClient, *, seconds: float = 60, **fields: str) -> Any:
    """Read the agreement for some seconds, then sign."""
    page = client.get("/agreement").text
    opening.clock.pass_by(seconds=seconds)
    typed = {"content": hidden(page, "content"), "signed_by": "陆知秋", "agreed": "yes"}
    return send(client, "/agreement", page, **(typed | fields))


def ready_to_sign(opening: Opening) -> tuple[FlaskClient, str]:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "countersign_agreement")
    return client, number


def ready_to_activate(opening: Opening) -> tuple[FlaskClient, str]:
    client, number = ready_to_sign(opening)
    assert sign(opening, client).status_code == 303
    opening.work(number, "countersign_agreement")
    opening.work(number, "set_up_account")
    return client, number


def status_of(opening: Opening, number: str) -> Status:
    with opening.database.reading() as connection:
        return opening.bank.applications.get(connection, number).status


@pytest.mark.requirement("R020")
@pytest.mark.requirement("R024")
@pytest.mark.requirement("R026")
@pytest.mark.requirement("R020", "R024", "R026")
def test_a_customer_opens_an_account_through_the_pages(database: Database, clock: TestClock, tmp_path: Path) -> None:
    with open_bank(database, clock, tmp_path) as opening:
        client = opening.browser()
        number, code = apply(client)
        send(client, "/status", to="/status/sign-out")
        assert send(client, "/status", number=number, code=code).status_code == 303

        opening.work_until(number, "collect_documents")
        assert upload(client, "id_document", paper("front"), "front.pdf").status_code == 303
        assert "front.pdf" in client.get("/status").text
        opening.work(number, "collect_documents")

        opening.work(number, "review_documents", SUPPLEMENT)
        held = opening.sees(number, "supplement_documents")["documents"]["id_document"]
        assert "反面缺失，请重新扫描" in client.get("/status/documents").text
        assert upload(client, "id_document", paper("back"), "back.pdf", note="已补反面").status_code == 303
        after = opening.sees(number, "review_documents")
        assert after["documents"]["id_document"][:-1] == held
        assert after["supplement"]["round"] == 1
        assert after["supplement_received"]["note"] == "已补反面"

        for element in ("review_documents", "approve_fast_lane", "prepare_agreement"):
            opening.work(number, element)
        assert "前签署" in client.get("/status").text
        page = client.get("/agreement").text
        assert page.index("360.50") < page.index("超过限额须重新审批") < page.index("签署人姓名")
        assert sign(opening, client, seconds=75).status_code == 303
        opening.work(number, "countersign_agreement")
        with database.reading() as connection:
            [consent] = opening.bank.agreements.consents(connection, number)
        assert (consent.signed_by, consent.read_seconds) == ("陆知秋", 75)

        opening.work(number, "set_up_account")
        link = opening.activation_link()
        assert send(opening.browser(), link).status_code == 200
        opening.work(number, "guide_customer")
        assert status_of(opening, number) is Status.OPENED
        assert "开户成功" in client.get("/status").text


@pytest.mark.requirement("R020")
def test_number_and_code_are_shown_once(opening: Opening) -> None:
    client = opening.browser()
    number, code = apply(client)
    assert opening.open_elements(number) >= {"identify_customer", "enter_individual_application"}
    again = client.get("/apply/received", follow_redirects=True).text
    assert number in again
    assert code not in again


@pytest.mark.parametrize(("language", "told"), [("zh", "网上申请暂未开放"), ("en", "not available yet")])
def test_before_the_bank_has_deployed_its_process_the_page_says_that_nobody_can_apply_yet(
    site: Site, language: str, told: str
) -> None:
    client = site.browser()
    data = {"csrf_token": token(client), "language": language, "next": "/apply"}
    client.post("/language", data=data)
    for answer in (client.get("/apply"), client.post("/apply", data=data)):
        assert answer.status_code == 503
        assert told in answer.text


@pytest.mark.requirement("R082")
def test_coming_in_with_number_and_code_is_recorded_and_so_is_a_refusal(opening: Opening) -> None:
    number, code = apply(opening.browser())
    typed = {"right": (number, code), "wrong": (number, "typed-by-mistake"), "unknown": ("typed-by-mistake", code)}
    for entered_number, entered_code in typed.values():
        send(opening.browser(), "/status", number=entered_number, code=entered_code)
    lines = opening.engine.history.operations(opening.staff("reviewer"), limit=3)
    unknown, wrong, right = [(each.action, each.outcome, each.actor, each.detail) for each in lines]
    assert right == ("customer_sign_in", Outcome.DONE, Actor.customer(number), "")
    assert wrong == ("customer_sign_in", Outcome.REFUSED, Actor.system("customer_sign_in"), f"case {number}")
    assert unknown == ("customer_sign_in", Outcome.REFUSED, Actor.system("customer_sign_in"), "")
    assert "mistake" not in repr(lines)
    assert code not in repr(lines)


def test_the_channel_is_online_whatever_the_page_sends(opening: Opening) -> None:
    client = opening.browser()
    assert "application.channel" not in client.get("/apply").text
    number, _ = apply(client, **{"application.channel": "counter"})
    assert opening.sees(number, "enter_individual_application")["application"]["channel"] == "online"


def test_a_form_sent_twice_is_one_application(opening: Opening) -> None:
    client = opening.browser()
    page = client.get("/apply").text
    data = {name: hidden(page, name) for name in ("csrf_token", "_idempotency_key")} | application()
    numbers = []
    for _ in range(2):
        assert client.post("/apply", data=data).status_code == 303
        with client.session_transaction() as session:
            numbers.append(session["fresh_case"])
    assert numbers[0] == numbers[1]


def test_another_browser_cannot_repeat_an_application(opening: Opening) -> None:
    first, second = opening.browser(), opening.browser()
    key = hidden(first.get("/apply").text, "_idempotency_key")
    numbers = []
    for client in (first, second):
        token = hidden(client.get("/apply").text, "csrf_token")
        client.post("/apply", data={"csrf_token": token, "_idempotency_key": key} | application())
        with client.session_transaction() as session:
            numbers.append(session["fresh_case"])
    assert numbers[0] != numbers[1]


def test_a_form_with_errors_names_the_fields_and_uses_up_no_number(opening: Opening) -> None:
    client = opening.browser()
    before, _ = apply(opening.browser())
    answer = send(client, "/apply", **application(**{"application.contact.email": ""}))
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "陆知秋" in answer.text
    after, _ = apply(opening.browser())
    assert int(after[-4:]) == int(before[-4:]) + 1


def test_an_unknown_number_and_a_wrong_code_get_the_same_answer(opening: Opening) -> None:
    number, code = apply(opening.browser())
    client = opening.browser()
    answers = [
        send(client, "/status", number=number, code="wrong"),
        send(client, "/status", number="AO-20200101-0001", code=code),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    texts = [answer.text.replace(number, "").replace("AO-20200101-0001", "") for answer in answers]
    assert "不符" in texts[0]
    assert _without_token(texts[0]) == _without_token(texts[1])


def _without_token(page: str) -> str:
    return page.replace(hidden(page, "csrf_token"), "")


def test_number_and_code_may_be_typed_in_other_letters_and_with_blanks(opening: Opening) -> None:
    number, code = apply(opening.browser())
    answer = send(opening.browser(), "/status", number=f" {number.lower()} ", code=f" {code.upper()} ")
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/agreement", "/status/documents", "/status/withdraw", "/activate"])
def test_without_number_and_code_every_page_asks_for_them(opening: Opening, path: str) -> None:
    answer = opening.browser().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/status")


@pytest.mark.parametrize("path", ["/agreement", "/status/documents", "/activate"])
def test_a_page_for_which_it_is_not_time_leads_back_to_the_status(opening: Opening, path: str) -> None:
    client = opening.browser()
    apply(client)
    assert client.get(path).headers["Location"] == "/status"
    assert "目前" in client.get("/status").text


def test_half_an_hour_without_a_click_ends_the_visit(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client)
    opening.clock.pass_by(minutes=29)
    assert number in client.get("/status").text
    opening.clock.pass_by(minutes=31)
    assert number not in client.get("/status").text


def test_pages_are_not_kept_by_browsers(opening: Opening) -> None:
    client = opening.browser()
    apply(client)
    assert client.get("/status").headers["Cache-Control"] == "no-store"


def test_a_customer_never_learns_of_a_screening_hit(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client, **{"application.applicant_name": "张伟"})
    entry = entered(number, name="张伟", name_pinyin="ZHANG WEI")
    opening.work(number, "enter_individual_application", entry)
    assert "clear_screening_hits" in opening.open_elements(number)
    page = client.get("/status").text
    assert "我们正在办理您的申请" in page
    assert not tips_off(page[page.index("<main") : page.index("</main")])


def test_an_application_is_withdrawn_only_after_the_question(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "collect_documents")
    page = client.get("/status/withdraw").text
    assert status_of(opening, number) is Status.SUBMITTED
    for _ in range(2):
        assert send(client, "/status/withdraw", page, reason="改变主意").status_code == 303
    opening.executor.run_until_idle()
    assert status_of(opening, number) is Status.WITHDRAWN
    assert "申请已撤回" in client.get("/status").text
    assert "/status/withdraw" not in client.get("/status").text


@pytest.mark.parametrize("content", [b"", b"just words"])
def test_a_file_that_is_no_document_is_refused_at_its_field_and_nothing_is_kept(
    opening: Opening, content: bytes
) -> None:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "collect_documents")
    answer = upload(client, "id_document", content)
    assert answer.status_code == 400
    assert 'id="error-id_document"' in answer.text
    with opening.database.reading() as connection:
        assert opening.bank.documents.of_case(connection, number) == []


def test_handing_in_nothing_is_refused(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "collect_documents")
    step = hidden(client.get("/status/documents").text, "step")
    answer = send(client, "/status/documents", step=step)
    assert answer.status_code == 400
    assert "请至少选择一个文件" in answer.text


def in_supplement(opening: Opening) -> tuple[FlaskClient, str]:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "review_documents")
    opening.work(number, "review_documents", SUPPLEMENT)
    return client, number


def test_a_customer_of_the_counter_follows_the_case_and_brings_the_supplement_to_the_branch(opening: Opening) -> None:
    with opening.database.transaction() as transaction:
        number = opening.bank.applications.new_number(transaction.connection)
        code = opening.bank.applications.issue_access_code(transaction.connection, number)
    typed = {"kind": "individual", "channel": "counter", "account_type": "class_2", "applicant_name": "陆知秋"}
    form = {"application": {**VALID["new_application"]["application"], **typed}}
    manager = opening.staff("relationship_manager")
    opening.engine.process_instances.start(manager, "account_opening", business_key=number, form_data=form)
    client = opening.browser()
    assert send(client, "/status", number=number, code=code).status_code == 303
    opening.work_until(number, "review_documents")
    opening.work(number, "review_documents", SUPPLEMENT)
    assert "请到网点补充资料" in client.get("/status").text
    assert client.get("/status/documents").headers["Location"] == "/status"


@pytest.mark.requirement("R082")
def test_a_new_access_code_ends_visits_begun_with_the_earlier_one(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client)
    assert number in client.get("/status").text
    with opening.database.transaction() as transaction:
        code = opening.bank.applications.issue_access_code(transaction.connection, number)
    question = client.get("/status/withdraw")
    assert (question.status_code, question.headers["Location"]) == (303, "/status")
    assert number not in client.get("/status").text
    assert send(client, "/status", number=number, code=code).status_code == 303
    assert number in client.get("/status").text


def test_what_would_tip_the_customer_off_is_not_shown_as_missing(opening: Opening) -> None:
    client = opening.browser()
    number, _ = apply(client)
    opening.work_until(number, "review_documents")
    items = [{"document": "资金来源证明", "deficiency": "名单筛查命中，请说明"}]
    opening.work(number, "review_documents", {"review": {**SUPPLEMENT["review"], "items": items}})
    page = client.get("/status/documents").text
    assert "名单筛查" not in page
    assert "身份证复印件不清晰" in page


@pytest.mark.requirement("R079")
def test_a_supplement_sent_twice_counts_once(opening: Opening) -> None:
    client, number = in_supplement(opening)
    page = client.get("/status/documents").text
    fields = {"step": hidden(page, "step")}
    for _ in range(2):
        answer = send(client, "/status/documents", page, **fields, id_document=(io.BytesIO(paper("b")), "b.pdf"))
        assert answer.headers["Location"] == "/status"
    assert "资料已收到" in client.get("/status").text
    assert len(opening.sees(number, "review_documents")["documents"]["id_document"]) == 2


@pytest.mark.requirement("R079")
def test_a_supplement_for_an_earlier_request_is_shown_the_present_one(opening: Opening) -> None:
    client, number = in_supplement(opening)
    page = client.get("/status/documents").text
    old = hidden(page, "step")
    upload(client, "id_document", paper("b"))
    opening.work(number, "review_documents", SUPPLEMENT)
    answer = send(client, "/status/documents", page, step=old, id_document=(io.BytesIO(paper("c")), "c.pdf"))
    assert answer.status_code == 409
    assert "supplement_documents" in opening.open_elements(number)


@pytest.mark.requirement("R024")
@pytest.mark.parametrize(
    ("seconds", "typed", "said"),
    [
        (60, {"signed_by": " "}, "请填写签署人的完整姓名"),
        (60, {"signed_by": "别人"}, "仅限申请人本人"),
        (60, {"agreed": ""}, "请确认您已阅读"),
        (1, {}, "请仔细阅读协议"),
    ],
)
def test_an_agreement_is_signed_only_by_name_with_consent_and_after_reading(
    opening: Opening, seconds: int, typed: dict[str, str], said: str
) -> None:
    client, number = ready_to_sign(opening)
    answer = sign(opening, client, seconds=seconds, **typed)
    assert answer.status_code == 400
    assert said in answer.text
    assert "sign_agreement" in opening.open_elements(number)


@pytest.mark.requirement("R023")
@pytest.mark.requirement("R024")
def test_an_agreement_whose_terms_have_changed_must_be_read_again(opening: Opening) -> None:
    client, number = ready_to_sign(opening)
    old = client.get("/agreement").text
    sign(opening, client)
    returned = {"countersign_decision": "return", "countersign_reason": "收费有误，请更正"}
    opening.work(number, "countersign_agreement", {"agreement": returned})
    terms = {**VALID["agreement_preparation"]["agreement"], "annual_fee_fen": "100.00"}
    opening.work(number, "prepare_agreement", {"agreement": terms})
    answer = send(client, "/agreement", old, content=hidden(old, "content"), signed_by="陆知秋", agreed="yes")
    assert answer.status_code == 409
    assert "协议内容已有变动" in answer.text
    assert "100.00" in answer.text
    assert sign(opening, client, seconds=1).status_code == 400  # reading began anew
    assert "sign_agreement" in opening.open_elements(number)


def test_signing_twice_counts_once(opening: Opening) -> None:
    client, number = ready_to_sign(opening)
    page = client.get("/agreement").text
    opening.clock.pass_by(seconds=60)
    for _ in range(2):
        answer = send(client, "/agreement", page, content=hidden(page, "content"), signed_by="陆知秋", agreed="yes")
        assert answer.headers["Location"] == "/status"
    assert "countersign_agreement" in opening.open_elements(number)
    assert "协议已签署" in client.get("/status").text


@pytest.mark.requirement("R026")
def test_opening_the_activation_link_activates_nothing_and_shows_only_the_end_of_the_number(opening: Opening) -> None:
    _, number = ready_to_activate(opening)
    page = opening.browser().get(opening.activation_link()).text
    opening.executor.run_until_idle()
    with opening.database.reading() as connection:
        account = opening.bank.accounts.of_case(connection, number)
    assert account
    assert account.status is AccountStatus.PENDING_ACTIVATION
    assert account.number not in page
    assert account.number[-4:] in page


@pytest.mark.requirement("R026")
def test_a_used_an_overdue_and_an_unknown_link_each_have_their_page(opening: Opening) -> None:
    ready_to_activate(opening)
    used, stranger = opening.activation_link(), opening.browser()
    assert send(stranger, used).status_code == 200
    opening.executor.run_until_idle()
    ready_to_activate(opening)
    overdue = opening.activation_link()
    opening.clock.pass_by(days=31)
    pages = [stranger.get(path) for path in (used, overdue, "/activate/nothing-we-sent")]
    assert [page.status_code for page in pages] == [410, 410, 404]
    assert ["已使用" in pages[0].text, "已失效" in pages[1].text, "无法识别" in pages[2].text] == [True] * 3


@pytest.mark.requirement("R026")
def test_a_customer_without_the_letter_activates_from_the_status_page(opening: Opening) -> None:
    client, number = ready_to_activate(opening)
    page = client.get("/status").text
    assert "/activate" in page
    assert f'请于 <span class="number">{opening.clock.now() + dt.timedelta(days=30):%Y-%m-%d}</span> 前激活' in page
    assert send(client, "/activate").status_code == 200
    opening.executor.run_until_idle()
    assert "guide_customer" in opening.open_elements(number)
    assert "账户已激活" in client.get("/status").text
    assert "/status/withdraw" not in client.get("/status").text


def test_applications_and_wrong_codes_are_limited_by_address(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    limits = {"application_limit": "2 per hour", "sign_in_limit": "3 per minute"}
    with open_bank(database, clock, tmp_path, **limits) as opening:
        client = opening.browser()
        tried = [send(client, "/status", number="x", code="y").status_code for _ in range(4)]
        applied = [send(client, "/apply", **application()).status_code for _ in range(3)]
    assert tried == [403, 403, 403, 429]
    assert applied == [303, 303, 429]
