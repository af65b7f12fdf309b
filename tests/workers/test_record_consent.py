"""`record-consent`: the customer signed exactly what the bank prepared, in force, read, and by somebody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from bank.agreements import Agreements, Consent, Objection, terms_digest
from bank.parameters import Parameters, ParameterSet
from engine.worker_api import Completed
from persistence.database import Database
from tests.conftest import NOON
from tests.workers.conftest import job_of
from workers import HANDLERS
from workers.context import WorkerContext

CASE = "AO-20260302-0001"
AGREEMENTS = Agreements.shipped()
VALID = {"valid": True, "reason": None, "reason_zh": None, "reason_en": None}
Submit = Callable[..., dict[str, Any]]


def prepared(kind: str = "enterprise", version: str | None = None) -> dict[str, Any]:
    """The agreement as the relationship manager prepared it."""
    return {
        "version": version or f"{kind}-2026.1",
        "language": "zh",
        "scope": ["deposit", "transfer"],
        "opening_fee_fen": 0,
        "annual_fee_fen": 36_000,
        "risk_terms": "单笔限额五万元。",
        "terms_explained": True,
    }


def signed(agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The consent of a customer who read that agreement."""
    given = {
        "version": agreement["version"],
        "digest": AGREEMENTS.version(agreement["version"]).digest,
        "terms_digest": terms_digest(agreement),
        "signed_by": "王小明",
        "read_seconds": 95,
        "consented_at": "2026-03-02T11:55:00+08:00",
    }
    return {**given, **changes}


def application(kind: str = "enterprise") -> dict[str, Any]:
    """An application whose signer is 王小明."""
    signer = "individual" if kind == "individual" else "legal_representative"
    return {"kind": kind, signer: {"name": "王小明"}}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction() as transaction:
        yield transaction.connection


@pytest.fixture
def submit(context: WorkerContext, connection: Connection) -> Submit:
    """Run the worker; gives its only output, `consent_check`."""
    agreements = SimpleNamespace(agreements=AGREEMENTS, parameters=Parameters())
    here = dataclasses.replace(context, bank=cast(Any, agreements))

    def run(consent: Any, agreement: Any, kind: str = "enterprise") -> dict[str, Any]:
        variables = {"consent": consent, "agreement": agreement, "application": application(kind)}
        done = HANDLERS["record-consent"].run(job_of("record-consent", variables, connection=connection), here)
        assert isinstance(done, Completed)
        assert set(done.variables) == {"consent_check", "parameters_version"}
        return cast(dict[str, Any], done.variables["consent_check"])

    return run


def kept(connection: Connection) -> list[Consent]:
    return AGREEMENTS.consents(connection, CASE)


@pytest.mark.requirement("R023", "R024")
@pytest.mark.parametrize("kind", ["enterprise", "individual"])
def test_a_consent_to_what_was_prepared_counts_and_is_kept(submit: Submit, connection: Connection, kind: str) -> None:
    agreement = prepared(kind)
    assert submit(signed(agreement), agreement, kind) == VALID
    (consent,) = kept(connection)
    assert (consent.version, consent.terms_digest) == (f"{kind}-2026.1", terms_digest(agreement))
    assert (consent.signed_by, consent.read_seconds) == ("王小明", 95)
    assert consent.consented_at == NOON - dt.timedelta(minutes=5)


@pytest.mark.requirement("R024")
def test_a_job_run_again_keeps_one_consent(submit: Submit, connection: Connection) -> None:
    for _ in range(2):
        assert submit(signed(prepared()), prepared()) == VALID
    assert len(kept(connection)) == 1


@pytest.mark.requirement("R024")
@pytest.mark.parametrize("consent", [None, {}, "agreed", []])
def test_without_a_consent_nothing_counts(submit: Submit, connection: Connection, consent: object) -> None:
    assert submit(consent, prepared())["reason"] == "consent_missing"
    assert kept(connection) == []


@pytest.mark.requirement("R032")
@pytest.mark.parametrize("signatory", [None, "", "  ", 7])
def test_somebody_must_have_signed(submit: Submit, connection: Connection, signatory: object) -> None:
    assert submit(signed(prepared(), signed_by=signatory), prepared())["reason"] == "not_signed"
    assert kept(connection) == []


@pytest.mark.requirement("R032")
def test_a_consent_signed_by_somebody_else_does_not_count(submit: Submit, connection: Connection) -> None:
    assert submit(signed(prepared(), signed_by="李四"), prepared())["reason"] == "signer_unknown"
    assert kept(connection) == []


@pytest.mark.requirement("R023")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "individual-2026.1"}, "version_differs"),
        ({"version": None}, "version_differs"),
        ({"digest": AGREEMENTS.version("enterprise-2025.1").digest}, "text_differs"),
        ({"digest": None}, "text_differs"),
        ({"terms_digest": "0" * 64}, "terms_differ"),
        ({"terms_digest": None}, "terms_differ"),
    ],
)
def test_a_consent_to_anything_else_does_not_count(
    submit: Submit, connection: Connection, change: dict[str, object], reason: str
) -> None:
    assert submit(signed(prepared(), **change), prepared())["reason"] == reason
    assert kept(connection) == []


@pytest.mark.requirement("R023", "R024")
@pytest.mark.parametrize("change", [{"annual_fee_fen": 48_000}, {"scope": ["deposit"]}, {"fee_note": "另收工本费。"}])
def test_terms_changed_after_the_consent_need_a_new_one(
    submit: Submit, connection: Connection, change: dict[str, object]
) -> None:
    before, after = prepared(), prepared() | change
    assert submit(signed(before), after)["reason"] == "terms_differ"
    assert kept(connection) == []
    assert submit(signed(after), after) == VALID


@pytest.mark.requirement("R024")
@pytest.mark.parametrize("seconds", [None, 0, 9, -5, "95", True, 9.5])
def test_an_agreement_hardly_opened_was_not_read(submit: Submit, connection: Connection, seconds: object) -> None:
    assert submit(signed(prepared(), read_seconds=seconds), prepared())["reason"] == "read_too_short"
    assert kept(connection) == []


@pytest.mark.requirement("R024")
def test_the_shortest_reading_time_is_enough(submit: Submit) -> None:
    least = ParameterSet.shipped().integer("agreement_minimum_reading_seconds")
    assert submit(signed(prepared(), read_seconds=least), prepared()) == VALID
    assert submit(signed(prepared(), read_seconds=least - 1), prepared())["reason"] == "read_too_short"


@pytest.mark.parametrize(
    "time", [None, "", "yesterday", "2026-03-02T11:55:00", "2026-03-02", 1772423700, "0001-01-01T00:00:00+08:00"]
)
def test_a_time_that_names_no_instant_does_not_count(submit: Submit, connection: Connection, time: object) -> None:
    assert submit(signed(prepared(), consented_at=time), prepared())["reason"] == "time_unreadable"
    assert kept(connection) == []


def test_nobody_consents_in_the_future(submit: Submit) -> None:
    late = NOON + dt.timedelta(microseconds=1)
    assert submit(signed(prepared(), consented_at=late.isoformat()), prepared())["reason"] == "time_in_future"
    assert submit(signed(prepared(), consented_at=NOON), prepared()) == VALID


@pytest.mark.requirement("R023")
@pytest.mark.parametrize(
    ("consented_at", "old", "new"),
    [
        ("2025-12-31T15:59:59Z", None, "version_not_in_force"),
        ("2025-12-31T16:00:00Z", "version_not_in_force", None),
        ("2024-06-30T00:00:00Z", "version_not_in_force", "version_not_in_force"),
    ],
)
def test_the_version_in_force_is_that_of_the_day_of_consent_in_the_banks_zone(
    submit: Submit, consented_at: str, old: str | None, new: str | None
) -> None:
    for version, reason in (("enterprise-2025.1", old), ("enterprise-2026.1", new)):
        agreement = prepared(version=version)
        assert submit(signed(agreement, consented_at=consented_at), agreement)["reason"] == reason


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("kind", ["individual", ""])
def test_an_agreement_for_another_kind_of_customer_is_not_in_force(submit: Submit, kind: str) -> None:
    assert submit(signed(prepared()), prepared(), kind)["reason"] == "version_not_in_force"


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("agreement", [None, {}, {"version": "2026-1"}, {"version": 2026}])
def test_an_agreement_in_a_version_never_published_cannot_be_signed(submit: Submit, agreement: object) -> None:
    assert submit(signed(prepared()), agreement)["reason"] == "version_unknown"


def test_every_objection_is_told_in_both_languages(submit: Submit) -> None:
    check = submit(None, prepared())
    missing = Objection.CONSENT_MISSING
    assert check == {"valid": False, "reason": missing.code, "reason_zh": missing.zh, "reason_en": missing.en}
    assert len({objection.code for objection in Objection}) == len(Objection)
    assert all(objection.zh.endswith("。") and objection.en.endswith(".") for objection in Objection)
