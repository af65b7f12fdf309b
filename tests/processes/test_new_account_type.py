"""A new kind of account is data: options in forms and rules in tables, then it opens in the real bank (R010)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bank.agreements import terms_digest
from bank.bank import Bank, build
from bank.notifications import Outbox
from bank.seed import seed_demo
from bank.simulators import build_systems
from cli.demo_paper import paper
from cli.demo_story import ENTERPRISE, Step
from cli.deploy import resources_of
from engine.forms import FormInvalid
from engine.job_executor import JobExecutor
from engine.model.actor import Actor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from persistence.database import Database
from persistence.keys import Keys
from persistence.settings import Settings
from tests.conftest import TestClock
from tests.forms.submissions import VALID
from workers import HANDLERS
from workers.context import WorkerContext

ROOT = Path(__file__).parents[2]
WAGE = "migrant_wage"
"""农民工工资专用账户: an account from which nothing but wages of migrant workers is paid."""
NUMBER = "AO-20260302-0001"
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


def application() -> dict[str, Any]:
    return {"application": {**ENTERPRISE.application, "account_type": WAGE}}


def entry() -> dict[str, Any]:
    first = ENTERPRISE.steps[0]
    assert isinstance(first, Step)
    data: dict[str, Any] = copy.deepcopy(dict(first.form))
    data["application"]["account_type"] = WAGE
    data["application"]["enterprise"]["basic_account_number"] = "3100012345678901"
    return data


# ---- the change of data


def shipped() -> list[Resource]:
    return resources_of((ROOT / "processes", ROOT / "forms"))


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


# ---- the bank that opens it


@dataclass
class OpeningBank:
    """The real engine, workers and bank on one database; only the clock is the test's."""

    engine: ProcessEngine
    executor: JobExecutor
    bank: Bank
    database: Database
    clock: TestClock

    def staff(self, role: str) -> Actor:
        with self.database.reading() as connection:
            person = self.bank.people.holders(connection, role)[0]
            return Actor.staff(person.key, self.bank.people.logins.of_person(connection, person.key)[0].key)

    def deploy(self, resources: list[Resource]) -> None:
        self.engine.deployments.deploy(self.staff("process_owner"), resources)

    def start(self) -> int:
        manager = self.staff("relationship_manager")
        data = application()
        started = self.engine.process_instances.start(manager, "account_opening", business_key=NUMBER, form_data=data)
        self.executor.run_until_idle()
        return started.key

    def work(self, element: str, role: str, form: Mapping[str, Any]) -> None:
        actor = self.staff(role)
        rows = self.engine.user_tasks.inbox(actor, InboxView.GROUPS, Page(limit=50)).rows
        (task,) = [row for row in rows if row.element_id == element]
        self.engine.user_tasks.claim(actor, task.key)
        self.engine.user_tasks.complete(actor, task.key, self.with_papers(form, actor) if "documents" in form else form)
        self.executor.run_until_idle()

    def with_papers(self, form: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        codes = (
            "business_licence", "legal_representative_id", "charter", "beneficial_owner_ids", "seal_specimen",
            "basic_account_information", "wage_agreement",
        )  # fmt: skip
        with self.database.transaction() as transaction:
            stored = {
                code: self.bank.documents.store(
                    transaction.connection,
                    content=paper(code),
                    file_name=f"{code}.pdf",
                    business_key=NUMBER,
                    uploaded_by=actor.person,
                ).id
                for code in codes
            }
        return {**form, "documents": {code: [id_] for code, id_ in stored.items()}}

    def act_as_customer(self, element: str, case: int) -> None:
        if element == "sign_agreement":
            self.clock.pass_by(minutes=5)
            self.send("agreement_signed", {"consent": self.consent(case)})
        else:
            self.send("account_activated", {})

    def consent(self, case: int) -> dict[str, Any]:
        history = self.engine.history
        customer = Actor.customer(NUMBER)
        (wait,) = [row for row in history.activities(customer, case) if row.element_id == "sign_agreement"]
        agreement = history.variables_at(customer, case, wait.number)["agreement"]
        assert isinstance(agreement, Mapping)
        text = self.bank.agreements.version(str(agreement["version"]))
        return {
            "version": text.version,
            "digest": text.digest,
            "terms_digest": terms_digest(agreement),
            "signed_by": "顾明远",
            "read_seconds": 240,
            "consented_at": self.clock.now().isoformat(),
        }

    def send(self, message: str, variables: Mapping[str, Any]) -> None:
        self.engine.messages.correlate(Actor.customer(NUMBER), message, NUMBER, variables)
        self.executor.run_until_idle()


@pytest.fixture
def opening_bank(database: Database, clock: TestClock, tmp_path: Path) -> OpeningBank:
    bank = build(clock, tmp_path)
    with database.transaction() as transaction:
        seed_demo(transaction.connection, bank)
    systems = build_systems(tmp_path, smtp_url=None)
    settings = Settings.from_environment({"KAIHU_HOME": str(tmp_path)})
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=bank.authority,
        calendar=bank.calendar,
        handlers=HANDLERS,
        resources=WorkerContext(
            bank=bank, systems=systems, outbox=Outbox(database, clock, systems.mail), settings=settings
        ),
        zone=settings.zone,
        attachments=bank.documents,
    )
    return OpeningBank(engine, JobExecutor(engine), bank, database, clock)


@pytest.mark.requirement("R010")
def test_a_new_kind_of_account_is_opened_after_a_change_of_data_alone(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(with_wage_account())
    case = opening_bank.start()
    opening_bank.work("enter_enterprise_application", "relationship_manager", entry())
    for element, role, form in STEPS:
        if role == "customer":
            opening_bank.act_as_customer(element, case)
        else:
            opening_bank.work(element, role, form)
    activities = opening_bank.engine.history.activities(opening_bank.staff("internal_auditor"), case)
    assert "account_opened" in {row.element_id for row in activities if row.state == "completed"}
    with opening_bank.database.reading() as connection:
        account = opening_bank.bank.accounts.of_case(connection, NUMBER)
    assert account is not None
    assert (account.account_type, account.status.value) == (WAGE, "active")


@pytest.mark.requirement("R010")
def test_its_own_limits_and_documents_apply(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(with_wage_account())
    case = opening_bank.start()
    opening_bank.work("enter_enterprise_application", "relationship_manager", entry())
    without = {**VALID["document_collection"], "documents": {}}
    manager = opening_bank.staff("relationship_manager")
    (task,) = opening_bank.engine.user_tasks.inbox(manager, InboxView.GROUPS, Page(limit=50)).rows
    opening_bank.engine.user_tasks.claim(manager, task.key)
    with pytest.raises(FormInvalid) as refused:
        opening_bank.engine.user_tasks.complete(manager, task.key, without)
    assert "documents.wage_agreement" in refused.value.errors
    opening_bank.engine.user_tasks.release(manager, task.key)
    for element, role, form in STEPS[:2]:
        opening_bank.work(element, role, form)
    auditor = opening_bank.staff("internal_auditor")
    activities = opening_bank.engine.history.activities(auditor, case)
    (wait,) = [row for row in activities if row.element_id == "approve_fast_lane"]
    limits = opening_bank.engine.history.variables_at(auditor, case, wait.number)["limits"]
    assert isinstance(limits, Mapping)
    assert (limits["single_fen"], limits["daily_fen"]) == (30_000_000, 100_000_000)


def test_what_ships_does_not_know_it(opening_bank: OpeningBank) -> None:
    opening_bank.deploy(shipped())
    with pytest.raises(FormInvalid) as refused:
        opening_bank.start()
    assert refused.value.errors["application.account_type"].code == "not_an_option"
