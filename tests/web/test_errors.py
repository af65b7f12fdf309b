"""What goes wrong becomes a page in the reader's language, with a reference that the log knows too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from persistence.database import Database, OutcomeUnknown
from tests.lost_commit import commit_lost
from tests.web.conftest import Site, token
from web import WebSettings, create_web

SECRET = "顾明远 310101198204152016"


def reference(answer: TestResponse) -> str:
    found = re.search(r'<span class="number">([0-9A-F]{8})</span>', answer.text)
    assert found
    return found[1]


def in_english(client: FlaskClient) -> FlaskClient:
    client.post("/language", data={"csrf_token": token(client), "language": "en", "next": "/sign-in"})
    return client


@pytest.mark.parametrize(
    ("method", "path", "status", "chinese", "english"),
    [
        ("GET", "/no-such-page", 404, "未找到", "Not found"),
        ("GET", "/sign-out", 405, "未找到", "Not found"),
        ("POST", "/sign-in", 400, "表单已失效", "no longer valid"),
    ],
)
def test_a_refused_request_is_explained_in_both_languages_with_its_reference_in_the_log(
    site: Site, method: str, path: str, status: int, chinese: str, english: str
) -> None:
    for client, explanation in ((site.browser(), chinese), (in_english(site.browser()), english)):
        with capture_logs() as lines:
            answer = client.open(path, method=method)
        assert answer.status_code == status
        assert explanation in answer.text
        assert [line["reference"] for line in lines] == [reference(answer)]


def test_the_wrong_method_is_told_which_are_right(site: Site) -> None:
    assert "POST" in site.browser().get("/sign-out").headers["Allow"]


def test_what_is_another_persons_is_forbidden(site: Site) -> None:
    engine, manager = site.services.engine, site.members["manager"].actor
    case = engine.process_instances.start(manager, "errand", business_key="AO-1", form_data={"subject": "开户"})
    [task] = engine.user_tasks.of_case(manager, case.key)
    engine.user_tasks.claim(site.members["reviewer"].actor, task.key)
    client = site.signed_in("manager")
    with capture_logs() as lines:
        answer = client.post(f"/inbox/tasks/{task.key}/release", data={"csrf_token": token(client, "/")})
    assert answer.status_code == 403
    assert [line["reference"] for line in lines if line["event"] == "web.refused"] == [reference(answer)]


def test_a_body_beyond_the_limit_is_refused(site: Site) -> None:
    small = create_web(site.services, WebSettings(secret_key="for tests only", upload_bytes=1024 * 1024))
    answer = small.test_client().post("/sign-in", data={"name": "x" * (1024 * 1024)})
    assert answer.status_code == 413
    assert "1 MB" in answer.text
    assert reference(answer)


def test_too_many_attempts_are_asked_to_wait(site: Site) -> None:
    hasty = create_web(site.services, WebSettings(secret_key="for tests only", sign_in_limit="1 per minute"))
    client = hasty.test_client()
    data = {"csrf_token": token(client), "name": "nobody", "password": "wrong"}
    assert client.post("/sign-in", data=data).status_code == 403
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 429
    assert "请稍候" in answer.text or "稍后" in answer.text
    assert reference(answer)


def test_an_error_of_our_own_shows_and_logs_no_personal_data(site: Site) -> None:
    def fail(request: str, prefix: str) -> str:
        raise LookupError(SECRET)

    broken = Site(
        create_web(replace(site.services, number_for=fail), WebSettings(secret_key="for tests only")),
        site.services,
        site.members,
    )
    client = broken.signed_in("manager")
    with capture_logs() as lines:
        answer = client.post("/start/errand", data={"csrf_token": token(client, "/"), "subject": "开户"})
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    [line] = [line for line in lines if line["event"] == "web.unexpected"]
    assert line["reference"] == reference(answer)
    assert line["error"] == "LookupError"
    assert any(place.endswith(" fail") for place in line["passed"])
    assert SECRET not in answer.text
    assert SECRET not in str(lines)


@contextmanager
def gone(database: Database) -> Iterator[None]:
    """The database is away: the file of SQLite, or PostgreSQL's willingness to let anyone in."""
    database.close()
    if database.is_sqlite:
        file = Path(str(database.url.database))
        away = file.rename(file.with_suffix(".away"))
        file.mkdir()
        try:
            yield
        finally:
            file.rmdir()
            away.rename(file)
        return
    admin = create_engine(make_url(database.url).set(drivername="postgresql+psycopg", database="postgres"))
    name = database.url.database
    try:
        with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
            )
            yield
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    finally:
        admin.dispose()


def test_without_its_database_the_page_says_so_and_the_work_goes_on_afterwards(site: Site) -> None:
    client = site.signed_in("manager")
    asked = {"csrf_token": token(client, "/"), "subject": "开户"}
    with gone(site.services.database), capture_logs() as lines:
        answers = [
            client.get("/inbox/"),
            client.get("/no-such-page"),
            client.post("/start/errand", data=asked),
            site.browser().post("/sign-in", data={"csrf_token": "x", "name": "manager", "password": "x"}),
        ]
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
    assert [answer.status_code for answer in answers] == [503, 503, 503, 400]
    for answer in answers[:3]:
        assert "暂时" in answer.text
        assert answer.headers["Retry-After"]
        assert "Traceback" not in answer.text
        assert reference(answer) in {line.get("reference") for line in lines}
    assert client.post("/start/errand", data=asked).status_code == 303


def test_a_page_does_not_call_unsaved_what_may_have_been_saved(site: Site) -> None:
    client = site.signed_in("manager")
    asked = {"csrf_token": token(client, "/"), "subject": "开户", "_idempotency_key": "one"}
    with commit_lost(site.services.database) as lines:
        answer = client.post("/start/errand", data=asked)
    assert answer.status_code == 503
    assert "无法确认是否已保存" in answer.text
    assert "未保存" not in answer.text
    assert OutcomeUnknown.code in {line.get("code") for line in lines}
    assert [client.post("/start/errand", data=asked).status_code for _ in range(2)] == [303, 303]


def test_a_lost_connection_that_nobody_translated_is_an_outage_too(site: Site) -> None:
    def lose(request: str, prefix: str) -> str:
        raise OperationalError("SELECT 1", {}, ConnectionError())

    lost = Site(
        create_web(replace(site.services, number_for=lose), WebSettings(secret_key="for tests only")),
        site.services,
        site.members,
    )
    client = lost.signed_in("manager")
    answer = client.post("/start/errand", data={"csrf_token": token(client, "/"), "subject": "开户"})
    assert answer.status_code == 503
