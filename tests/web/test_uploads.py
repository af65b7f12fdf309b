"""Documents handed in with a task's form: kept whatever else is wrong, refused where they are wrong themselves."""

from __future__ import annotations

import pytest

from engine.services.answers import CaseVariables
from tests.conftest import TestClock
from tests.web.conftest import Site, token
from tests.web.filing import CHECKLIST, PNG, Filing, attached, file, filing_at
from web import WebSettings, create_web
from web.cases.documents import sections

pytestmark = pytest.mark.requirement("R021")


@pytest.fixture
def filing(site: Site) -> Filing:
    return filing_at(site)


def test_files_sent_with_the_form_belong_to_the_case_and_their_ids_to_the_field(filing: Filing) -> None:
    answer = filing.send(
        subject="开户", documents_charter=[file("章程.pdf"), file("补充.pdf")], documents_licence=file("执照.png", PNG)
    )
    assert answer.status_code == 303
    charter, supplement, licence = filing.documents
    assert [each.file_name for each in filing.documents] == ["章程.pdf", "补充.pdf", "执照.png"]
    assert {each.uploaded_by for each in filing.documents} == {filing.site.members["reviewer"].actor.person}
    assert filing.held["charter"] == [charter.id, supplement.id]
    assert filing.held["licence"] == [licence.id]


@pytest.mark.requirement("R080")
def test_a_file_of_a_wrong_type_is_an_error_beside_its_field_and_everything_else_stays(filing: Filing) -> None:
    answer = filing.send(
        subject="开户事由", documents_charter=[file("章程.pdf"), file("宏.docm", b"PK\x03\x04" + bytes(60))]
    )
    assert answer.status_code == 400
    assert 'id="field-documents-charter-error"' in answer.text
    assert "宏.docm：仅接受 PDF、JPG、PNG" in answer.text
    assert 'value="开户事由"' in answer.text
    [kept] = filing.documents
    assert attached(answer.text, "documents.charter") == [kept.id]
    assert not filing.ended


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7\n" + bytes(10 * 1024 * 1024), "The file is larger than 10 MB"),
        (b"<script>alert(1)</script>", "Only PDF, JPEG and PNG"),
    ],
    ids=["empty", "too large", "wrong type"],
)
@pytest.mark.requirement("R080", "R044")
def test_a_refusal_is_said_in_the_readers_language(filing: Filing, content: bytes, sentence: str) -> None:
    filing.client.post("/language", data={"csrf_token": token(filing.client, "/"), "language": "en", "next": "/"})
    answer = filing.send(subject="Opening", documents_charter=file("charter.pdf", content))
    assert answer.status_code == 400
    assert f"charter.pdf: {sentence}" in answer.text
    assert filing.documents == []


def test_a_refused_file_is_named_once_and_the_other_mistakes_with_it(filing: Filing) -> None:
    answer = filing.send(subject="", documents_charter=file("空.pdf", b""))
    assert 'href="#field-subject"' in answer.text
    assert answer.text.count('href="#field-documents-charter"') == 1
    assert "文件内容为空" in answer.text


def test_a_file_name_is_shown_as_text(filing: Filing) -> None:
    answer = filing.send(subject="开户", documents_charter=file("<img src=x>.pdf", b""))
    assert "<img" not in answer.text
    assert "&lt;img src=x&gt;.pdf" in answer.text


def test_files_survive_a_post_that_fails_and_go_along_with_the_next(filing: Filing) -> None:
    failed = filing.send(subject="", documents_charter=file("章程.pdf"))
    assert failed.status_code == 400
    [kept] = filing.documents
    assert attached(failed.text, "documents.charter") == [kept.id]
    assert "章程.pdf" in failed.text
    assert "1 KB" in failed.text
    assert f'name="__detach:documents.charter" value="{kept.id}"' in failed.text
    assert filing.send(subject="开户", documents_charter=kept.id).status_code == 303
    assert filing.held["charter"] == [kept.id]


@pytest.mark.parametrize("button", ["__add:rows", "__refresh"])
def test_files_survive_the_buttons_that_only_redraw_the_form(filing: Filing, button: str) -> None:
    answer = filing.send(**{button: "1"}, documents_charter=file("章程.pdf"))
    assert answer.status_code == 200
    assert attached(answer.text, "documents.charter") == [filing.documents[0].id]
    assert not filing.ended


def test_a_button_stores_the_chosen_files_without_completing_the_task(filing: Filing) -> None:
    assert 'name="__refresh" value="files"' in filing.page()


def test_the_box_to_remove_takes_a_document_off_the_field(filing: Filing) -> None:
    filing.send(subject="", documents_charter=[file("甲.pdf"), file("乙.pdf")])
    first, second = filing.documents
    fields = {"__detach:documents.charter": first.id}
    answer = filing.send(subject="开户", documents_charter=[first.id, second.id], **fields)
    assert answer.status_code == 303
    assert filing.held["charter"] == [second.id]


def test_what_was_removed_is_not_sent_even_when_nothing_is_left(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("甲.pdf"))
    [document] = filing.documents
    fields = {"__detach:documents.charter": document.id}
    answer = filing.send(subject="开户", documents_charter=document.id, **fields)
    assert answer.status_code == 400
    assert attached(answer.text, "documents.charter") == []


def test_a_document_of_the_case_that_no_field_holds_is_offered_at_the_file_fields(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf"))
    [document] = filing.documents
    assert f'<option value="{document.id}">章程.pdf</option>' in filing.page()


def test_a_field_for_one_file_takes_the_new_one_in_place_of_the_old(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf"), documents_licence=file("旧.pdf"))
    charter, old = filing.documents
    again = file("新.png", PNG)
    answer = filing.send(subject="开户", documents_charter=charter.id, documents_licence=[old.id, again])
    assert answer.status_code == 303
    assert filing.held["licence"] == [filing.documents[2].id]


def test_the_same_file_chosen_again_is_the_same_document(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf", PNG))
    [document] = filing.documents
    filing.send(subject="开户", documents_charter=[document.id, file("又一份.png", PNG)])
    assert filing.held["charter"] == [document.id]
    assert len(filing.documents) == 1


def test_a_file_for_a_field_that_is_not_shown_is_refused_aloud(filing: Filing) -> None:
    answer = filing.send(
        subject="开户", kind="home", documents_charter=file("章程.pdf"), documents_abroad=file("外.pdf")
    )
    assert answer.status_code == 400
    assert "本表单未要求上传该文件" in answer.text
    assert [each.file_name for each in filing.documents] == ["章程.pdf"]


def test_a_document_of_another_case_is_refused_at_its_field(filing: Filing) -> None:
    services = filing.site.services
    with services.database.transaction() as transaction:
        foreign = services.bank.documents.store(
            transaction.connection, content=PNG, file_name="别案.png", business_key="AO-20260302-0099", uploaded_by=None
        )
    answer = filing.send(subject="开户", documents_charter=foreign.id)
    assert answer.status_code == 400
    assert "该文件不属于本案" in answer.text
    assert "别案.png" not in answer.text


@pytest.mark.requirement("R082")
def test_only_the_person_who_holds_the_task_can_hand_in_with_it(filing: Filing) -> None:
    manager = filing.site.signed_in("manager")
    assert filing.send(manager, subject="开户", documents_charter=file("章程.pdf")).status_code == 403
    filing.send(manager, **{"__refresh": "files"}, documents_charter=file("章程.pdf"))
    assert filing.documents == []


def test_a_page_that_is_out_of_date_stores_nothing(filing: Filing) -> None:
    answer = filing.send(subject="开户", _revision="99", documents_charter=file("章程.pdf"))
    assert answer.status_code == 409
    assert filing.documents == []


@pytest.mark.parametrize(("language", "sentence"), [("zh", "超过 1 MB"), ("en", "larger than 1 MB")])
def test_too_much_at_once_is_refused_with_a_clear_page(filing: Filing, language: str, sentence: str) -> None:
    settings = WebSettings(secret_key="for tests only", upload_bytes=1024 * 1024)
    filing.site.app = create_web(filing.site.services, settings)
    client = filing.site.signed_in("reviewer")
    client.post("/language", data={"csrf_token": token(client, "/"), "language": language, "next": "/"})
    answer = filing.send(
        client, subject="开户", documents_charter=file("大.pdf", b"%PDF-1.7\n" + bytes(2 * 1024 * 1024))
    )
    assert answer.status_code == 413
    assert sentence in answer.text
    assert filing.documents == []


def test_the_case_page_lists_documents_by_the_checklist(filing: Filing) -> None:
    filing.send(subject="开户", documents_charter=file("章程.pdf"))
    page = filing.client.get(f"/cases/{filing.case}?tab=documents").text
    [document] = filing.documents
    assert [each["name"] for each in CHECKLIST if str(each["name"]) in page] == ["公司章程", "营业执照"]
    assert f'href="/documents/{document.id}"' in page
    assert document.sha256[:12] in page
    assert "测试reviewer" in page
    assert "尚未收到" in page  # the licence


def test_the_checklist_of_a_stage_that_still_runs_is_listed(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf"))
    [document] = filing.documents
    stage = {"checklist": [CHECKLIST[0]], "documents": {"charter": [document.id]}}
    with filing.site.app.test_request_context():
        [section] = sections(CaseVariables(scopes={0: {"documents": {}}, -4: stage}).current, filing.documents)
    assert (section.name, section.required, section.documents) == ("公司章程", True, (document,))


def test_a_document_no_form_refers_to_is_listed_apart(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf"))
    page = filing.client.get(f"/cases/{filing.case}?tab=documents").text
    assert "未归入清单" in page
    assert "章程.pdf" in page


def test_the_task_page_shows_the_documents_beside_the_form_in_a_new_tab(filing: Filing) -> None:
    filing.send(subject="", documents_charter=file("章程.pdf"))
    [document] = filing.documents
    aside = filing.page().partition("<aside")[2]
    assert f'<a href="/documents/{document.id}" target="_blank" rel="noopener">章程.pdf' in aside


def test_the_documents_beside_the_form_stand_where_the_form_holds_them_now(filing: Filing) -> None:
    page = filing.send(subject="", documents_charter=file("章程.pdf")).text
    assert "未归入清单" not in page
    assert "未归入清单" in filing.page()  # opened anew, the form no longer holds it


def test_a_form_is_shown_by_the_banks_day_not_by_that_of_greenwich(filing: Filing, clock: TestClock) -> None:
    assert "今天是三月三日" not in filing.page()
    clock.pass_by(hours=13)  # 17:00 UTC on 2 March is 01:00 on 3 March in Shanghai
    assert "今天是三月三日" in filing.page()
