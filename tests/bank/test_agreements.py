"""Agreements: which text is in force, what exactly is signed, and the consents the bank keeps."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

import bank.agreements
from bank.agreements import Agreements, Consent, terms_digest
from bank.agreements.templates import KINDS, read_template, read_templates
from bank.agreements.terms import TERMS
from bank.errors import RecordNotFound, ReferenceDataWrong
from persistence.database import Database
from tests.conftest import NOON

CASE = "AO-20260302-0001"
FORM = Path(__file__).resolve().parents[2] / "forms" / "agreement_preparation.form"
SHIPPED = Path(bank.agreements.__file__).parent
PREPARED: dict[str, object] = {
    "version": "enterprise-2026.1",
    "language": "zh",
    "scope": ["deposit", "transfer"],
    "opening_fee_fen": 0,
    "annual_fee_fen": 36_000,
    "fee_note": "首年免收年费。",
    "risk_terms": "单笔限额五万元；资料过期须及时更新。",
}
PUBLISHED = {
    "enterprise-2025.1": "818db57b743e5b4376cf2daed29b3477e913d372517cbc5a5a300ff8e51a4333",
    "enterprise-2026.1": "5bc50df9b4e823fc3db74f2f0479ebb9cc66fba1acc217e9b3e6249abe619dde",
    "individual-2025.1": "ddbe01f517c2642bc0dd3124ea21e94c5fc8c43355668898cf0cc18444911c5b",
    "individual-2026.1": "48399feb0a05f35746d49f0987605bcd941b5b1dec7060e34356c20594181068",
}


@pytest.fixture
def agreements() -> Agreements:
    return Agreements.shipped()


def _file(**changes: object) -> bytes:
    row = orjson.loads((SHIPPED / "individual_2026_1.json").read_bytes())
    return orjson.dumps({**row, **changes})


def _consent(connection: Connection, agreements: Agreements, case: str = CASE, **changes: Any) -> Consent:
    given = {
        "version": "enterprise-2026.1",
        "digest": "d" * 64,
        "terms_digest": "e" * 64,
        "signed_by": "王小明",
        "read_seconds": 95,
        "consented_at": NOON - dt.timedelta(minutes=5),
        "now": NOON,
    }
    return agreements.record_consent(connection, business_key=case, **{**given, **changes})


# Texts


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_new_version_supersedes_the_old_one_on_its_first_day(agreements: Agreements, kind: str) -> None:
    last_day, first_day = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
    assert agreements.in_force(kind, last_day).version == f"{kind}-2025.1"
    assert agreements.in_force(kind, first_day).version == f"{kind}-2026.1"
    assert agreements.version(f"{kind}-2025.1").effective_from == dt.date(2025, 1, 1)


@pytest.mark.parametrize(
    ("kind", "on"), [("enterprise", "2024-12-31"), ("partnership", "2026-03-02"), ("", "2026-03-02")]
)
def test_before_the_first_version_and_for_another_kind_nothing_is_in_force(
    agreements: Agreements, kind: str, on: str
) -> None:
    with pytest.raises(RecordNotFound):
        agreements.in_force(kind, dt.date.fromisoformat(on))


def test_a_version_never_published_is_not_found(agreements: Agreements) -> None:
    with pytest.raises(RecordNotFound):
        agreements.version("enterprise-2019.1")


@pytest.mark.requirement("R023")
def test_a_published_text_is_never_changed_and_a_new_wording_is_a_new_version(agreements: Agreements) -> None:
    assert {template.version: template.digest for template in agreements} == PUBLISHED


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("version", PUBLISHED)
def test_every_agreement_settles_type_scope_fees_and_risk_control(agreements: Agreements, version: str) -> None:
    clauses = {clause.heading: clause for clause in agreements.version(version).clauses}
    assert {"账户种类与用途", "服务范围", "收费", "限额与风险控制", "双方的权利与义务", "投诉"} <= clauses.keys()
    assert len(clauses) == len(agreements.version(version).clauses)


@pytest.mark.requirement("R024")
@pytest.mark.parametrize("version", PUBLISHED)
def test_every_agreement_brings_a_notice_of_fees_and_risks(agreements: Agreements, version: str) -> None:
    notice = agreements.version(version).notice
    assert notice[0].heading == "收费提示"
    assert any("出租" in item.heading and "let" in item.heading_en for item in notice)


@pytest.mark.requirement("R032")
@pytest.mark.parametrize("version", ["enterprise-2025.1", "enterprise-2026.1"])
def test_the_legal_representative_declares_will_and_truth_in_an_enterprise_agreement(
    agreements: Agreements, version: str
) -> None:
    (clause,) = [clause for clause in agreements.version(version).clauses if "法定代表人声明" in clause.heading]
    assert "开户意愿真实" in clause.body
    assert "wish to open" in clause.body_en


@pytest.mark.parametrize(
    "change",
    [
        {"version": ""},
        {"version": "2026 / 1"},
        {"version": 20261},
        {"effective_from": "1 January 2026"},
        {"effective_from": None},
        {"kinds": []},
        {"kinds": "enterprise"},
        {"kinds": ["partnership"]},
        {"kinds": [["enterprise"]]},
        {"title": "Agreement"},
        {"title_en": "协议"},
        {"title_en": " "},
        {"clauses": []},
        {"clauses": {}},
        {"notice": []},
        {"notice": [{"heading": "收费", "heading_en": "Fees", "body": "收费。"}]},
        {"notice": [{"heading": "收费", "heading_en": "Fees", "body": "收费。", "body_en": None}]},
        {"remark": "more than a template has"},
    ],
)
def test_a_file_that_is_not_in_order_is_refused(change: dict[str, object]) -> None:
    assert read_template("sample", _file()).version == "individual-2026.1"
    with pytest.raises(ReferenceDataWrong, match="sample"):
        read_template("sample", _file(**change))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'"text"', b"{"])
def test_a_file_that_is_no_template_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(ReferenceDataWrong):
        read_template("sample", content)


@pytest.mark.parametrize("change", [{"effective_from": "2027-01-01"}, {"version": "individual-2027.1"}])
def test_two_files_of_one_version_or_of_one_first_day_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "first.json").write_bytes(_file())
    assert len(read_templates(tmp_path)) == 1
    (tmp_path / "second.json").write_bytes(_file(**change))
    with pytest.raises(ReferenceDataWrong):
        read_templates(tmp_path)


# What is signed


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("field", ["version", "effective_from", "kinds", "title", "title_en", "clauses", "notice"])
def test_the_digest_of_a_text_covers_every_part_of_it(field: str) -> None:
    clause = {"heading": "收费", "heading_en": "Fees", "body": "免费。", "body_en": "Free."}
    others: Mapping[str, object] = {
        "version": "individual-2027.1",
        "effective_from": "2027-01-01",
        "kinds": ["individual", "enterprise"],
        "title": "协议",
        "title_en": "Agreement",
        "clauses": [clause],
        "notice": [clause],
    }
    changed = read_template("sample", _file(**{field: others[field]}))
    assert changed.digest != PUBLISHED["individual-2026.1"]


def test_the_layout_of_a_file_is_no_part_of_its_digest() -> None:
    row = orjson.loads(_file())
    turned = orjson.dumps(dict(reversed(row.items())), option=orjson.OPT_INDENT_2)
    assert read_template("sample", turned).digest == PUBLISHED["individual-2026.1"]


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("term", TERMS)
def test_changing_or_dropping_a_prepared_term_changes_the_digest_of_the_terms(term: str) -> None:
    dropped = {name: value for name, value in PREPARED.items() if name != term}
    digests = {terms_digest(PREPARED), terms_digest(PREPARED | {term: "other"}), terms_digest(dropped)}
    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)


def test_notes_and_signatures_of_the_bank_are_no_terms() -> None:
    later = {"terms_explained": True, "countersigned": True, "consented_at": "2026-03-02T03:55:00Z"}
    assert terms_digest(PREPARED | later) == terms_digest(dict(reversed(PREPARED.items())))


def test_an_absent_term_is_the_same_as_one_that_is_null() -> None:
    without = {name: value for name, value in PREPARED.items() if name != "fee_note"}
    assert terms_digest(without) == terms_digest(PREPARED | {"fee_note": None})


def test_every_term_the_preparation_form_writes_is_signed() -> None:
    groups = orjson.loads(FORM.read_bytes())["components"]
    keys = {field["key"].removeprefix("agreement.") for group in groups for field in group["components"]}
    assert keys == {*TERMS, "terms_explained"}


def test_terms_hold_exact_decimals_and_nothing_that_is_no_json() -> None:
    assert terms_digest({"annual_fee_fen": Decimal("0.5")}) == terms_digest({"annual_fee_fen": "0.5"})
    with pytest.raises(TypeError):
        terms_digest({"annual_fee_fen": object()})


# Consents


@pytest.mark.requirement("R024")
def test_a_consent_is_kept_with_what_was_read_by_whom_and_how_long(
    connection: Connection, agreements: Agreements
) -> None:
    kept = _consent(connection, agreements)
    assert agreements.consents(connection, CASE) == [kept]
    assert (kept.signed_by, kept.read_seconds, kept.recorded_at) == ("王小明", 95, NOON)
    assert (kept.version, kept.digest, kept.terms_digest) == ("enterprise-2026.1", "d" * 64, "e" * 64)
    assert kept.consented_at == NOON - dt.timedelta(minutes=5)


@pytest.mark.requirement("R024")
def test_the_same_consent_again_leaves_the_first_as_it_was(connection: Connection, agreements: Agreements) -> None:
    first = _consent(connection, agreements)
    again = _consent(connection, agreements, signed_by="李四", read_seconds=400, now=NOON + dt.timedelta(days=1))
    assert again == first
    assert agreements.consents(connection, CASE) == [first]


@pytest.mark.requirement("R024")
@pytest.mark.parametrize("change", [{"version": "enterprise-2025.1"}, {"digest": "f" * 64}, {"terms_digest": "f" * 64}])
def test_another_text_or_other_terms_are_another_consent(
    connection: Connection, agreements: Agreements, change: dict[str, str]
) -> None:
    kept = [_consent(connection, agreements), _consent(connection, agreements, **change)]
    assert agreements.consents(connection, CASE) == kept


def test_consents_belong_to_their_case(connection: Connection, agreements: Agreements) -> None:
    here, there = _consent(connection, agreements), _consent(connection, agreements, "AO-20260302-0002")
    assert agreements.consents(connection, CASE) == [here]
    assert agreements.consents(connection, "AO-20260302-0002") == [there]
    assert agreements.consents(connection, "AO-20260302-0003") == []


def test_a_row_the_database_refuses_is_no_consent_and_harms_no_other(
    connection: Connection, agreements: Agreements
) -> None:
    with pytest.raises(IntegrityError):
        _consent(connection, agreements, signed_by=None)
    assert agreements.consents(connection, CASE) == []
    assert _consent(connection, agreements).signed_by == "王小明"


def test_one_consent_recorded_by_four_at_once_is_kept_once(database: Database, agreements: Agreements) -> None:
    ready, kept = threading.Barrier(4), []

    def record() -> None:
        ready.wait()
        with database.transaction() as transaction:
            kept.append(_consent(transaction.connection, agreements))

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        (only,) = agreements.consents(connection, CASE)
    assert kept == [only] * 4
