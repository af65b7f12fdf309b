"""The outbox: on record before it leaves, and sent once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bank.notifications import Channel, Letter, Notification, Outbox, State
from bank.simulators.control import SimulatorControl
from bank.simulators.mail import FileMail
from bank.systems import Mail, MailTransport, SystemUnavailable
from persistence.database import Database
from tests.conftest import NOON, TestClock

CASE = "AO-20260302-0001"
LETTER = Letter(subject="账户已开立", body="请激活：https://bank.example/activate/secret", secrets=("secret",))


class Carried:
    """A mail system that notes what it carries, and may be disturbed on the way."""

    def __init__(self) -> None:
        self.mails: list[tuple[Mail, str]] = []
        self.before: Callable[[], object] = lambda: None
        self.after: Callable[[], object] = lambda: None

    def send(self, mail: Mail, *, idempotency_key: str) -> None:
        self.before()
        self.mails.append((mail, idempotency_key))
        self.after()


class Crash(Exception):
    """The process dies."""


def crash() -> None:
    raise Crash


@pytest.fixture
def mail() -> Carried:
    return Carried()


@pytest.fixture
def outbox(database: Database, clock: TestClock, mail: Carried) -> Outbox:
    return Outbox(database, clock, mail)


def deliver(
    outbox: Outbox, letter: Letter = LETTER, *, to: str | None = "office@example.com", key: str = "job-7"
) -> Notification:
    return outbox.deliver(
        letter, business_key=CASE, template="account_opened", language="zh", to=to, idempotency_key=key
    )


def kept(outbox: Outbox, database: Database) -> list[Notification]:
    with database.reading() as connection:
        return outbox.of_case(connection, CASE)


def test_a_delivered_letter_is_on_record_as_sent(outbox: Outbox, mail: Carried, database: Database) -> None:
    sent = deliver(outbox)
    assert (sent.state, sent.channel, sent.attempts) == (State.SENT, Channel.EMAIL, 1)
    assert (sent.queued_at, sent.sent_at) == (NOON, NOON)
    assert (sent.address, sent.subject, sent.template) == ("office@example.com", "账户已开立", "account_opened")
    assert kept(outbox, database) == [sent]
    assert mail.mails == [(Mail(to="office@example.com", subject=LETTER.subject, body=LETTER.body), "job-7")]


def test_the_letter_is_on_record_before_it_leaves(outbox: Outbox, mail: Carried, database: Database) -> None:
    seen: list[Notification] = []
    mail.before = lambda: seen.extend(kept(outbox, database))
    deliver(outbox)
    assert [(letter.state, letter.subject, letter.sent_at) for letter in seen] == [(State.QUEUED, "账户已开立", None)]


def test_a_letter_delivered_again_under_its_key_is_not_sent_again(
    outbox: Outbox, mail: Carried, clock: TestClock
) -> None:
    first = deliver(outbox)
    clock.pass_by(days=1)
    assert deliver(outbox) == first
    assert len(mail.mails) == 1


@pytest.mark.requirement("R026")
def test_secrets_leave_with_the_letter_and_stay_off_the_record(outbox: Outbox, mail: Carried) -> None:
    sent = deliver(outbox)
    assert "secret" in mail.mails[0][0].body
    assert "secret" not in sent.body
    assert sent.body.startswith("请激活：https://bank.example/activate/")


def test_a_case_without_an_address_has_its_letter_on_record_only(
    outbox: Outbox, mail: Carried, database: Database
) -> None:
    unsent = deliver(outbox, to=None)
    assert (unsent.state, unsent.channel, unsent.attempts) == (State.UNDELIVERABLE, Channel.NONE, 0)
    assert (unsent.address, unsent.sent_at) == ("", None)
    assert deliver(outbox, to=None) == unsent
    assert kept(outbox, database) == [unsent]
    assert mail.mails == []


def test_an_address_found_later_delivers_the_same_letter(outbox: Outbox, mail: Carried, database: Database) -> None:
    unsent = deliver(outbox, to=None)
    sent = deliver(outbox)
    assert (sent.key, sent.state, sent.address) == (unsent.key, State.SENT, "office@example.com")
    assert len(mail.mails) == len(kept(outbox, database)) == 1


def test_while_mail_is_down_the_letter_waits_and_every_attempt_counts(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    control = SimulatorControl(tmp_path)
    outbox = Outbox(database, clock, FileMail(tmp_path, control))
    control.set("mail", mode="down")
    for attempt in (1, 2):
        with pytest.raises(SystemUnavailable):
            deliver(outbox)
        (waiting,) = kept(outbox, database)
        assert (waiting.state, waiting.attempts, waiting.sent_at) == (State.QUEUED, attempt, None)
    control.set("mail", mode="ok")
    assert deliver(outbox).attempts == 3
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


def test_what_is_on_record_is_what_left(outbox: Outbox, mail: Carried) -> None:
    mail.before = crash
    with pytest.raises(Crash):
        deliver(outbox, to="old@example.com")
    mail.before = lambda: None
    assert deliver(outbox, to="new@example.com").address == mail.mails[0][0].to == "new@example.com"


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_key(
    outbox: Outbox, mail: Carried, database: Database
) -> None:
    mail.after = crash
    with pytest.raises(Crash):
        deliver(outbox)
    assert [letter.state for letter in kept(outbox, database)] == [State.QUEUED]
    mail.after = lambda: None
    assert deliver(outbox).state is State.SENT
    assert [key for _, key in mail.mails] == ["job-7", "job-7"]


def test_the_mail_folder_drops_what_a_crash_makes_it_carry_twice(
    database: Database, clock: TestClock, tmp_path: Path
) -> None:
    folder = FileMail(tmp_path, SimulatorControl(tmp_path))

    class Interrupted:
        def send(self, mail: Mail, *, idempotency_key: str) -> None:
            folder.send(mail, idempotency_key=idempotency_key)
            crash()

    with pytest.raises(Crash):
        deliver(Outbox(database, clock, Interrupted()))
    assert deliver(Outbox(database, clock, folder)).state is State.SENT
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


def test_a_letter_another_worker_is_sending_is_left_to_it(outbox: Outbox, mail: Carried) -> None:
    refused: list[str] = []

    def second_worker() -> None:
        with pytest.raises(SystemUnavailable) as error:
            deliver(outbox)
        refused.append(error.value.message("en"))

    mail.before = second_worker
    assert deliver(outbox).state is State.SENT
    assert len(mail.mails) == 1
    assert "another worker" in refused[0]


def test_a_letter_whose_worker_never_came_back_is_sent_by_the_next(
    outbox: Outbox, mail: Carried, clock: TestClock
) -> None:
    def hang() -> None:
        mail.before = lambda: None
        clock.pass_by(minutes=1)
        deliver(outbox)

    mail.before = hang
    late = deliver(outbox)
    assert (late.state, late.attempts) == (State.SENT, 2)
    assert [key for _, key in mail.mails] == ["job-7", "job-7"]


def test_two_workers_with_one_letter_at_once_send_it_once(database: Database, clock: TestClock, mail: Carried) -> None:
    ready, answers = threading.Barrier(2), []

    def work(transport: MailTransport) -> None:
        outbox = Outbox(database, clock, transport)
        ready.wait()
        try:
            answers.append(deliver(outbox).state.value)
        except SystemUnavailable:
            answers.append("refused")

    workers = [threading.Thread(target=work, args=(mail,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail.mails) == 1
    assert "sent" in answers
    assert set(answers) <= {"sent", "refused"}


def test_the_letters_of_a_case_come_in_the_order_they_were_written(outbox: Outbox, database: Database) -> None:
    for key in ("job-9", "job-8"):
        deliver(outbox, key=key)
    assert [letter.idempotency_key for letter in kept(outbox, database)] == ["job-9", "job-8"]
    with database.reading() as connection:
        assert outbox.of_case(connection, "AO-20260302-0002") == []


def test_nothing_personal_shows_in_logs(outbox: Outbox) -> None:
    shown = repr(deliver(outbox)) + repr(LETTER)
    for personal in ("office@example.com", "账户已开立", "请激活"):
        assert personal not in shown
