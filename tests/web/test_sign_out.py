"""Signing out ends the session itself, not only the browser's cookie (R082)."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site, sign_in, token

pytestmark = pytest.mark.requirement("R082")


def test_a_copied_cookie_is_worth_nothing_after_signing_out(site: Site) -> None:
    client, thief = site.signed_in("manager"), site.browser()
    stolen = client.get_cookie("kaihu")
    assert stolen is not None
    thief.set_cookie("kaihu", stolen.value)
    assert thief.get("/inbox/").status_code == 200
    client.post("/sign-out", data={"csrf_token": token(client, "/")})
    assert thief.get("/inbox/").headers["Location"].startswith("/sign-in")


def test_signing_out_leaves_other_people_signed_in_and_the_person_may_come_again(site: Site) -> None:
    client, other = site.signed_in("manager"), site.signed_in("reviewer")
    client.post("/sign-out", data={"csrf_token": token(client, "/")})
    assert other.get("/inbox/").status_code == 200
    member = site.members["manager"]
    assert sign_in(client, member.login, member.password).status_code == 303
    assert client.get("/inbox/").status_code == 200
