"""What a handler sees of its job, and jobs that this process takes in the transaction that makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.model.events import Wait
from engine.model.values import Copies
from engine.queue.work import ClaimedJob
from engine.services.command import CaseCommand
from engine.store.states import InstanceState, JobState
from engine.worker_api import Job


def job_for_handler(command: CaseCommand, row: dict[str, Any], begin: Callable[[], Connection] | None) -> Job:
    """What the handler sees; `row["attempts"]` counts this attempt already. A remote one cannot `begin` to write."""
    variables = command.case.job_variables(row["number"])
    return Job(
        key=row["key"],
        type=row["type"],
        instance_key=command.facts.key,
        business_key=command.facts.business_key,
        process_id=row["process_id"],
        element_id=row["element_id"],
        variables=Copies(variables if begin else dict(variables)),  # outside, nothing can be read any more
        headers=orjson.loads(row["headers"]),
        now=command.now,
        attempt=row["attempts"],
        last_attempt=row["retries"] <= 1,
        open_transaction=begin,
    )


def claimed_job(command: CaseCommand, row: dict[str, Any]) -> ClaimedJob:
    """The remote job under the lease that is written in its row."""
    return ClaimedJob(
        key=row["key"],
        type=row["type"],
        instance_key=command.facts.key,
        job=job_for_handler(command, row, None),
        token=row["lease_token"],
        until=row["lease_until"],
    )


def lease_at_once(command: CaseCommand) -> None:
    """Write jobs that can be done now under a lease of this process, as many as it has threads free.

    They need neither word nor a claim of their own. Should the process be killed before it begins them, their leases
    run out as any other.
    """
    refused: set[str] = set()
    for number, row in command.projection.jobs.items():
        if (
            row["type"] in refused
            or row["state"] != JobState.AVAILABLE.value
            or row["available_at"] > command.now
            or _over(command, number)
        ):
            continue
        lease = command.parts.bell.lease_for(row["type"])
        if lease is None:
            refused.add(row["type"])
            continue
        until = command.now + lease.lasts
        row.update(state=JobState.LEASED.value, attempts=row["attempts"] + 1)
        row.update(lease_token=lease.token, lease_until=until, worker=lease.worker)
        command.parts.bell.leased(lease, claimed_job(command, row))


def _over(command: CaseCommand, number: int) -> bool:
    """Whether the job was made and ended by this same command."""
    projection = command.projection
    return projection.state is not InstanceState.ACTIVE or (number, Wait.JOB) in projection.waits_ended
