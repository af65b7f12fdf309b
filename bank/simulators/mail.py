"""Letters as files in `home/outbox` (the default: nothing leaves the machine), or over SMTP."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bank.simulators.control import SimulatorControl
from bank.systems import Mail, SystemUnavailable

_SENDER = "kaihu@localhost"
_TIMEOUT_SECONDS = 20.0  # below the lease of the job that sends


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Where and as whom letters are sent. `user` empty: without signing in."""

    host: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = ""
    sender: str = _SENDER

    @classmethod
    def from_url(cls, url: str) -> SmtpSettings:
        """Settings from `smtp://user:password@host:port`; `?starttls=0` for a relay on the same machine."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or 587,
            starttls=parse_qs(parts.query).get("starttls") != ["0"],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def message_of(mail: Mail, sender: str, message_id: str) -> EmailMessage:
    """The letter as RFC 5322 message; line breaks in subject or address are refused by the email package."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{message_id}@kaihu>"
    message.set_content(mail.body)
    return message


def _name(idempotency_key: str) -> str:
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]


class FileMail:
    """One `.eml` and one readable `.txt` per letter; the name is made from the key, so a repeat changes nothing."""

    def __init__(self, home: Path, control: SimulatorControl) -> None:
        self._folder = home / "outbox"
        self._control = control

    def send(self, mail: Mail, *, idempotency_key: str) -> None:
        """Write the letter unless it is there. Raises SystemUnavailable as the control file demands."""
        self._control.behave("mail", idempotency_key)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = _name(idempotency_key)
        if (self._folder / f"{name}.eml").exists():
            return
        readable = f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.body}\n"
        (self._folder / f"{name}.txt").write_text(readable, encoding="utf-8")
        partial = self._folder / f"{name}.partial"  # the .eml appears whole, and last
        partial.write_bytes(message_of(mail, _SENDER, name).as_bytes())
        partial.replace(self._folder / f"{name}.eml")


class SmtpMail:
    """Sends over SMTP; a file per key in `home/sent` keeps a repeated job from sending twice.

    Between the server's acceptance and the file lies a moment: a crash there sends again, with the same Message-ID.
    """

    def __init__(self, settings: SmtpSettings, home: Path) -> None:
        self._settings = settings
        self._folder = home / "sent"

    def send(self, mail: Mail, *, idempotency_key: str) -> None:
        """Send once per key. Raises SystemUnavailable when the server refuses or does not answer."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = _name(idempotency_key)
        if (self._folder / name).exists():
            return
        try:
            self._deliver(message_of(mail, self._settings.sender, name))
        except (OSError, smtplib.SMTPException) as error:
            raise SystemUnavailable(system="mail", reason=type(error).__name__) from error
        (self._folder / name).touch()

    def _deliver(self, message: EmailMessage) -> None:
        with smtplib.SMTP(self._settings.host, self._settings.port, timeout=_TIMEOUT_SECONDS) as server:
            if self._settings.starttls:
                server.starttls(context=ssl.create_default_context())  # the bare call checks no certificate
            if self._settings.user:
                server.login(self._settings.user, self._settings.password)
            server.send_message(message)
