"""A process of the tests whose one task asks for documents, and what the people of the tests do with it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bank.documents import Document
from cli.demo_paper import paper
from engine.services.answers import InboxView, Resource
from tests.web.conftest import FORM, HERE, PROCESS, Site, token

NUMBER = "AO-20260302-0042"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + bytes(4) + b"\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(32)
CHECKLIST = [
    {"code": "charter", "required": True, "name": "公司章程", "name_en": "Charter of the company"},
    {"code": "licence", "required": True, "name": "营业执照", "name_en": "Business licence"},
]


def file(name: str, content: bytes | None = None) -> tuple[io.BytesIO, str]:
    """A file as a browser sends it; without content a PDF of its own."""
    return io.BytesIO(paper(name.encode().hex()) if content is None else content), name


@dataclass
class Filing:
    """One case that waits for its documents, claimed by the reviewer."""

    site: Site
    client: FlaskClient
    task: int
    case: int

    def send(self, client: FlaskClient | None = None, /, **fields: Any) -> TestResponse:
        """Post the task's form; `documents_charter` stands for `documents.charter`."""
        by = client or self.client
        data = {name.replace("documents_", "documents."): value for name, value in fields.items()}
        page = f"/inbox/tasks/{self.task}/complete"
        return by.post(
            page, data={"csrf_token": token(by, "/"), **data}, content_type="multipart/form-data", buffered=True
        )

    def page(self, client: FlaskClient | None = None) -> str:
        return (client or self.client).get(f"/inbox/tasks/{self.task}").text

    @property
    def documents(self) -> list[Document]:
        with self.site.services.database.reading() as connection:
            return self.site.services.bank.documents.of_case(connection, NUMBER)

    @property
    def ended(self) -> bool:
        actor = self.site.members["reviewer"].actor
        return self.site.services.engine.process_instances.get(actor, self.case).ended_at is not None

    @property
    def held(self) -> Any:
        """The variable `documents` of the case."""
        actor = self.site.members["reviewer"].actor
        return self.site.services.engine.history.variables(actor, self.case).root.get("documents")


def attached(page: str, field: str) -> list[str]:
    """The ids a page lists at a file field."""
    return re.findall(rf'<input type="hidden" name="{re.escape(field)}" value="(\d+)">', page)


def filing_at(site: Site) -> Filing:
    """The case, started and claimed."""
    engine, reviewer = site.services.engine, site.members["reviewer"].actor
    diagram = PROCESS.read_bytes().replace(FORM.stem.encode(), b"papers")
    resources = [Resource("papers.bpmn", diagram), Resource("papers.form", (HERE / "papers.form").read_bytes())]
    engine.deployments.deploy(site.members["administrator"].actor, resources)
    case = engine.process_instances.start(
        site.members["manager"].actor, "papers", business_key=NUMBER, variables={"checklist": CHECKLIST}
    )
    [row] = engine.user_tasks.inbox(reviewer, InboxView.GROUPS).rows
    engine.user_tasks.claim(reviewer, row.key)
    return Filing(site, site.signed_in("reviewer"), row.key, case.key)
