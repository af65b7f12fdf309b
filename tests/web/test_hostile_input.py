"""What no browser sends is refused like any other mistake, and never becomes trouble on our side."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site, sign_in, token

TOO_GREAT = str(2**63)
ENDLESS = "9" * 5_000  # more digits than Python reads


@pytest.mark.parametrize("number", [TOO_GREAT, ENDLESS])
@pytest.mark.parametrize("path", ["/inbox/tasks/{}", "/cases/{}", "/documents/{}"])
def test_a_number_no_database_could_hold_names_nothing(site: Site, path: str, number: str) -> None:
    assert site.signed_in("manager").get(path.format(number)).status_code == 404


@pytest.mark.parametrize("after", [TOO_GREAT, ENDLESS, "x", "-1", "²"])
@pytest.mark.parametrize("path", ["/inbox/", "/cases/"])
def test_a_place_in_a_list_that_is_no_key_shows_the_list_from_its_beginning(site: Site, path: str, after: str) -> None:
    assert site.signed_in("manager").get(path, query_string={"after": after}).status_code == 200


@pytest.mark.parametrize("next_page", ["//[", "//[x]/", "//evil.example", "/\\evil.example", "https:evil.example"])
def test_the_language_switch_leads_nowhere_else(site: Site, next_page: str) -> None:
    client = site.browser()
    data = {"csrf_token": token(client), "language": "en", "next": next_page}
    assert client.post("/language", data=data).headers["Location"] == "/"


@pytest.mark.parametrize("number", [TOO_GREAT, ENDLESS])
def test_revisions_rows_and_persons_beyond_all_numbers_are_no_trouble(site: Site, number: str) -> None:
    engine, member = site.services.engine, site.members["reviewer"]
    case = engine.process_instances.start(
        site.members["manager"].actor, "errand", business_key="AO-20260302-0777", form_data={"subject": "开户"}
    )
    [task] = engine.user_tasks.of_case(member.actor, case.key)
    engine.user_tasks.claim(member.actor, task.key)
    client, address = site.signed_in("reviewer"), f"/inbox/tasks/{task.key}"
    for path, name in (("assign", "person"), ("complete", f"__remove:rows:{number}"), ("complete", "_revision")):
        answer = client.post(f"{address}/{path}", data={"csrf_token": token(client, "/inbox/"), name: number})
        assert answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in", {"name": "manager\0", "password": "x"}),
        ("/status", {"number": "AO\0", "code": "x"}),
        ("/language", {"language": "en", "next": "/", "\0": "x"}),
    ],
)
def test_a_null_character_is_refused_before_any_database_sees_it(site: Site, path: str, fields: dict[str, str]) -> None:
    client = site.browser()
    fields = {name: value + "\0" for name, value in fields.items()}
    assert client.post(path, data={"csrf_token": token(client), **fields}).status_code == 400
    assert client.get("/cases/", query_string={"number": "\0"}).status_code == 400


@pytest.mark.requirement("R082")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET"])
def test_only_a_posted_form_signs_in(site: Site, method: str) -> None:
    client, member = site.browser(), site.members["manager"]
    data = {"name": member.login, "password": member.password}
    answer = client.open("/sign-in", method=method, data=data)
    assert answer.status_code == 200
    assert client.get("/inbox/").headers["Location"].startswith("/sign-in")


@pytest.mark.requirement("R082")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET"])
def test_only_a_posted_form_changes_a_password(site: Site, method: str) -> None:
    client, member = site.signed_in("manager"), site.members["manager"]
    new = "一句只有我知道的话-2026"
    client.open("/password", method=method, data={"current": member.password, "new": new, "repeated": new})
    assert sign_in(site.browser(), member.login, new).status_code == 403
    assert sign_in(site.browser(), member.login, member.password).status_code == 303


@pytest.mark.requirement("R082")
def test_no_view_both_shows_and_changes(site: Site) -> None:
    """Form tokens and rate limits hold for what is sent; a view that also answers GET and HEAD would escape them."""
    both = [rule.endpoint for rule in site.app.url_map.iter_rules() if {"HEAD", "POST"} <= (rule.methods or set())]
    assert both == []
