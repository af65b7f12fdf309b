"""The real program, as a new user starts it: `kaihu serve --demo` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[3]
_LOGIN = re.compile(r"^  (\w+)\s+(\S+)  (\w+)  .+$")
_READY = "Kaihu: "
_PATIENCE_SECONDS = 60.0


class Program:
    """One home, served; what the program printed is all that is known of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{_free_port()}"
        self.passwords: dict[str, str] = {}
        """By role, as the first start printed them; `logins` has the names."""
        self.logins: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._printed: list[str] = []

    def start(self) -> None:
        """Start serving; returns once the program says so."""
        ready, port = threading.Event(), self.address.rpartition(":")[2]
        self._process = self._popen("serve", "--demo", "--port", port)
        threading.Thread(target=self._listen, args=(self._process, ready), daemon=True).start()
        assert ready.wait(_PATIENCE_SECONDS), self.printed
        assert self._process.poll() is None, self.printed

    def kill(self) -> None:
        """Kill it as a power failure would: it gets no chance to finish anything."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    @property
    def printed(self) -> str:
        """Everything it said, but no password."""
        return "".join(line for line in self._printed if not _LOGIN.match(line))

    def new_person(self, login: str, name_zh: str, name_en: str, *roles: str) -> str:
        """The administrator makes a person on the command line; the generated password."""
        names = ("--name-zh", name_zh, "--name-en", name_en, "--by", self.logins["administrator"])
        granted = [part for role in roles for part in ("--role", role)]
        password = self.passwords["administrator"]
        printed = self.command("user", login, *names, *granted, KAIHU_PASSWORD=password)
        made = re.search(rf"^{login}  (\S+)", printed, re.MULTILINE)
        assert made, "no password was printed"
        return made[1]

    def command(self, *arguments: str, **environment: str) -> str:
        """Another command on the same home, while the pages are served; what it prints."""
        command = self._popen(*arguments, **environment)
        printed, _ = command.communicate(timeout=_PATIENCE_SECONDS)
        assert command.returncode == 0, printed
        return printed

    def letters(self, number: str) -> list[str]:
        """The letters about one application, oldest first."""
        files = sorted((self.home / "outbox").glob("*.txt"), key=lambda file: file.stat().st_mtime_ns)
        return [text for text in (file.read_text("utf-8") for file in files) if number in text]

    def _popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        settings = {"KAIHU_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-u", str(ROOT / "app.py"), *arguments],
            env={**os.environ, **settings, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._printed.append(line)
            login = _LOGIN.match(line)
            if login:
                self.logins[login[3]], self.passwords[login[3]] = login[1], login[2]
            if line.startswith(_READY):
                ready.set()
        ready.set()  # it has ended; who waits finds out


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
