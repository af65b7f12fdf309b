"""What a handler sees of its job, and jobs that this process takes in the transaction that makes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.model.events import Wait
from engine.model.values import Copies
from engine.queue.work import ClaimedJob
from engine.services.command import CaseCommand
from engine.store.activities import passages_through
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
        ask_performers=partial(_performers, command) if begin else None,
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


def _performers(command: CaseCommand, elements: Collection[str]) -> Mapping[str, int]:
    """Who did these elements last. What this command itself has done is not written yet."""
    rows = passages_through(command.connection, command.facts.key, elements)
    done = {row.number: (row.element_id, row.performer_person) for row in rows}
    for number, actor in command.projection.performers.items():
        begun = command.projection.activities.get(number)
        element = begun["element_id"] if begun else done.get(number, ("", None))[0]
        done[number] = element, actor.person
    return {
        element: person for _, (element, person) in sorted(done.items()) if element in elements and person is not None
    }


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
