"""A step is waived on its page, and the journal says by whom, why and on what ground."""

from __future__ import annotations

import pytest

from tests.engine.diagrams import chain, diagram, end, start, user_task
from tests.web.conftest import Site, token


@pytest.mark.control("CP2")
@pytest.mark.requirement("R086")
def test_who_may_waives_a_step_with_reason_and_reference_and_the_journal_shows_them(site: Site) -> None:
    engine, manager = site.services.engine, site.members["manager"].actor
    check = user_task("check", "reviewer", waiver="={checked: false}")
    engine.deployments.deploy(manager, [diagram("waivable", chain(start(), check, end()))])
    case = engine.process_instances.start(manager, "waivable", business_key="AO-1").key
    (task,) = engine.user_tasks.of_case(manager, case)
    client = site.signed_in("manager")
    page = f"/inbox/tasks/{task.key}"
    assert f"{page}/waive" in client.get(page).text
    fields = {"csrf_token": token(client, page), "reason": "系统演练", "reference": "行长令 2026-3"}
    assert client.post(f"{page}/waive", data=fields | {"reference": ""}).status_code == 400
    assert client.post(f"{page}/waive", data=fields).status_code == 303
    journal = client.get(f"/cases/{case}?tab=journal").text
    for told in ("任务已豁免", "系统演练", "行长令 2026-3"):
        assert told in journal
    assert f"{page}/waive" not in client.get(page).text
