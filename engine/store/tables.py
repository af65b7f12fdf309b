"""The engine's tables. JSON columns hold only what nobody queries.

Times are UTC, keys int64 given by `persistence.keys`. `number` is an element instance's number within its case.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from persistence.append_only import append_only
from persistence.schema import Blob, Key, UtcDateTime, metadata

_KEYED: dict[str, Any] = {"sqlite_with_rowid": False}
"""On SQLite the rows lie in the order of the primary key, instead of beside an index of it: half the pages to write.
Not for rows of a kilobyte, which would spill over into pages of their own."""


def _instance() -> Column[int]:
    return Column("instance_key", Key, ForeignKey("process_instance.key"), nullable=False)


def _definition() -> Column[int]:
    return Column("definition_key", Key, ForeignKey("process_definition.key"), nullable=False)


deployment = Table(
    "deployment",
    metadata,
    Column("key", Key, primary_key=True),
    Column("content_hash", Text, nullable=False, unique=True),
    Column("deployed_at", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_person", Key),
    Column("engine_version", Text, nullable=False),
    Column("worker_versions", Text, nullable=False),  # JSON: job type → version
)

resource = Table(
    "deployment_resource",
    metadata,
    Column("key", Key, primary_key=True),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", Blob, nullable=False),
    UniqueConstraint("deployment_key", "name"),
)

process_definition = Table(
    "process_definition",
    metadata,
    Column("key", Key, primary_key=True),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("resource_key", Key, ForeignKey("deployment_resource.key"), nullable=False),
    Column("process_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("version_tag", Text, nullable=False),
    Column("executable", Boolean, nullable=False),
    Column("start_form_id", Text),
    Column("message_starts", Text, nullable=False),  # JSON: message name → start event id
    UniqueConstraint("process_id", "version"),
)

decision_definition = Table(
    "decision_definition",
    metadata,
    Column("key", Key, primary_key=True),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("resource_key", Key, ForeignKey("deployment_resource.key"), nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("decision_id", "version"),
)

decision_model = Table(
    "decision_model",
    metadata,
    Column("resource_key", Key, ForeignKey("deployment_resource.key"), primary_key=True),
    Column("namespace", Text, nullable=False),
    Index("ix_decision_model_namespace", "namespace", "resource_key"),
)
"""The namespace by which others import a DMN file; files without one cannot be imported."""

decision_import = Table(
    "decision_import",
    metadata,
    Column("resource_key", Key, ForeignKey("deployment_resource.key"), nullable=False),
    Column("namespace", Text, nullable=False),
    Column("imported_key", Key, ForeignKey("deployment_resource.key"), nullable=False),
    PrimaryKeyConstraint("resource_key", "namespace"),
)
"""The very file that a DMN file imports by a namespace, frozen at deployment."""

form_definition = Table(
    "form_definition",
    metadata,
    Column("key", Key, primary_key=True),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("resource_key", Key, ForeignKey("deployment_resource.key"), nullable=False),
    Column("form_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("form_id", "version"),
)

definition_link = Table(
    "definition_link",
    metadata,
    _definition(),
    Column("kind", Text, nullable=False),  # LinkKind
    Column("target_id", Text, nullable=False),
    Column("target_key", Key, nullable=False),
    PrimaryKeyConstraint("definition_key", "kind", "target_id"),
    **_KEYED,
)
"""What a process definition uses, directly or through others, frozen at deployment."""

process_instance = Table(
    "process_instance",
    metadata,
    Column("key", Key, primary_key=True),
    _definition(),
    Column("process_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("business_key", Text, nullable=False),
    Column("state", Text, nullable=False),  # InstanceState
    Column("incidents", Integer, nullable=False),
    Column("tree", Blob, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("starter_kind", Text, nullable=False),
    Column("starter_person", Key),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_process_instance_business_key", "business_key"),
    Index("ix_process_instance_state", "state", "key"),
)

variable = Table(
    "variable",
    metadata,
    _instance(),
    Column("scope", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Blob, nullable=False),
    PrimaryKeyConstraint("instance_key", "scope", "name"),
    **_KEYED,
)

variable_item = Table(
    "variable_item",
    metadata,
    _instance(),
    Column("scope", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("value", Blob, nullable=False),
    PrimaryKeyConstraint("instance_key", "scope", "name", "position"),
    **_KEYED,
)
"""Items of a list that a parallel activity gathers: each is over the one in the variable of that name."""

activity = Table(
    "activity",
    metadata,
    _instance(),
    Column("number", Key, nullable=False),
    Column("parent", Key, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # ActivityState
    Column("entered_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("performer_kind", Text),
    Column("performer_person", Key),
    Column("on_behalf_of", Key),  # the person whose deputy the performer was
    PrimaryKeyConstraint("instance_key", "number"),
    **_KEYED,
)

user_task = Table(
    "user_task",
    metadata,
    Column("key", Key, primary_key=True),
    _instance(),
    Column("number", Key, nullable=False),
    _definition(),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("business_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("process_name", Text, nullable=False),
    Column("process_name_en", Text, nullable=False),
    Column("form_id", Text),
    Column("form_key", Key),
    Column("state", Text, nullable=False),  # TaskState
    Column("assignee", Key),
    Column("revision", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("completed_by", Key),
    Column("completed_login", Key),
    UniqueConstraint("instance_key", "number"),
)
# The inbox's indexes end with the column of their condition: SQLite checks it again, and need not open the row for it.
_OPEN_TASK = text("state = 'open'")
Index(
    "ix_user_task_assignee_open",
    user_task.c.assignee,
    user_task.c.key,
    user_task.c.state,
    sqlite_where=_OPEN_TASK,
    postgresql_where=_OPEN_TASK,
)
_HELD_AND_DUE = text("state = 'open' AND assignee IS NOT NULL AND due_at IS NOT NULL")
Index(
    "ix_user_task_assignee_due",
    user_task.c.assignee,
    user_task.c.due_at,
    user_task.c.key,
    user_task.c.state,
    sqlite_where=_HELD_AND_DUE,
    postgresql_where=_HELD_AND_DUE,
)
_COMPLETED_BY_SOMEONE = text("completed_by IS NOT NULL")
Index(
    "ix_user_task_completed",
    user_task.c.completed_by,
    user_task.c.key,
    sqlite_where=_COMPLETED_BY_SOMEONE,
    postgresql_where=_COMPLETED_BY_SOMEONE,
)

# Whom a task is offered to, and of the task what the inbox's ranges need: written whenever the task's row is.
user_task_offer = Table(
    "user_task_offer",
    metadata,
    Column("task_key", Key, ForeignKey("user_task.key"), nullable=False),
    Column("kind", Text, nullable=False),  # CandidateKind
    Column("candidate", Text, nullable=False),  # a role's id, or a person's key in decimal digits
    Column("open", Boolean, nullable=False),
    Column("claimable", Boolean, nullable=False),  # open, and nobody holds it
    Column("due_at", UtcDateTime),
    PrimaryKeyConstraint("task_key", "kind", "candidate"),
    sqlite_with_rowid=False,
)
_OFFERED = user_task_offer.c.kind, user_task_offer.c.candidate
_OPEN_OFFER, _CLAIMABLE, _CLAIMABLE_AND_DUE = text("open"), text("claimable"), text("claimable AND due_at IS NOT NULL")
Index(
    "ix_user_task_offer_open",
    *_OFFERED,
    user_task_offer.c.task_key,
    user_task_offer.c.open,
    sqlite_where=_OPEN_OFFER,
    postgresql_where=_OPEN_OFFER,
)
Index(
    "ix_user_task_offer_claimable",
    *_OFFERED,
    user_task_offer.c.task_key,
    user_task_offer.c.claimable,
    sqlite_where=_CLAIMABLE,
    postgresql_where=_CLAIMABLE,
)
Index(
    "ix_user_task_offer_due",
    *_OFFERED,
    user_task_offer.c.due_at,
    user_task_offer.c.task_key,
    user_task_offer.c.claimable,
    sqlite_where=_CLAIMABLE_AND_DUE,
    postgresql_where=_CLAIMABLE_AND_DUE,
)

job = Table(
    "job",
    metadata,
    Column("key", Key, primary_key=True),
    _instance(),
    Column("number", Key, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("headers", Text, nullable=False),  # JSON: name → text
    Column("state", Text, nullable=False),  # JobState
    Column("retries", Integer, nullable=False),  # attempts left
    Column("retries_at_first", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # attempts begun
    Column("available_at", UtcDateTime, nullable=False),
    Column("lease_token", Text),
    Column("lease_until", UtcDateTime),
    Column("worker", Text),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("instance_key", "number"),
)
_AVAILABLE, _LEASED = text("state = 'available'"), text("state = 'leased'")
# with the key, by which jobs that become available at one instant are taken: ten thousand items of one activity, say
Index("ix_job_available", job.c.available_at, job.c.key, sqlite_where=_AVAILABLE, postgresql_where=_AVAILABLE)
Index("ix_job_leased", job.c.lease_until, sqlite_where=_LEASED, postgresql_where=_LEASED)

timer = Table(
    "timer",
    metadata,
    _instance(),
    Column("number", Key, nullable=False),
    Column("arm", Integer, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("try_at", UtcDateTime, nullable=False),  # later than due after a failed attempt
    PrimaryKeyConstraint("instance_key", "number", "arm"),
    Index("ix_timer_try_at", "try_at"),
    **_KEYED,
)

start_timer = Table(
    "start_timer",
    metadata,
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    _definition(),
    Column("first_at", UtcDateTime, nullable=False),  # what the others of a cycle are counted from
    Column("interval", Text),  # ISO 8601; None for a date
    Column("last_at", UtcDateTime),  # of a cycle that ends
    Column("due_at", UtcDateTime, nullable=False),
    Column("try_at", UtcDateTime, nullable=False),  # later than due after a failed attempt
    PrimaryKeyConstraint("process_id", "element_id"),
    Index("ix_start_timer_try_at", "try_at"),
    **_KEYED,
)
"""When the newest version of a process begins its next case by itself, by start event."""

message_subscription = Table(
    "message_subscription",
    metadata,
    _instance(),
    Column("number", Key, nullable=False),
    Column("arm", Integer, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("correlation_key", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("instance_key", "number", "arm"),
    Index("ix_message_subscription_message", "message", "correlation_key"),
    **_KEYED,
)

message = Table(
    "message",
    metadata,
    Column("key", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("correlation_key", Text, nullable=False),
    Column("message_id", Text),
    Column("state", Text, nullable=False),  # MessageState
    Column("variables", Blob, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("instance_key", Key),
    UniqueConstraint("name", "correlation_key", "message_id"),
    Index("ix_message_expires_at", "expires_at"),
)
"""The inbox: early messages wait here; delivered ones stay so that `message_id` can tell a repetition."""

incident = Table(
    "incident",
    metadata,
    Column("key", Key, primary_key=True),
    _instance(),
    Column("number", Key, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("state", Text, nullable=False),  # IncidentState
    Column("raised_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", Key),
    Index("ix_incident_state", "state", "key"),
    Index("ix_incident_instance", "instance_key", "number"),
)

journal_entry = Table(
    "journal_entry",
    metadata,
    _instance(),
    Column("seq", Integer, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("command", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_person", Key),
    Column("actor_login", Key),
    Column("actor_name", Text, nullable=False),
    _definition(),
    Column("engine_version", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("key_id", Key),  # the case's encryption key, once bodies are encrypted
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("body", Blob, nullable=False),
    PrimaryKeyConstraint("instance_key", "seq"),
)
append_only(journal_entry)

operations_log = Table(
    "operations_log",
    metadata,
    Column("key", Key, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_person", Key),
    Column("actor_login", Key),
    Column("actor_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # "refused", "done"
    Column("code", Text, nullable=False),  # the refusal's error code
    Column("process_id", Text),
    Column("element_id", Text),
    Column("instance_key", Key),
    Column("task_key", Key),
    Column("detail", Text, nullable=False),
    Index("ix_operations_log_instance", "instance_key", "key"),
    Index("ix_operations_log_person", "actor_person", "key"),
)
_REFUSED = text("outcome = 'refused'")
for _name, _column in (("time", operations_log.c.key), ("actor_person", operations_log.c.time)):
    Index(
        f"ix_operations_log_refused_{_name.removeprefix('actor_')}",
        operations_log.c[_name],
        _column,
        sqlite_where=_REFUSED,
        postgresql_where=_REFUSED,
    )
append_only(operations_log)

command_receipt = Table(
    "command_receipt",
    metadata,
    Column("command", Text, nullable=False),
    Column("actor", Text, nullable=False),  # kind and person: two people may choose the same key
    Column("idempotency_key", Text, nullable=False),
    Column("answer", Blob, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("command", "actor", "idempotency_key"),
    Index("ix_command_receipt_time", "time"),
    **_KEYED,
)
