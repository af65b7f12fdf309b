"""The list of cases, and the page of one: where it stands on the diagram, its journal, its data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from engine.model.actor import Action
from engine.model.errors import NotFound
from engine.model.terms import Thing
from engine.model.values import Value
from engine.services.answers import InstanceFilter, Page, ProcessInstance
from web.accounts import account_of_case
from web.cases import access
from web.cases.documents import sections
from web.cases.following import continues_look, is_moving, look_of
from web.cases.incidents import stops, try_again, with_stops
from web.cases.steps import called_links, callers, marks, steps_in
from web.cases.timeline import timeline
from web.identity import acting, for_signed_in, sign_in_door
from web.record import note
from web.services import services
from web.uploads.listing import documents_of

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

APPLICATION = "application"
"""The variable with what the applicant asked for."""

TABS = ("progress", "documents", "journal", "data")


@blueprint.get("/")
@for_signed_in
def listing() -> str:
    """Cases the person may see, newest first; `number` filters by the beginning of the business key."""
    number = request.args.get("number", "").strip()
    wanted = InstanceFilter(business_key=number or None)
    page = services().engine.process_instances.list(
        acting(), wanted, Page(after=request.args.get("after")), showing=APPLICATION
    )
    return render_template("cases/listing.html", page=page, number=number)


@blueprint.get("/<int:key>")
@for_signed_in
def case(key: int) -> str:
    """One case, on one of its tabs."""
    instance = _looked_at(key)
    tab = request.args.get("tab", TABS[0])
    return _page(instance, tab if tab in TABS else TABS[0])


def _application(instance: ProcessInstance) -> Mapping[str, Value]:
    """What was applied for; empty for a case without an application."""
    held = services().engine.history.variables(acting(), instance.key).root.get(APPLICATION)
    return held if isinstance(held, Mapping) else {}


def _looked_at(key: int) -> ProcessInstance:
    """The case. Every look is on record (M14: bulk viewing by staff), also at a case the person may not see."""
    try:
        instance = services().engine.process_instances.get(acting(), key)
    except NotFound as refusal:
        note(acting(), Action.VIEW_CASE.value, refusal=refusal, detail=f"case {key}")
        raise
    if not continues_look(key):
        note(acting(), Action.VIEW_CASE.value, subject={"process_id": instance.process_id, "instance_key": key})
    return instance


def _page(instance: ProcessInstance, tab: str, **more: object) -> str:
    shown = {"documents": _documents, "journal": _journal, "data": _data}.get(tab, _progress)(instance)
    head = {"instance": instance, "stops": stops(instance), "application": _application(instance)}
    head["account"] = account_of_case(instance)
    return render_template("cases/case.html", tab=tab, **head, **shown, **more)


def _progress(instance: ProcessInstance) -> dict[str, object]:
    activities = with_stops(instance, services().engine.history.activities(acting(), instance.key))
    process_id = request.args.get("process", instance.process_id)
    steps = steps_in(activities, process_id)
    return {
        "process_id": process_id,
        "steps": steps,
        "marks": marks(steps),
        "look": look_of(instance.key) if is_moving(activities) else None,
        "links": called_links(activities, steps, instance.key),
        "callers": callers(activities, instance.process_id, process_id),
        "open_tasks": services().engine.user_tasks.of_case(acting(), instance.key),
        "may_cancel": services().engine.process_instances.may_cancel(acting(), instance.key),
        "may_issue_access_code": access.may_issue(instance),
    }


def _journal(instance: ProcessInstance) -> dict[str, object]:
    history = services().engine.history
    entries, activities = history.journal(acting(), instance.key), history.activities(acting(), instance.key)
    return {
        "entries": timeline(entries, activities, cache(sign_in_door().roles)),
        "document_names": {each.id: each.file_name for each in documents_of(instance.business_key)},
    }


def _data(instance: ProcessInstance) -> dict[str, object]:
    variables = services().engine.history.variables(acting(), instance.key).current
    return {"variables": {name: value for name, value in variables.items() if name != "documents"}}  # has its own tab


def _documents(instance: ProcessInstance) -> dict[str, object]:
    variables = services().engine.history.variables(acting(), instance.key).current
    return {"sections": sections(variables, documents_of(instance.business_key))}


@blueprint.post("/<int:key>/cancel")
@for_signed_in
def cancel(key: int) -> BaseResponse | tuple[str, int]:
    """End the case; the reason goes to its journal."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _page(services().engine.process_instances.get(acting(), key), "progress", reason_missing=True), 400
    services().engine.process_instances.cancel(acting(), key, reason)
    flash(_("The case has been cancelled."))
    return redirect(url_for(".case", key=key), 303)


@blueprint.post("/<int:key>/incidents/<int:incident>/resolve")
@for_signed_in
def resolve_incident(key: int, incident: int) -> BaseResponse:
    """Try again where the case stopped, and say what came of it."""
    flash(*try_again(services().engine.process_instances.get(acting(), key), incident))
    return redirect(url_for(".case", key=key), 303)


@blueprint.post("/<int:key>/access-code")
@for_signed_in
def issue_access_code(key: int) -> str:
    """Show a new access code for the case's customer, once: the answer to this post is the only page that has it."""
    instance = services().engine.process_instances.get(acting(), key)
    return render_template("cases/access.html", instance=instance, code=access.issue(instance))


@blueprint.get("/<int:key>/diagrams/<process_id>.bpmn")
@for_signed_in
def diagram(key: int, process_id: str) -> Response:
    """The diagram the case runs on, or one it calls; only of processes the case has entered."""
    instance = services().engine.process_instances.get(acting(), key)
    return Response(
        services().engine.deployments.diagram_xml(acting(), _definition(instance, process_id)), 200, mimetype="text/xml"
    )


def _definition(instance: ProcessInstance, process_id: str) -> int:
    """Key of the version the case runs on: of a called process, the one deployed with the case's own."""
    if process_id == instance.process_id:
        return instance.definition_key
    engine = services().engine
    entered = {each.process_id for each in engine.history.activities(acting(), instance.key)}
    if process_id not in entered:
        raise NotFound(what=Thing.PROCESS, key=process_id)
    own = engine.deployments.definition(acting(), instance.definition_key)
    for each in engine.deployments.definitions(acting()):
        if each.process_id == process_id and each.deployment_key == own.deployment_key:
            return each.key
    return engine.deployments.latest(acting(), process_id).key
