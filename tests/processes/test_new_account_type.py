"""A new kind of account is data: options in forms and rules in tables, then it opens in the real bank (R010)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cli.demo_story import ENTERPRISE, Step
from engine.forms import FormInvalid
from engine.services.answers import InboxView, Page, Resource
from persistence.database import Database
from tests.conftest import TestClock
from tests.forms.submissions import VALID
from tests.processes.opening_bank import NUMBER, OpeningBank, open_bank, shipped

WAGE = "migrant_wage"
"""农民工工资专用账户: an account from which nothing but wages of migrant workers is paid."""
STEPS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("collect_documents", "relationship_manager", VALID["document_collection"]),
    ("review_documents", "reviewer", VALID["document_review"]),
    ("approve_fast_lane", "supervisor", VALID["approval"]),
    ("prepare_agreement", "relationship_manager", VALID["agreement_preparation"]),
    ("sign_agreement", "customer", {}),
    ("countersign_agreement", "supervisor", VALID["agreement_countersign"]),
    ("set_up_account", "account_operator", VALID["account_setup"]),
    ("await_activation", "customer", {}),
    ("guide_customer", "relationship_manager", VALID["service_record"]),
)


APPLICATION = {**ENTERPRISE.application, "account_type": WAGE}
PAPERS = (
    "business_licence",
    "legal_representative_id",
    "charter",
    "beneficial_owner_ids",
    "seal_specimen",
    "basic_account_information",
    "wage_agreement",
)


def entry() -> dict[str, Any]:
    first = ENTERPRISE.steps[0]
    assert isinstance(first, Step)
    data: dict[str, Any] = copy.deepcopy(dict(first.form))
    data["application"]["account_type"] = WAGE
    data["application"]["enterprise"]["basic_account_number"] = "3100012345678901"
    return data


# ---- the change of data


def with_wage_account() -> list[Resource]:
    """What ships, with the new kind of account in its forms and tables."""
    changes: dict[str, Callable[[bytes], bytes]] = {
        "new_application.form": with_option,
        "enterprise_application.form": with_option,
        "document_collection.form": with_document,
        "document_supplement.form": with_document,
        "eligibility.dmn": with_eligibility,
        "document_checklist.dmn": with_checklist,
        "account_limits.dmn": with_limits,
    }
    return [Resource(file.name, changes.get(file.name, unchanged)(file.content)) for file in shipped()]


def unchanged(content: bytes) -> bytes:
    return content


def fields(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from fields(component.get("components", []))


def with_option(form: bytes) -> bytes:
    content = json.loads(form)
    for field in fields(content["components"]):
        if "basic" in [option["value"] for option in field.get("values", [])]:
            field["values"].append({"value": WAGE, "label": "农民工工资专用账户", "label_en": "Migrant wage account"})
    return json.dumps(content).encode()


def with_document(form: bytes) -> bytes:
    content = json.loads(form)
    for group in content["components"]:
        like = next((field for field in group["components"] if field.get("key") == "documents.charter"), None)
        if like is not None:
            text = json.dumps(like).replace("charter", "wage_agreement").replace("Charter", "Wage payment agreement")
            group["components"].append({**json.loads(text), "label": "工资代发协议"})
    return json.dumps(content).encode()


def table(content: bytes) -> Any:
    return etree.fromstring(content)


def rule(tree: Any, id_: str) -> Any:
    (found,) = tree.xpath(f"//*[local-name()='rule'][@id='{id_}']")
    return found


def cells(row: Any, kind: str) -> list[Any]:
    found: list[Any] = row.xpath(f"*[local-name()='{kind}Entry']/*[local-name()='text']")
    return found


def added(tree: Any, like: str, id_: str, inputs: Mapping[int, str], outputs: Mapping[int, str]) -> None:
    """A rule after the rule `like`, which it copies but for the cells given."""
    model = rule(tree, like)
    row = copy.deepcopy(model)
    for element in row.iter():
        if element.get("id"):
            element.set("id", element.get("id").replace(like, id_))
    for at, text in inputs.items():
        cells(row, "input")[at].text = text
    for at, text in outputs.items():
        cells(row, "output")[at].text = text
    model.addnext(row)


def with_eligibility(content: bytes) -> bytes:
    tree = table(content)
    for id_ in ("enterprise_type_required", "basic_account_missing"):
        kinds = cells(rule(tree, id_), "input")[1]
        kinds.text = kinds.text.replace('"temporary"', f'"temporary", "{WAGE}"')
    return etree.tostring(tree)


def with_checklist(content: bytes) -> bytes:
    tree = table(content)
    inputs, outputs = {1: "-", 2: f'"{WAGE}"'}, {0: '"wage_agreement"', 2: '"工资代发协议"', 3: '"Wage agreement"'}
    added(tree, "requires_charter", "requires_wage_agreement", inputs, outputs)
    return etree.tostring(tree)


def with_limits(content: bytes) -> bytes:
    tree = table(content)
    for band in ("low", "medium", "high"):
        cells(rule(tree, f"enterprise_{band}"), "input")[1].text = f'not("{WAGE}")'
    added(tree, "enterprise_low", "migrant_wage", {1: f'"{WAGE}"', 2: "-"}, {0: "30000000", 1: "100000000"})
    return etree.tostring(tree)


@pytest.fixture
def opening_bank(database: Database, clock: TestClock, tmp_path: Path) -> OpeningBank:
    return open_bank(database, clock, tmp_path)


@pytest.mark.requirement("R010")
def test_a_new_kind_of_account_is_opened_after_a_change_of_data_alone(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(with_wage_account())
    case = opening_bank.start(APPLICATION)
    opening_bank.work("enter_enterprise_application", "relationship_manager", entry())
    for element, role, form in STEPS:
        if role == "customer":
            opening_bank.act_as_customer(element, case)
        else:
            opening_bank.work(element, role, form, PAPERS if element == "collect_documents" else ())
    assert "account_opened" in opening_bank.completed(case)
    with opening_bank.database.reading() as connection:
        account = opening_bank.bank.accounts.of_case(connection, NUMBER)
    assert account is not None
    assert (account.account_type, account.status.value) == (WAGE, "active")


@pytest.mark.requirement("R010")
def test_its_own_limits_and_documents_apply(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(with_wage_account())
    case = opening_bank.start(APPLICATION)
    opening_bank.work("enter_enterprise_application", "relationship_manager", entry())
    manager = opening_bank.staff("relationship_manager")
    with pytest.raises(FormInvalid) as refused:
        opening_bank.work("collect_documents", manager, VALID["document_collection"], PAPERS[:-1])
    assert "documents.wage_agreement" in refused.value.errors
    (task,) = opening_bank.engine.user_tasks.inbox(manager, InboxView.MINE, Page(limit=50)).rows
    opening_bank.engine.user_tasks.release(manager, task.key)
    opening_bank.work("collect_documents", manager, VALID["document_collection"], PAPERS)
    opening_bank.work("review_documents", "reviewer", VALID["document_review"])
    limits = opening_bank.seen_at(case, "approve_fast_lane")["limits"]
    assert (limits["single_fen"], limits["daily_fen"]) == (30_000_000, 100_000_000)


def test_what_ships_does_not_know_it(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(shipped())
    with pytest.raises(FormInvalid) as refused:
        opening_bank.start(APPLICATION)
    assert refused.value.errors["application.account_type"].code == "not_an_option"
