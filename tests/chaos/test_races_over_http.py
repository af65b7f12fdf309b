"""The same through the doors: real HTTP to real pages, one person in many windows."""

from __future__ import annotations

import http.client
import re
from functools import partial
from urllib.parse import urlencode, urlsplit

from tests.chaos.conftest import Shown
from tests.chaos.crowd import crowd_of
from tests.chaos.length import times
from tests.web.browsing import serving
from tests.web.conftest import Site
from tests.web.test_pages import claimed_task

CLIENTS = 50


class Window:
    """A browser window: its address, and the cookies of the sign-in."""

    def __init__(self, address: str, cookie: str) -> None:
        self._place, self._cookie = urlsplit(address).netloc, cookie

    def send(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page."""
        connection = http.client.HTTPConnection(self._place)
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST" if data else "GET", path, urlencode(data) if data else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, page


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_of_fifty_windows_that_send_one_task_one_is_thanked_and_the_others_read_409(site: Site, shown: Shown) -> None:
    rounds = times(20, at_least=1)
    reviewer, manager, engine = site.signed_in("reviewer"), site.signed_in("manager"), site.services.engine
    with serving(site.app) as address, crowd_of(CLIENTS) as crowd:
        for _ in range(rounds):
            task = claimed_task(site, reviewer, manager)
            window = Window(
                address, "; ".join(f"{each.key}={each.value}" for each in (reviewer._cookies or {}).values())
            )
            _, page = window.send(f"/inbox/tasks/{task}")
            form = {name: hidden(page, name) for name in ("csrf_token", "_revision")}
            # each window its own key: not the same request repeated but fifty requests
            sends = [
                partial(
                    window.send,
                    f"/inbox/tasks/{task}/complete",
                    {**form, "_idempotency_key": f"{task}-{number}", "subject": "开户"},
                )
                for number in range(CLIENTS)
            ]
            statuses = [answer[0] for answer in crowd.together(sends) if isinstance(answer, tuple)]
            assert sorted(statuses) == [303] + [409] * (CLIENTS - 1)
            (case,) = [row.key for row in engine.process_instances.list(site.members["manager"].actor).rows][:1]
            journal = engine.history.journal(site.members["manager"].actor, case)
            assert [entry.command for entry in journal].count("complete_user_task") == 1
    shown(rounds=rounds, windows=CLIENTS)
