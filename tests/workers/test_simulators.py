"""The simulated outside systems: deterministic, and as bad as the control file says."""

from __future__ import annotations

import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bank.checks.screening import Subject
from bank.simulators import build_systems
from bank.simulators.control import SimulatorControl
from bank.simulators.mail import FileMail, SmtpMail, SmtpSettings
from bank.simulators.registries import SimulatedEnterpriseRegistry
from bank.systems import AccountNotBooked, Mail, RegistryStatus, Systems, SystemUnavailable
from tests.conftest import NOON

LETTER = Mail(to="office@example.com", subject="账户已开立", body="请激活：https://bank.example/activate/1")


@pytest.fixture
def control(tmp_path: Path) -> SimulatorControl:
    return SimulatorControl(tmp_path)


@pytest.fixture
def systems(tmp_path: Path) -> Systems:
    return build_systems(tmp_path)


def test_everybody_is_known_unless_the_control_file_says_otherwise(systems: Systems, control: SimulatorControl) -> None:
    assert systems.residents.verify("王小明", "110101199001010015").status is RegistryStatus.MATCH
    control.set("resident_registry", not_found=["110101199001010015"])
    assert systems.residents.verify("王小明", "110101199001010015").status is RegistryStatus.NOT_FOUND


def test_a_register_names_the_fields_that_differ(systems: Systems, control: SimulatorControl) -> None:
    control.set("enterprise_registry", records={"91110000600037341L": {"name": "甲公司", "legal_representative": "乙"}})
    answer = systems.enterprises.verify("91110000600037341L", {"name": "甲公司", "legal_representative": "丙"})
    assert (answer.status, answer.differing) == (RegistryStatus.MISMATCH, ("legal_representative",))


def test_a_system_that_is_down_says_so_and_comes_back(systems: Systems, control: SimulatorControl) -> None:
    control.set("screening", mode="down")
    with pytest.raises(SystemUnavailable) as refused:
        systems.screening.screen([Subject("张伟")])
    assert refused.value.fields == {"system": "screening", "reason": "down"}
    control.set("screening", mode="ok")
    assert [hit.listed_name for hit in systems.screening.screen([Subject("張偉")]).hits] == ["张伟"]


def test_a_failing_system_answers_at_the_second_attempt(systems: Systems, control: SimulatorControl) -> None:
    control.set("enterprise_registry", mode="failing")
    with pytest.raises(SystemUnavailable):
        systems.enterprises.verify("91110000600037341L", {})
    assert systems.enterprises.verify("91110000600037341L", {}).status is RegistryStatus.MATCH


def test_a_slow_system_waits_as_long_as_it_is_told_and_no_longer_than_half_a_minute(tmp_path: Path) -> None:
    waited: list[float] = []
    control = SimulatorControl(tmp_path, sleep=waited.append)
    for seconds in (3, 900):
        control.set("enterprise_registry", mode="slow", seconds=seconds)
        SimulatedEnterpriseRegistry(control).verify("91110000600037341L", {})
    assert waited == [3.0, 30.0]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mail": 3}'])
def test_an_unreadable_control_file_changes_nothing(systems: Systems, tmp_path: Path, content: str) -> None:
    (tmp_path / "simulators.json").write_text(content, encoding="utf-8")
    systems.mail.send(LETTER, idempotency_key="job-1")
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


def test_one_key_is_filed_once_with_one_receipt(systems: Systems, tmp_path: Path) -> None:
    first = systems.filing.file_opening({"account_number": "1"}, idempotency_key="job-1", now=NOON)
    again = systems.filing.file_opening({"account_number": "1"}, idempotency_key="job-1", now=NOON.replace(hour=9))
    other = systems.filing.file_opening({"account_number": "2"}, idempotency_key="job-2", now=NOON)
    assert first == again
    assert other.reference != first.reference
    assert len(list((tmp_path / "filings").iterdir())) == 2


@pytest.mark.requirement("R025")
def test_an_account_number_is_booked_once_whichever_job_asks(systems: Systems, tmp_path: Path) -> None:
    first = systems.ledger.book_account({"account_number": "1"}, idempotency_key="job-1", now=NOON)
    again = systems.ledger.book_account({"account_number": "1"}, idempotency_key="job-2", now=NOON.replace(hour=9))
    assert first == again
    assert [file.suffix for file in (tmp_path / "ledger").iterdir()] == [".json"]


@pytest.mark.requirement("R026")
def test_an_account_is_closed_once_and_its_booking_stays(systems: Systems, tmp_path: Path) -> None:
    systems.ledger.book_account({"account_number": "1"}, idempotency_key="job-1", now=NOON)
    (booking,) = (tmp_path / "ledger").glob("*.json")
    booked = booking.read_bytes()
    first = systems.ledger.close_account("1", idempotency_key="job-2", now=NOON)
    again = systems.ledger.close_account("1", idempotency_key="job-3", now=NOON.replace(hour=9))
    assert first == again
    assert first.closed_at == NOON
    assert booking.read_bytes() == booked
    assert [file.name for file in (tmp_path / "ledger" / "closed").iterdir()] == [booking.name]


def test_an_account_that_was_never_booked_cannot_be_closed(systems: Systems, tmp_path: Path) -> None:
    systems.ledger.book_account({"account_number": "1"}, idempotency_key="job-1", now=NOON)
    with pytest.raises(AccountNotBooked):
        systems.ledger.close_account("2", idempotency_key="job-2", now=NOON)
    assert not (tmp_path / "ledger" / "closed").exists()


def test_a_letter_is_written_once_and_can_be_read(systems: Systems, tmp_path: Path) -> None:
    for _ in range(2):
        systems.mail.send(LETTER, idempotency_key="job-1")
    (written,) = (tmp_path / "outbox").glob("*.eml")
    message = email.message_from_bytes(written.read_bytes(), policy=email.policy.default)
    assert (message["To"], message["Subject"]) == (LETTER.to, LETTER.subject)
    assert message.get_content().strip() == LETTER.body
    assert LETTER.body in next((tmp_path / "outbox").glob("*.txt")).read_text(encoding="utf-8")


def test_no_header_can_be_smuggled_into_a_letter(tmp_path: Path, control: SimulatorControl) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        FileMail(tmp_path, control).send(
            Mail(to="a@example.com", subject="x\r\nBcc: b@example.com", body=""), idempotency_key="job-1"
        )
    assert list((tmp_path / "outbox").glob("*.eml")) == []


class _Server(socketserver.ThreadingTCPServer):
    """A mail server on loopback that takes everything."""

    allow_reuse_address = True
    daemon_threads = True
    received: list[bytes]


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        self.converse()

    def converse(self) -> None:
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                assert isinstance(self.server, _Server)
                self.server.received.append(b"".join(lines))
            elif command == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Session) as listening:
        listening.received = []
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def test_a_letter_goes_over_smtp_once_per_key(server: _Server, tmp_path: Path) -> None:
    mail = SmtpMail(SmtpSettings.from_url(f"smtp://127.0.0.1:{server.server_address[1]}?starttls=0"), tmp_path)
    for _ in range(2):
        mail.send(LETTER, idempotency_key="job-1")
    (received,) = server.received
    assert b"To: office@example.com" in received


def test_a_mail_server_that_is_gone_is_unavailable(server: _Server, tmp_path: Path) -> None:
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    mail = SmtpMail(SmtpSettings(host="127.0.0.1", port=port, starttls=False), tmp_path)
    with pytest.raises(SystemUnavailable):
        mail.send(LETTER, idempotency_key="job-1")
    assert list((tmp_path / "sent").iterdir()) == []


class _EncryptedSession(_Session):
    """Offers TLS under a certificate nobody vouches for, as somebody on the way would."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            if line[:8].upper() == b"STARTTLS":
                self.wfile.write(b"220 go on\r\n")
                break
            self.wfile.write(b"250-hello\r\n250 STARTTLS\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
        with suppress(OSError), context.wrap_socket(self.request, server_side=True) as encrypted:
            self.rfile, self.wfile = encrypted.makefile("rb"), encrypted.makefile("wb", buffering=0)
            self.converse()


@pytest.mark.requirement("R082")
def test_no_letter_goes_to_a_mail_server_nobody_vouches_for(server: _Server, tmp_path: Path) -> None:
    server.RequestHandlerClass = _EncryptedSession
    mail = SmtpMail(SmtpSettings(host="127.0.0.1", port=server.server_address[1]), tmp_path)
    with pytest.raises(SystemUnavailable):
        mail.send(LETTER, idempotency_key="job-1")
    assert server.received == []


def test_smtp_settings_are_read_from_a_url() -> None:
    settings = SmtpSettings.from_url("smtp://clerk%40bank:p%2Fw@mail.example:2525")
    assert (settings.host, settings.port, settings.user, settings.password, settings.starttls) == (
        "mail.example", 2525, "clerk@bank", "p/w", True,
    )  # fmt: skip
