"""Settings from the environment; the README's table lists them and a test keeps the two alike."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from persistence.errors import KaihuError

LANGUAGES = ("zh", "en")
LOG_FORMATS = ("auto", "json", "text")
_SECRET_BYTES = 32
_MOST_PROXIES = 5  # more in a row is a mistake, and each one trusted in vain is a place to forge an address from
_MOST_JOB_THREADS = 32  # each may hold a connection, of which a process has 48 at most; more work takes more processes
_JOB_LEASES = range(3, 301)  # seconds; renewed three times as often, and a busy computer may be a second late
_HIGHEST_PORT = 65_535


class SettingWrong(KaihuError):
    """An environment variable holds what Kaihu cannot use. Fields: `name`, `allowed`."""

    code = "setting_wrong"
    en = "The setting {name} is not usable. Allowed: {allowed}."
    zh = "环境变量 {name} 的取值无效，允许的取值：{allowed}。"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this Kaihu runs."""

    home: Path
    """KAIHU_HOME: database, documents, outbox and secret live here (default `.kaihu` in the working folder)."""
    database_url: str
    """KAIHU_DATABASE_URL: `sqlite:///…` or `postgresql://…` (default: `kaihu.db` in the home)."""
    language: str
    """KAIHU_LANGUAGE: `zh` or `en`, for the command line and for pages before anyone chose (default zh)."""
    zone: ZoneInfo
    """KAIHU_ZONE: the bank's time zone (default Asia/Shanghai)."""
    smtp_url: str | None
    """KAIHU_SMTP_URL: `smtp://user:password@host:port`; without it, mail is written into the home's outbox."""
    public_url: str
    """KAIHU_PUBLIC_URL: where customers reach the pages, for links in mail (default http://127.0.0.1:8000)."""
    secure_cookies: bool
    """KAIHU_SECURE_COOKIES: `1` behind TLS, so that session cookies travel over it only (default 0)."""
    trusted_proxies: int = 0
    """KAIHU_TRUSTED_PROXIES: how many proxies of the bank stand before the pages; their word on who asks is taken."""
    log_format: str = "auto"
    """KAIHU_LOG_FORMAT: `json`, `text`, or `auto`: text on a terminal, JSON elsewhere (default auto)."""
    metrics_address: tuple[str, int] | None = None
    """KAIHU_METRICS_ADDRESS: `host:port` that serves metrics and health to anyone who reaches it (default none)."""
    traces: bool = False
    """KAIHU_TRACES: `1` sends traces by OTLP, to where OpenTelemetry's own settings say (default 0)."""

    job_threads: int = 4
    """KAIHU_JOB_THREADS: how many jobs `serve` and `work` each have under way at the same time (default 4)."""
    job_lease: int = 6
    """KAIHU_JOB_LEASE: seconds without a sign of life after which a process's jobs are given to others (default 6)."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process. Raises SettingWrong."""
        home = Path(environ.get("KAIHU_HOME", ".kaihu")).expanduser().resolve()
        return cls(
            home=home,
            database_url=environ.get("KAIHU_DATABASE_URL") or f"sqlite:///{home / 'kaihu.db'}",
            language=_language(environ.get("KAIHU_LANGUAGE", "zh")),
            zone=_zone(environ.get("KAIHU_ZONE", "Asia/Shanghai")),
            smtp_url=environ.get("KAIHU_SMTP_URL") or None,
            public_url=environ.get("KAIHU_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            secure_cookies=environ.get("KAIHU_SECURE_COOKIES", "0") == "1",
            trusted_proxies=_count(environ.get("KAIHU_TRUSTED_PROXIES", "0")),
            log_format=_log_format(environ.get("KAIHU_LOG_FORMAT", "auto")),
            metrics_address=_address(environ.get("KAIHU_METRICS_ADDRESS", "")),
            traces=environ.get("KAIHU_TRACES", "0") == "1",
            job_threads=_job_threads(environ.get("KAIHU_JOB_THREADS", "4")),
            job_lease=_job_lease(environ.get("KAIHU_JOB_LEASE", "6")),
        )

    def secret(self) -> bytes:
        """KAIHU_SECRET, or the home's own secret, made at the first start and readable by its owner only."""
        given = os.environ.get("KAIHU_SECRET")
        if given:
            return given.encode()
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.home / "secret"
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_hex(_SECRET_BYTES).encode())
        return file.read_bytes()


def _language(name: str) -> str:
    if name not in LANGUAGES:
        raise SettingWrong(name="KAIHU_LANGUAGE", allowed=", ".join(LANGUAGES))
    return name


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingWrong(name="KAIHU_ZONE", allowed="Asia/Shanghai, Asia/Urumqi, …") from error


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= _MOST_PROXIES):
        raise SettingWrong(name="KAIHU_TRUSTED_PROXIES", allowed=f"0 … {_MOST_PROXIES}")
    return int(text)


def _job_threads(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST_JOB_THREADS):
        raise SettingWrong(name="KAIHU_JOB_THREADS", allowed=f"1 … {_MOST_JOB_THREADS}")
    return int(text)


def _job_lease(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) in _JOB_LEASES):
        raise SettingWrong(name="KAIHU_JOB_LEASE", allowed=f"{_JOB_LEASES.start} … {_JOB_LEASES[-1]}")
    return int(text)


def _log_format(name: str) -> str:
    if name not in LOG_FORMATS:
        raise SettingWrong(name="KAIHU_LOG_FORMAT", allowed=", ".join(LOG_FORMATS))
    return name


def _address(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT):
        raise SettingWrong(name="KAIHU_METRICS_ADDRESS", allowed="127.0.0.1:9464, [::1]:9464, …")
    return host.strip("[]"), int(port)
