"""Documents attached to forms: a case takes its own and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bank.documents import Documents
from bank.parameters import Parameters
from engine.forms import FormInvalid
from engine.model.actor import Actor
from engine.model.errors import NotFound
from engine.model.ports import NO_ATTACHMENTS, Attachments
from engine.process_engine import ProcessEngine
from engine.services.answers import InboxView, Resource
from persistence.database import Database
from persistence.keys import Keys
from tests.conftest import TestClock
from tests.engine.conftest import HANDLERS, EveryDay, RolesOnly, administrator, clerk
from tests.engine.diagrams import chain, diagram, end, start, user_task

OWN, OTHERS = "11", "21"


class Kept:
    """Documents by case, and what was asked about them."""

    def __init__(self, of_case: Mapping[str, set[str]]) -> None:
        self.of_case = of_case
        self.asked: list[str] = []

    def foreign(self, connection: Connection, business_key: str, ids: Iterable[str], /) -> list[str]:
        listed = list(ids)
        self.asked += listed
        return [document for document in listed if document not in self.of_case.get(business_key, set())]


def _picker(key: str, **more: Any) -> dict[str, Any]:
    picker = {"type": "filepicker", "id": f"Field_{key}", "key": key, "label": key, "multiple": True, **more}
    return {**picker, "properties": {"label_en": key}}


def _form(form_id: str, *components: dict[str, Any]) -> Resource:
    content = {"id": form_id, "type": "default", "schemaVersion": 16, "components": list(components)}
    return Resource(f"{form_id}.form", json.dumps(content).encode())


PROCESS = diagram(
    "collecting", chain(start(form_id="request"), user_task("collect", "clerk", form_id="papers"), end()), name="收集"
)
REQUEST = _form("request", _picker("letter"))
OWNERS = {
    "type": "dynamiclist",
    "id": "Owners",
    "path": "owners",
    "label": "owners",
    "components": [_picker("copy")],
    "properties": {"label_en": "owners"},
}
PAPERS = _form(
    "papers",
    _picker("proof"),
    _picker("secret", conditional={"hide": "=true"}),
    _picker("letter", readonly=True),
    OWNERS,
)


def _engine(database: Database, clock: TestClock, attachments: Attachments) -> ProcessEngine:
    engine = ProcessEngine(
        database=database,
        keys=Keys.of(database),
        clock=clock,
        authority=RolesOnly(),
        calendar=EveryDay(),
        handlers=HANDLERS,
        resources=None,
        attachments=attachments,
    )
    engine.deployments.deploy(administrator, [PROCESS, REQUEST, PAPERS])
    return engine


@pytest.fixture
def kept() -> Kept:
    return Kept({"AO-1": {OWN, "12", "13"}, "AO-2": {OTHERS}})


@pytest.fixture
def engine(database: Database, clock: TestClock, kept: Kept) -> ProcessEngine:
    return _engine(database, clock, kept)


def begin(engine: ProcessEngine, actor: Actor = clerk, **form_data: object) -> int:
    """The key of a case AO-1 that waits at `collect`."""
    return engine.process_instances.start(actor, "collecting", business_key="AO-1", form_data=form_data).key


def claimed(engine: ProcessEngine) -> int:
    """The task `collect`, taken by the clerk."""
    key = engine.user_tasks.inbox(clerk, InboxView.ALL).rows[0].key
    engine.user_tasks.claim(clerk, key)
    return key


@pytest.mark.requirement("R021")
def test_documents_of_the_case_are_attached_and_their_ids_stand_in_its_variables(engine: ProcessEngine) -> None:
    case = begin(engine, letter=["13"])
    engine.user_tasks.complete(clerk, claimed(engine), {"proof": [OWN, "12"], "owners": [{"copy": [OWN]}]})
    variables = engine.history.variables(clerk, case).root
    assert (variables["letter"], variables["proof"]) == (["13"], [OWN, "12"])
    assert variables["owners"] == [{"copy": [OWN]}]


@pytest.mark.requirement("R021")
@pytest.mark.parametrize("document", [OTHERS, "999"], ids=["of_another_case", "of_none"])
def test_a_document_that_is_not_the_cases_is_refused_at_its_field_and_the_task_stays_open(
    engine: ProcessEngine, document: str
) -> None:
    case = begin(engine)
    task = claimed(engine)
    entries = len(engine.history.journal(clerk, case))
    with pytest.raises(FormInvalid) as refused:
        engine.user_tasks.complete(clerk, task, {"proof": [OWN, document], "owners": [{"copy": [OWN]}]})
    assert {name: error.code for name, error in refused.value.errors.items()} == {"proof": "foreign_document"}
    assert document not in refused.value.errors["proof"].en
    assert "不属于本案" in refused.value.errors["proof"].zh
    assert len(engine.history.journal(clerk, case)) == entries
    assert engine.user_tasks.get(clerk, task).may_complete.allowed


@pytest.mark.requirement("R021")
def test_every_field_with_such_a_document_says_so_also_in_the_rows_of_a_list(engine: ProcessEngine) -> None:
    begin(engine)
    task = claimed(engine)
    rows = [{"copy": [OWN]}, {"copy": [OTHERS]}, {"copy": []}]
    with pytest.raises(FormInvalid) as refused:
        engine.user_tasks.complete(clerk, task, {"proof": ["999"], "owners": rows})
    assert list(refused.value.errors) == ["proof", "owners[1].copy"]


@pytest.mark.requirement("R021")
def test_a_case_does_not_start_with_documents_of_another(engine: ProcessEngine) -> None:
    with pytest.raises(FormInvalid) as refused:
        begin(engine, letter=[OTHERS])
    assert list(refused.value.errors) == ["letter"]
    with pytest.raises(NotFound):
        engine.process_instances.find(clerk, "AO-1")


def test_only_what_the_person_could_attach_is_asked_about(engine: ProcessEngine, kept: Kept) -> None:
    case = begin(engine, letter=["13"])
    kept.asked.clear()
    posted = {"proof": [OWN], "secret": [OTHERS], "letter": [OTHERS]}
    engine.user_tasks.complete(clerk, claimed(engine), posted)
    variables = engine.history.variables(clerk, case).root
    assert kept.asked == [OWN]
    assert (variables["letter"], variables.get("secret")) == (["13"], None)


def test_where_no_documents_are_kept_none_can_be_attached(database: Database, clock: TestClock) -> None:
    engine = _engine(database, clock, NO_ATTACHMENTS)
    begin(engine)
    task = claimed(engine)
    with pytest.raises(FormInvalid):
        engine.user_tasks.complete(clerk, task, {"proof": [OWN]})
    engine.user_tasks.complete(clerk, task, {"proof": []})


@pytest.mark.requirement("R020", "R021")
def test_the_banks_own_documents_answer_the_engine(database: Database, clock: TestClock, tmp_path: Path) -> None:
    documents = Documents(clock, Parameters(), tmp_path / "documents")
    engine = _engine(database, clock, documents)
    ids: dict[str, str] = {}
    for case in ("AO-1", "AO-2"):
        with database.transaction() as transaction:
            ids[case] = documents.store(
                transaction.connection,
                content=b"%PDF-1.7\n%%EOF\n",
                file_name="licence.pdf",
                business_key=case,
                uploaded_by=None,
            ).id
    begin(engine)
    task = claimed(engine)
    with pytest.raises(FormInvalid):
        engine.user_tasks.complete(clerk, task, {"proof": [ids["AO-2"]]})
    engine.user_tasks.complete(clerk, task, {"proof": [ids["AO-1"]]})
