"""Looking at a document: for who may see its case, on record, and harmless in the browser (M14)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from engine.journal import Operation, Outcome
from tests.web.conftest import Site, sign_in
from tests.web.filing import NUMBER, PNG, Filing, file, filing_at

pytestmark = pytest.mark.requirement("R080")


@pytest.fixture
def filing(site: Site) -> Filing:
    return filing_at(site)


def looked_at(filing: Filing, name: str = "章程 2026.pdf", content: bytes | None = None) -> TestResponse:
    filing.send(**{"__refresh": "files"}, documents_charter=file(name, content))
    return filing.client.get(f"/documents/{filing.documents[0].id}")


def looks(filing: Filing) -> list[Operation]:
    history, auditor = filing.site.services.engine.history, filing.site.members["administrator"].actor
    return [each for each in history.operations(auditor) if each.action == "view_document"]


def test_a_document_comes_as_it_was_handed_in(filing: Filing) -> None:
    answer = looked_at(filing, content=PNG, name="执照.png")
    assert answer.status_code == 200
    assert answer.data == PNG
    assert answer.mimetype == "image/png"


def test_pictures_and_pdf_open_in_the_browser_under_their_own_name(filing: Filing) -> None:
    disposition = looked_at(filing).headers["Content-Disposition"]
    assert disposition.startswith("inline")
    assert f"filename*=UTF-8''{quote('章程 2026.pdf')}" in disposition


def test_a_name_cannot_break_out_of_its_header(filing: Filing) -> None:
    services = filing.site.services
    with services.database.transaction() as transaction:
        document = services.bank.documents.store(
            transaction.connection,
            content=PNG,
            file_name='a"; x="\r\nSet-Cookie: stolen=1; y.png',
            business_key=NUMBER,
            uploaded_by=None,
        )
    headers = filing.client.get(f"/documents/{document.id}").headers
    assert headers["Content-Disposition"] == r'inline; filename="a\"; x=\" Set-Cookie: stolen=1; y.png"'
    assert "stolen" not in headers.get("Set-Cookie", "")


def test_nothing_in_a_document_can_act_on_the_pages(filing: Filing) -> None:
    headers = looked_at(filing, content=PNG, name="执照.png").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert headers["Cache-Control"] == "no-store"


def test_the_pages_keep_their_own_policy(filing: Filing) -> None:
    looked_at(filing)
    assert "script-src 'self'" in filing.client.get("/").headers["Content-Security-Policy"]


def test_every_look_is_on_record(filing: Filing) -> None:
    looked_at(filing)
    filing.client.get(f"/documents/{filing.documents[0].id}")
    first, second = looks(filing)
    assert {each.actor for each in (first, second)} == {filing.site.members["reviewer"].actor}
    assert first.subject["instance_key"] == filing.case
    assert first.detail == f"document {filing.documents[0].id}"
    assert first.outcome is Outcome.DONE


def test_the_list_of_documents_is_no_look(filing: Filing) -> None:
    filing.send(**{"__refresh": "files"}, documents_charter=file("章程.pdf"))
    filing.client.get(f"/cases/{filing.case}?tab=documents")
    assert looks(filing) == []


@pytest.mark.requirement("R082")
def test_who_may_not_see_the_case_finds_no_document_and_the_attempt_is_on_record(filing: Filing) -> None:
    looked_at(filing)
    services = filing.site.services
    with services.database.transaction() as transaction:
        person = services.bank.people.add(transaction.connection, name_zh="外人", name_en="Outsider")
        login, password = services.bank.people.logins.add(
            transaction.connection, person.key, "outsider", must_change_password=False
        )
    outsider = filing.site.browser()
    sign_in(outsider, login.name, password)
    answer = outsider.get(f"/documents/{filing.documents[0].id}")
    assert answer.status_code == 404
    assert NUMBER not in answer.text
    newest = looks(filing)[0]
    assert (newest.outcome, newest.actor.person) == (Outcome.REFUSED, person.key)


def test_without_signing_in_a_document_leads_to_the_sign_in_page(filing: Filing) -> None:
    looked_at(filing)
    answer = filing.site.browser().get(f"/documents/{filing.documents[0].id}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("document_id", ["1", "0", "abc", "..%2f..%2fsecret", "9" * 40])
def test_what_is_no_document_is_not_found(filing: Filing, document_id: str) -> None:
    assert filing.client.get(f"/documents/{document_id}").status_code == 404


def test_a_damaged_file_is_said_to_be_damaged_and_nothing_of_it_is_shown(filing: Filing, tmp_path: Path) -> None:
    looked_at(filing)
    [document] = filing.documents
    [stored] = list(tmp_path.rglob(document.sha256[2:]))
    stored.write_bytes(b"%PDF-1.4 something else")
    answer = filing.client.get(f"/documents/{document.id}")
    assert answer.status_code == 503
    assert b"something else" not in answer.data
