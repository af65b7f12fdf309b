"""Plays a story as the people of the bank and its customer, through the same services as the pages."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from bank.agreements import terms_digest
from bank.clock import local_date
from bank.documents import Document, DocumentDoor, Upload
from bank.parameters import ParameterDoor
from cli.demo_home import staff_with_role
from cli.demo_paper import paper
from cli.demo_story import CUSTOMER, TODAY, VERSION_IN_FORCE, CustomerStep, Step, Story
from cli.parts import Parts
from engine.model.actor import Actor
from engine.services.answers import Activity, InboxView, InstanceFilter, Page, ProcessInstance, TaskRow
from engine.store.states import ActivityState, InstanceState
from persistence.errors import ErrorKind, KaihuError

_PATIENCE_SECONDS = 150.0  # a process that was killed may still hold a job under its lease
_LOOK_AGAIN_SECONDS = 0.2
_LINK = re.compile(r"/activate/(\S+)")

Found = TypeVar("Found")
Tell = Callable[[str, str, str], None]
"""Told of each step done: its name in Chinese and in English, and the role that did it."""


class DemoStuck(KaihuError):
    """The case does not come to the step the story goes on with. Fields: `element`, `waiting`."""

    code = "demo_stuck"
    kind = ErrorKind.CONFLICT
    en = "The case waits at {waiting}, not at {element}. See its page for the reason."
    zh = "案件停在 {waiting}，未到达 {element}，原因见案件页面。"


class Playing:
    """One story on its way: a new case, or the one an earlier run left open."""

    def __init__(self, kaihu: Parts, story: Story, tell: Tell) -> None:
        self._kaihu = kaihu
        self._story = story
        self._tell = tell
        self._manager = staff_with_role(kaihu, "relationship_manager")
        left = self._left_open()
        self.business_key = left.business_key if left else self._new_number()
        self.instance_key = left.key if left else self._start()

    def play(self) -> None:
        """Every step of the story that is not done yet. Raises DemoStuck, or what a service refuses."""
        done = {activity.element_id for activity in self._activities() if activity.state == ActivityState.COMPLETED}
        for step in self._story.steps:
            if step.element in done:
                continue
            if isinstance(step, Step):
                self._complete(step)
            else:
                self._act_as_customer(step)
        self._kaihu.executor.run_until_idle()

    def summary(self) -> dict[str, object]:
        """What came of it, as `kaihu demo --json` prints it."""
        with self._kaihu.database.reading() as connection:
            account = self._kaihu.bank.accounts.of_case(connection, self.business_key)
        history = self._kaihu.engine.history
        return {
            "business_key": self.business_key,
            "kind": self._story.kind,
            "state": account.status.value if account else "none",
            "account": account.number if account else None,
            "steps": sum(activity.state == ActivityState.COMPLETED for activity in self._activities()),
            "journal_entries": len(history.journal(self._manager, self.instance_key)),
        }

    def _new_number(self) -> str:
        with self._kaihu.database.transaction() as transaction:
            return self._kaihu.bank.applications.new_number(transaction.connection)

    def _left_open(self) -> ProcessInstance | None:
        """The open case of this applicant: the bank would not take a second application beside it (R007)."""
        engine, page = self._kaihu.engine, Page(limit=200)
        wanted = InstanceFilter(process_id="account_opening", state=InstanceState.ACTIVE)
        while True:
            found = engine.process_instances.list(self._manager, wanted, page)
            for case in found.rows:
                application = engine.history.variables(self._manager, case.key).root.get("application")
                if isinstance(application, Mapping) and application.get("applicant_name") == self._story.applicant:
                    return case
            if found.next is None:
                return None
            page = Page(limit=200, after=found.next)

    def _start(self) -> int:
        online = self._story.starter == CUSTOMER
        case = self._kaihu.engine.process_instances.start(
            self._customer() if online else staff_with_role(self._kaihu, self._story.starter),
            "account_opening",
            business_key=self.business_key,
            form_data={"application": self._story.application},
        )
        self._tell("提交开户申请", "Submit the application", CUSTOMER if online else self._story.starter)
        return case.key

    def _complete(self, step: Step) -> None:
        actor = staff_with_role(self._kaihu, step.role)
        task = self._task(actor, step.element)
        tasks = self._kaihu.engine.user_tasks
        tasks.claim(actor, task.key)
        tasks.complete(actor, task.key, self._filled(step, actor))
        self._tell(task.name, task.name_en, step.role)

    def _filled(self, step: Step, actor: Actor) -> dict[str, Any]:
        today = local_date(dt.datetime.now(dt.UTC))
        version = self._kaihu.bank.agreements.in_force(self._story.kind, today).version
        form = _filled_in(step.form, {TODAY: today.isoformat(), VERSION_IN_FORCE: version})
        if step.documents:
            form["documents"] = {code: [self._hand_in(code, actor)] for code in step.documents}
        return form

    def _hand_in(self, code: str, actor: Actor) -> str:
        door = DocumentDoor(self._kaihu.database, self._kaihu.bank.documents)
        upload = Upload(file_name=f"{code}.pdf", content=paper(f"{code} {self.business_key}"))
        [taken] = door.take_in(self.business_key, [upload], uploaded_by=actor.person)
        if not isinstance(taken, Document):
            raise taken
        return taken.id

    def _act_as_customer(self, step: CustomerStep) -> None:
        waiting = self._until(step.element, lambda: self._waiting().get(step.element))
        acts = {"sign": self._sign, "activate": self._activate}
        acts[step.act](waiting)
        self._tell(waiting.name, waiting.name_en, CUSTOMER)

    def _sign(self, waiting: Activity) -> None:
        """Read the agreement for as long as the bank asks for, then consent to exactly that text."""
        history = self._kaihu.engine.history
        agreement = history.variables_at(self._customer(), self.instance_key, waiting.number)["agreement"]
        assert isinstance(agreement, Mapping)
        template = self._kaihu.bank.agreements.version(str(agreement["version"]))
        parameters = ParameterDoor(self._kaihu.database, self._kaihu.bank.parameters).newest()
        seconds = parameters.integer("agreement_minimum_reading_seconds")
        time.sleep(seconds)
        self._send(
            "agreement_signed",
            {
                "consent": {
                    "version": template.version,
                    "digest": template.digest,
                    "terms_digest": terms_digest(agreement),
                    "signed_by": self._story.signer,
                    "read_seconds": seconds,
                    "consented_at": dt.datetime.now(dt.UTC).isoformat(),
                }
            },
        )

    def _activate(self, waiting: Activity) -> None:
        """Follow the link of the letter, as the customer does."""
        token = self._until("activation letter", self._token)
        with self._kaihu.database.reading() as connection:
            self._kaihu.bank.accounts.by_token(connection, token, dt.datetime.now(dt.UTC))
        self._send("account_activated", {})

    def _token(self) -> str | None:
        """The token of the link in the newest letter of this case; letters of a demo are files."""
        letters = sorted((self._kaihu.settings.home / "outbox").glob("*.txt"), key=lambda file: file.stat().st_mtime_ns)
        texts = [text for text in (file.read_text("utf-8") for file in letters) if self.business_key in text]
        links = [link for link in map(_LINK.search, texts) if link]
        return links[-1][1] if links else None

    def _send(self, message: str, variables: Mapping[str, object]) -> None:
        self._kaihu.engine.messages.correlate(self._customer(), message, self.business_key, variables)

    def _customer(self) -> Actor:
        return Actor.customer(self.business_key)

    def _task(self, actor: Actor, element: str) -> TaskRow:
        def find() -> TaskRow | None:
            rows = self._open_tasks(actor)
            return next((row for row in rows if row.element_id == element), None)

        return self._until(element, find)

    def _open_tasks(self, actor: Actor) -> Iterator[TaskRow]:
        after = None
        while True:
            page = self._kaihu.engine.user_tasks.inbox(actor, InboxView.ALL, Page(limit=200, after=after))
            yield from (row for row in page.rows if row.business_key == self.business_key)
            after = page.next
            if after is None:
                return

    def _until(self, element: str, find: Callable[[], Found | None]) -> Found:
        """What `find` finds once jobs and timers have run. Raises DemoStuck when it never does."""
        patience = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self._kaihu.executor.run_until_idle()
            found = find()
            if found is not None:
                return found
            if time.monotonic() > patience:
                raise DemoStuck(element=element, waiting=", ".join(self._waiting()))
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _waiting(self) -> dict[str, Activity]:
        return {activity.element_id: activity for activity in self._activities() if activity.ended_at is None}

    def _activities(self) -> list[Activity]:
        return self._kaihu.engine.history.activities(self._manager, self.instance_key)


def _filled_in(form: Mapping[str, Any], facts: Mapping[str, str]) -> dict[str, Any]:
    """The form with the words that stand for a fact of the day replaced by it."""

    def filled(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: filled(inner) for key, inner in value.items()}
        return facts.get(value, value) if isinstance(value, str) else value

    return {key: filled(value) for key, value in form.items()}
