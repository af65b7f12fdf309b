"""The real engine, workers and bank on one database, with a person for each role: whole cases are played on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import compose
from bank.agreements import terms_digest
from bank.bank import Bank
from bank.notifications import Outbox
from bank.seed import seed_demo
from cli.demo_paper import paper
from cli.demo_story import ENTERPRISE, Step
from cli.deploy import resources_of
from engine.job_executor import JobExecutor
from engine.model.actor import Actor
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Page, Resource
from persistence.database import Database
from persistence.settings import Settings
from tests.conftest import TestClock
from tests.forms.submissions import VALID

ROOT = Path(__file__).parents[2]
NUMBER = "AO-20260302-0001"
"""The business key of the one case."""


def shipped() -> list[Resource]:
    """The processes, tables and forms that ship."""
    return resources_of((ROOT / "processes", ROOT / "forms"))


@dataclass
class OpeningBank:
    """One bank; only the clock is the test's."""

    engine: ProcessEngine
    executor: JobExecutor
    bank: Bank
    outbox: Outbox
    database: Database
    clock: TestClock

    def staff(self, role: str) -> Actor:
        """The person who has had the role longest."""
        with self.database.reading() as connection:
            person = self.bank.people.holders(connection, role)[0]
            return Actor.staff(person.key, self.bank.people.logins.of_person(connection, person.key)[0].key)

    def hire(self, role: str, login: str) -> Actor:
        """One more person with the role."""
        administrator = self.staff("administrator").person
        with self.database.transaction() as transaction:
            connection, people = transaction.connection, self.bank.people
            person = people.add(connection, name_zh=f"增设{login}", name_en=login)
            account, _ = people.logins.add(connection, person.key, login, must_change_password=False)
            people.grant(connection, person.key, role, by=administrator)
            return Actor.staff(person.key, account.key)

    def deploy(self, resources: list[Resource]) -> None:
        self.engine.deployments.deploy(self.staff("process_owner"), resources)

    def start(self, application: Mapping[str, Any]) -> int:
        """The manager starts a case with the form's data; its key."""
        manager = self.staff("relationship_manager")
        started = self.engine.process_instances.start(
            manager, "account_opening", business_key=NUMBER, form_data={"application": dict(application)}
        )
        self.executor.run_until_idle()
        return started.key

    def task(self, actor: Actor, element: str) -> int:
        """The key of the open task the actor could take."""
        rows = self.engine.user_tasks.inbox(actor, InboxView.GROUPS, Page(limit=50)).rows
        (key,) = [row.key for row in rows if row.element_id == element]
        return key

    def work(self, element: str, worker: str | Actor, form: Mapping[str, Any], papers: tuple[str, ...] = ()) -> None:
        """A person, or whoever has the role first, claims and completes the task; `papers` are handed in with it."""
        actor = worker if isinstance(worker, Actor) else self.staff(worker)
        key = self.task(actor, element)
        self.engine.user_tasks.claim(actor, key)
        documents = {"documents": {code: [self.paper(code, actor)] for code in papers}} if papers else {}
        self.engine.user_tasks.complete(actor, key, {**form, **documents})
        self.executor.run_until_idle()

    def paper(self, code: str, actor: Actor) -> str:
        """The id of a document of the case."""
        with self.database.transaction() as transaction:
            return self.bank.documents.store(
                transaction.connection,
                content=paper(code),
                file_name=f"{code}.pdf",
                business_key=NUMBER,
                uploaded_by=actor.person,
            ).id

    def completed(self, case: int) -> set[str]:
        """Ids of the elements completed so far."""
        activities = self.engine.history.activities(self.staff("internal_auditor"), case)
        return {row.element_id for row in activities if row.state == "completed"}

    def seen_at(self, case: int, element: str) -> Mapping[str, Any]:
        """The variables an open element sees."""
        auditor = self.staff("internal_auditor")
        activities = self.engine.history.activities(auditor, case)
        (number,) = [row.number for row in activities if row.element_id == element and row.ended_at is None]
        return self.engine.history.variables_at(auditor, case, number)

    def act_as_customer(self, element: str, case: int) -> None:
        if element == "sign_agreement":
            self.clock.pass_by(minutes=5)
            self.send("agreement_signed", {"consent": self.consent(case)})
        else:
            self.send("account_activated", {})

    def open_account(self) -> int:
        """An enterprise's case by the fast lane, until its customer is to activate the account."""
        case = self.start(ENTERPRISE.application)
        for step in ENTERPRISE.steps:
            if step.element == "await_activation":
                break
            if isinstance(step, Step):
                form = VALID["agreement_preparation"] if step.element == "prepare_agreement" else step.form
                self.work(step.element, step.role, form, step.documents)
            else:
                self.act_as_customer(step.element, case)
        return case

    def consent(self, case: int) -> dict[str, Any]:
        agreement = self.seen_at(case, "sign_agreement")["agreement"]
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


def open_bank(database: Database, clock: TestClock, home: Path) -> OpeningBank:
    """A bank with one person for each role and nothing deployed."""
    kaihu = compose(Settings.from_environment({"KAIHU_HOME": str(home)}), database, clock)
    with database.transaction() as transaction:
        seed_demo(transaction.connection, kaihu.bank)
    return OpeningBank(kaihu.engine, kaihu.executor, kaihu.bank, kaihu.outbox, database, clock)
