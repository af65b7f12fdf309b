"""The customer's pages over the real bank, the real processes and their workers; only the clock is the test's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import compose
from bank.bank import Bank
from bank.seed import seed_demo
from cli.deploy import resources_of
from engine.job_executor import JobExecutor
from engine.model.actor import Actor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page
from persistence.database import Database
from persistence.settings import Settings
from tests.checks.people import resident_number
from tests.conftest import TestClock
from tests.forms.submissions import VALID
from tests.web.conftest import sign_in, token

STEPS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "enter_individual_application": ("relationship_manager", {}),
    "collect_documents": ("relationship_manager", VALID["document_collection"]),
    "review_documents": ("reviewer", VALID["document_review"]),
    "approve_fast_lane": ("supervisor", VALID["approval"]),
    "prepare_agreement": ("relationship_manager", VALID["agreement_preparation"]),
    "countersign_agreement": ("supervisor", VALID["agreement_countersign"]),
    "set_up_account": ("account_operator", VALID["account_setup"]),
    "guide_customer": ("relationship_manager", VALID["service_record"]),
}
"""The bank's tasks in order: who does them, and what they enter."""
SUPPLEMENT = {
    "review": {
        "decision": "supplement",
        "reason": "身份证复印件不清晰",
        "items": [{"document": "身份证", "deficiency": "反面缺失，请重新扫描"}],
    }
}


OWN = "a sentence nobody else knows"


@dataclass
class Opening:
    """A bank at work."""

    app: Flask
    engine: ProcessEngine
    executor: JobExecutor
    bank: Bank
    database: Database
    clock: TestClock
    home: Path

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def staff(self, role: str) -> Actor:
        with self.database.reading() as connection:
            person = self.bank.people.holders(connection, role)[0]
            return Actor.staff(person.key, self.bank.people.logins.of_person(connection, person.key)[0].key)

    def work(self, number: str, element: str, form: Mapping[str, Any] | None = None) -> None:
        """The bank's person completes the task, as in `STEPS` unless `form` says otherwise."""
        role, usual = STEPS[element]
        actor, tasks = self.staff(role), self.engine.user_tasks
        self.executor.run_until_idle()
        rows = tasks.inbox(actor, InboxView.GROUPS, Page(limit=200)).rows
        [task] = [row for row in rows if row.business_key == number and row.element_id == element]
        data = dict(form if form is not None else usual) or entered(number)
        if element == "collect_documents":
            data["documents"] = {"id_document": [self.hand_in(number, "id_document", actor.person)]}
        tasks.claim(actor, task.key)
        tasks.complete(actor, task.key, data)
        self.executor.run_until_idle()

    def work_until(self, number: str, element: str) -> None:
        """Everything the bank does before its task `element`."""
        for name in STEPS:
            if name == element:
                return
            self.work(number, name)

    def hand_in(self, number: str, code: str, person: int | None) -> str:
        with self.database.transaction() as transaction:
            return self.bank.documents.store(
                transaction.connection,
                content=paper(f"{code} {number}"),
                file_name=f"{code}.pdf",
                business_key=number,
                uploaded_by=person,
            ).id

    def open_elements(self, number: str) -> set[str]:
        """The elements at which the case stands."""
        self.executor.run_until_idle()
        actor, key = Actor.customer(number), self.case_key(number)
        return {each.element_id for each in self.engine.history.activities(actor, key) if each.ended_at is None}

    def sees(self, number: str, element: str) -> Mapping[str, Any]:
        """The variables an open element sees."""
        self.executor.run_until_idle()
        actor, key = Actor.customer(number), self.case_key(number)
        [found] = [
            each
            for each in self.engine.history.activities(actor, key)
            if each.element_id == element and each.ended_at is None
        ]
        return self.engine.history.variables_at(actor, key, found.number)

    def case_key(self, number: str) -> int:
        return self.engine.process_instances.find(Actor.customer(number), number).key

    def activation_link(self) -> str:
        """The path in the letter the customer got last."""
        letters = sorted((self.home / "outbox").rglob("*"), key=lambda path: path.stat().st_mtime_ns)
        texts = [letter_text(path) for path in letters if path.is_file()]
        links = [found[1] for text in texts if (found := re.search(r"(/activate/[\w-]+)", text))]
        return links[-1]


def entered(number: str, **changes: str) -> dict[str, Any]:
    """What the manager enters of the applicant; each case is another person's, so that none is a repetition."""
    individual = {
        "name": "陆知秋",
        "name_pinyin": "LU ZHIQIU",
        "sex": "male",
        "date_of_birth": "1988-06-12",
        "nationality": "CN",
        "tax_residency": "CN",
        "occupation": "中学教师",
        "phone": "13512345678",
        "address": "江苏省苏州市姑苏区平江路八号",
        "pep": "none",
        "id_type": "resident_id",
        "id_number": resident_number("19880612", f"{int(number[-4:]) * 2 + 1:03}", "320502"),
        "id_issued_on": "2020-01-01",
        "id_expires_on": "2040-01-01",
        "bound_account": "6222020000000000",
        "expected_monthly_turnover_fen": "8000.00",
    }
    application = {"account_type": "class_2", "purpose": "工资收入与日常消费", "individual": individual | changes}
    return {"application": application}


def letter_text(path: Path) -> str:
    """The decoded body of a letter in the outbox."""
    import email
    from email.policy import default

    body = email.message_from_bytes(path.read_bytes(), policy=default).get_body()
    return body.get_content() if body else ""


def paper(text: str) -> bytes:
    """A small PDF file that differs with its text."""
    return f"%PDF-1.4\n1 0 obj\n({text})\nendobj\ntrailer\n<< >>\n%%EOF\n".encode()


@contextmanager
def open_bank(database: Database, clock: TestClock, home: Path, **web: Any) -> Iterator[Opening]:
    """The whole composition on a database with tables."""
    settings = Settings.from_environment({"KAIHU_HOME": str(home), "KAIHU_PUBLIC_URL": "https://bank.example"})
    kaihu = compose(settings, database, clock)
    with database.transaction() as transaction:
        seed_demo(transaction.connection, kaihu.bank)
    pages = kaihu.create_web(**{"sign_in_limit": "1000 per minute", "application_limit": "1000 per minute", **web})
    opening = Opening(pages, kaihu.engine, kaihu.executor, kaihu.bank, database, clock, home)
    resources = resources_of((kaihu.processes, kaihu.forms))
    kaihu.engine.deployments.deploy(opening.staff("process_owner"), resources)
    yield opening


def at_work(opening: Opening, role: str) -> FlaskClient:
    """The browser of the role's person, who has replaced the generated password."""
    login = opening.staff(role).login
    assert login is not None
    with opening.database.transaction() as transaction:
        logins = opening.bank.people.logins
        name, password = (
            logins.get(transaction.connection, login).name,
            logins.reset_password(transaction.connection, login),
        )
    client = opening.browser()
    assert sign_in(client, name, password).status_code == 303
    data = {"csrf_token": token(client, "/password"), "current": password, "new": OWN, "repeated": OWN}
    assert client.post("/password", data=data).status_code == 303
    return client


def application(**changes: Any) -> dict[str, str]:
    """What a customer types into the form, by the names of its fields."""
    typed = {
        "application.kind": "individual",
        "application.applicant_name": "陆知秋",
        "application.account_type": "class_2",
        "application.purpose": "工资收入与日常消费",
        "application.language": "zh",
        "application.contact.name": "陆知秋",
        "application.contact.phone": "13512345678",
        "application.contact.email": "lu.zhiqiu@mail.example",
        "application.declared_true": "true",
        "application.consent": "true",
    }
    return typed | changes


def hidden(page: str, name: str) -> str:
    """The value of a page's hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def apply(client: FlaskClient, **changes: Any) -> tuple[str, str]:
    """Apply through the page: number and access code."""
    page = client.get("/apply").text
    names = ("csrf_token", "_idempotency_key")
    answer = client.post("/apply", data={name: hidden(page, name) for name in names} | application(**changes))
    assert answer.status_code == 303, answer.text
    receipt = client.get("/apply/received").text
    number = re.search(r"AO-\d{8}-\d{4}", receipt)
    code = re.search(r"\b(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\b", receipt)
    assert number
    assert code
    return number[0], code[0]


def send(client: FlaskClient, path: str, shown: str | None = None, to: str | None = None, **fields: Any) -> Any:
    """Post a page's form with its token; `shown` is the page, fetched at `path` unless given."""
    page = client.get(path).text if shown is None else shown
    return client.post(to or path, data={"csrf_token": hidden(page, "csrf_token"), **fields})
