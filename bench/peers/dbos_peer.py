"""The case under DBOS on SQLite, run by the environment of bench/peers-requirements.txt.

One durable workflow a case: checks and scripts are its steps, human tasks are messages it waits for. DBOS records every
step, every message and every wait in a transaction of its own, which is how it works and why it makes more than four
commits; the messages are sent at once, so that its polling for new ones costs as little as it can. SQLite in WAL with
synchronous=FULL. Left out: task rows and the search for the clerk's task, roles, journal.
"""

import json
import sys

import sqlalchemy
from dbos import DBOS

given = json.loads(sys.stdin.readline())
engine = sqlalchemy.create_engine(f"sqlite:///{given['folder']}/dbos.db")


@sqlalchemy.event.listens_for(engine, "connect")
def configure(connection, _record):
    """As durable as ours."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


DBOS(
    config={
        "name": "bench",
        "system_database_engine": engine,
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 0.001,
    }
)


@DBOS.step()
def check(owners):
    """As ours: how many owners there are."""
    return {"owners": len(owners), "passed": True}


@DBOS.step()
def note():
    """A word."""
    return "done"


@DBOS.workflow()
def case(application, risk):
    """The same graph; its gateways are Python."""
    owners, results = application["owners"], {}
    DBOS.recv("enter")
    for name in ("register", "check", "screen", "owners"):
        results[name] = check(owners)
    DBOS.recv("review")
    results["rate"] = note()
    if risk > 100:
        results["fast_lane"] = note()
    else:
        DBOS.recv("approve")
    for name in ("limits", "open"):
        results[name] = check(owners)
    results["record"] = note()
    return results


def run_case():
    """One case from start to end."""
    handle = DBOS.start_workflow(case, given["application"]["application"], given["application"]["risk"])
    for task in ("enter", "review", "approve"):
        DBOS.send(handle.workflow_id, {}, task)
    assert len(handle.get_result()) == 8


DBOS.launch()
print("done", flush=True)
for _line in sys.stdin:
    run_case()
    print("done", flush=True)
