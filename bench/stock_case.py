"""The same case the way it is commonly done: stock SpiffWorkflow, the whole state as JSON in SQLite at every wait.

A case costs four commits like ours: checks and ratings are scripts that run to the next human task. With
`each_step=True` every check is a wait of its own, as where workers take the checks: ten commits. What is left out: task
rows and the search for the clerk's task, roles, journal.
"""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins import StartEventMixin
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.application import application
from bench.diagrams import CHECKS, stock_diagram


class StockCases:
    """Cases whose state is read and written whole."""

    def __init__(self, folder: Path, *, each_step: bool = False) -> None:
        name = "stock-each-step.db" if each_step else "stock.db"
        self._database = sqlite3.connect(folder / name, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS workflow (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        parser = BpmnParser()
        parser.add_bpmn_io(io.BytesIO(stock_diagram(each_step=each_step)), "bench.bpmn")
        self._spec = parser.get_spec("bench")
        self._serializer = BpmnWorkflowSerializer()

    def run_case(self, number: int) -> None:
        """One case from start to end."""
        workflow = BpmnWorkflow(self._spec)
        first = next(task for task in workflow.get_tasks() if isinstance(task.task_spec, StartEventMixin))
        first.data.update(application())
        workflow.do_engine_steps()
        self._save(number, workflow)
        while not workflow.is_completed():
            workflow = self._load(number)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            if task.task_spec.bpmn_id in CHECKS:
                owners = task.data["application"]["owners"]
                task.data[task.task_spec.bpmn_id] = {"owners": len(owners), "passed": True}
            task.run()
            workflow.do_engine_steps()
            self._save(number, workflow)

    def _save(self, number: int, workflow: BpmnWorkflow) -> None:
        state = self._serializer.serialize_json(workflow)
        self._database.execute("INSERT OR REPLACE INTO workflow VALUES (?, ?)", (number, state))

    def _load(self, number: int) -> BpmnWorkflow:
        (state,) = self._database.execute("SELECT state FROM workflow WHERE id = ?", (number,)).fetchone()
        return self._serializer.deserialize_json(state)
