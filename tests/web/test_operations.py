"""Health, readiness and the measuring of requests, as load balancers and operators meet them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from engine.model.errors import NotAuthorised
from persistence.database import Database
from persistence.migrations import downgrade, upgrade
from persistence.telemetry.metrics import Metrics
from persistence.telemetry.observation import forget, observe
from persistence.telemetry.readiness import Readiness, database_answers, disk_takes, schema_fits
from tests.web.conftest import Site, sign_in, token
from web import WebSettings, create_web


def with_checks(site: Site, **checks: bool) -> Flask:
    readiness = Readiness({name: lambda passes=passes: passes for name, passes in checks.items()})
    return create_web(replace(site.services, readiness=readiness), WebSettings(secret_key="for tests only"))


def test_health_needs_no_sign_in_and_leaves_no_cookie(site: Site) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = site.browser().get(path)
        assert answer.status_code == 200
        assert answer.is_json
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_health_does_not_ask_who_is_signed_in(site: Site) -> None:
    client = site.signed_in("manager")
    site.services.database.close()
    assert client.get("/health/live").json == {"status": "ok"}


def test_one_failed_check_is_named_and_makes_the_process_unready(site: Site) -> None:
    answer = with_checks(site, database=True, disk=False).test_client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "checks": {"database": "ok", "disk": "failed"}}


def test_a_check_that_hangs_keeps_nobody_waiting(site: Site) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return go_on.wait(30)

    readiness = Readiness({"database": hang})
    first = threading.Thread(target=readiness.verdict)
    first.start()
    assert begun.wait(30)
    assert not readiness.verdict().ready
    go_on.set()
    first.join()
    assert readiness.verdict().ready


def test_a_check_that_raises_has_failed(tmp_path: Path) -> None:
    readiness = Readiness({"disk": lambda: disk_takes(tmp_path / "gone"), "other": lambda: disk_takes(tmp_path)})
    assert readiness.verdict().checks == {"disk": False, "other": True}


def test_a_database_without_the_newest_migration_is_not_ready_and_with_more_it_is(database_url: str) -> None:
    database = Database(database_url)
    assert database_answers(database)
    assert not schema_fits(database)
    upgrade(database)
    assert schema_fits(database)
    downgrade(database, "0002")
    assert not schema_fits(database)
    with database.transaction() as transaction:  # a newer program was here
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert schema_fits(database)
    database.close()


@pytest.fixture
def metrics(site: Site) -> Iterator[Metrics]:
    metrics = Metrics(site.services.engine.workload.figures)
    observe(metrics)
    yield metrics
    forget(metrics)


def samples(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The values of one series by the values of its labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    found = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value for sample in found}


def test_requests_are_counted_by_route_and_status_never_by_address(site: Site, metrics: Metrics) -> None:
    client = site.signed_in("manager")
    client.post("/start/errand", data={"csrf_token": token(client, "/"), "subject": "开户"})
    for number in range(5):
        assert client.get(f"/inbox/tasks/{900000 + number}").status_code == 404
        assert client.open(f"/no/such/page/{number}", method=f"ODD{number}").status_code in {404, 405}
    client.get("/health/live")
    client.get("/static/icon.svg")
    counted = samples(metrics, "kaihu_http_request_duration_seconds_count")
    assert counted["GET", "/inbox/tasks/<int:key>", "404"] == 5
    assert counted["OTHER", "none", "404"] == 5
    assert counted["POST", "/start/<process_id>", "303"] == 1
    assert not [route for _, route, _ in counted if "health" in route or "static" in route]
    text = metrics.text().decode()
    assert "900000" not in text
    assert "errand" not in text


def test_commands_are_counted_by_name_and_outcome(site: Site, metrics: Metrics) -> None:
    engine, manager = site.services.engine, site.members["manager"].actor
    for number in range(3):
        case = engine.process_instances.start(
            manager, "errand", business_key=f"AO-{number}", form_data={"subject": "开户"}
        )
        [task] = engine.user_tasks.of_case(manager, case.key)
        with pytest.raises(NotAuthorised):
            engine.user_tasks.claim(manager, task.key)
        engine.user_tasks.claim(site.members["reviewer"].actor, task.key)
    counted = samples(metrics, "kaihu_command_duration_seconds_count")
    assert counted == {("start", "done"): 3, ("claim", "done"): 3, ("claim", "forbidden"): 3}
    assert samples(metrics, "kaihu_open_tasks")[()] == 3


def test_without_a_database_the_metrics_still_answer_and_say_so(site: Site, metrics: Metrics, tmp_path: Path) -> None:
    def away() -> object:
        with Database("postgresql://nobody@127.0.0.1:1/none").reading():
            raise AssertionError

    alone = Metrics(away)  # type: ignore[arg-type]  # it never answers
    observe(alone)
    try:
        assert samples(alone, "kaihu_database_up") == {(): 0.0}
    finally:
        forget(alone)
    assert samples(alone, "kaihu_errors_total") == {("database_unavailable",): 1.0}
    assert samples(alone, "kaihu_open_tasks") == {}
    assert samples(metrics, "kaihu_database_up") == {(): 1.0}


def proxied(site: Site, proxies: int) -> Flask:
    settings = WebSettings(secret_key="for tests only", sign_in_limit="2 per minute", trusted_proxies=proxies)
    return create_web(site.services, settings)


def attempt(app: Flask, forwarded: str) -> int:
    client = app.test_client()
    data = {"csrf_token": token(client), "name": "nobody", "password": "wrong"}
    return client.post("/sign-in", data=data, headers={"X-Forwarded-For": forwarded}).status_code


def test_without_a_proxy_nobody_chooses_the_address_they_are_counted_under(site: Site) -> None:
    app = proxied(site, 0)
    assert [attempt(app, f"198.51.100.{number}") for number in range(3)] == [403, 403, 429]


def test_behind_a_proxy_each_client_is_counted_alone_by_what_the_proxy_added(site: Site) -> None:
    app = proxied(site, 1)
    assert [attempt(app, f"198.51.100.{number}") for number in range(3)] == [403, 403, 403]
    assert [attempt(app, f"1.2.3.{number}, 203.0.113.7") for number in range(3)] == [403, 403, 429]


def test_a_proxys_word_on_the_host_is_not_taken(site: Site) -> None:
    client = proxied(site, 1).test_client()
    answer = client.get("/inbox/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in answer.headers["Location"]


def test_every_answer_has_a_number_of_our_own(site: Site) -> None:
    client = site.browser()
    numbers = {client.get("/sign-in", headers={"X-Request-ID": "theirs"}).headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3
    assert "theirs" not in numbers


def test_a_wrong_sign_in_is_counted_as_what_was_answered(site: Site, metrics: Metrics) -> None:
    assert sign_in(site.browser(), "manager", "wrong").status_code == 403
    assert samples(metrics, "kaihu_http_request_duration_seconds_count")["POST", "/sign-in", "403"] == 1
