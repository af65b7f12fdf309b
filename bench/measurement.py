"""One run: every part in turn, each in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

from bench.cases import case_figures, remote_figures
from bench.feel import feel_figures
from bench.growth import Points, data_growth, instance_growth, item_figures, loop_figures, step_growth
from bench.inbox import FilledInbox, inbox_figures
from bench.pages import pages_figures
from bench.peers import installed_peers
from bench.postgres import new_database, postgres_server
from bench.size import Size
from bench.startup import startup_figures
from bench.timing import Absent, Figure
from bench.together import processes_figures, threads_figures, workers_figures
from persistence.database import Database


class Measurement:
    """The figures, and the curves of growth where they were asked for."""

    PARTS: ClassVar = ("case", "remote", "threads", "postgres", "pages", "inbox", "loop", "startup", "feel")

    def __init__(self, folder: Path, size: Size, *, with_peers: bool) -> None:
        self._folder, self._size, self._with_peers = folder, size, with_peers
        self.figures: dict[str, Figure] = {}
        self.curves: dict[str, Points] = {}

    def run(self, only: str | None = None) -> None:
        """Measure every part, or one alone; what is absent is said loudly and left out."""
        parts: Mapping[str, Callable[[Path], Mapping[str, Figure]]] = {
            "case": self._case,
            "remote": lambda folder: remote_figures(folder, self._size),
            "threads": lambda folder: threads_figures(folder, self._size),
            "postgres": self._postgres,
            "pages": lambda folder: pages_figures(folder, self._size),
            "inbox": self._inbox,
            "loop": self._loop,
            "startup": lambda folder: startup_figures(folder, self._size),
            "feel": lambda folder: feel_figures(folder, self._size.rounds, self._size.evaluations),
        }
        for name in self.PARTS:
            if only in (None, name):
                with _said_loudly(name):
                    self.figures |= parts[name](self._new_folder(name))

    def run_growth(self) -> None:
        """Measure the curves that are not part of a figure."""
        self.curves["steps"] = step_growth(self._new_folder("steps"), self._size.samples)
        self.curves["data"] = data_growth(self._new_folder("data"), self._size.samples)
        self.curves["instances"] = instance_growth(
            self._new_folder("instances"), self._size.growth_cases, self._size.samples
        )
        for rows in (1_000, 10_000, 100_000):
            if rows < self._size.inbox_rows:
                self._sqlite_inbox(self._new_folder(f"inbox-{rows}"), rows)
        self.curves.get("inbox", []).sort()

    def _case(self, folder: Path) -> dict[str, Figure]:
        with ExitStack() as stack:
            if not self._with_peers:
                print("VIEWFLOW, DBOS AND BPMN-ENGINE WERE NOT ASKED FOR (PEERS=0 or QUICK=1)", file=sys.stderr)
            peers = installed_peers(stack, folder) if self._with_peers else {}
            return case_figures(folder, self._size, peers)

    def _postgres(self, folder: Path) -> dict[str, Figure]:
        with postgres_server() as server:
            return processes_figures(server, self._size) | workers_figures(server, self._size)

    def _inbox(self, folder: Path) -> dict[str, Figure]:
        page, badge = self._sqlite_inbox(folder, self._size.inbox_rows)
        figures = {"inbox_sqlite_1m_p99": page, "inbox_badge": badge | {"sqlite": badge["kaihu"]}}
        with _said_loudly("inbox on PostgreSQL"), postgres_server() as server, new_database(server) as url:
            database = Database(url)
            filled = FilledInbox(database, folder, self._size.inbox_rows)
            page, other = inbox_figures(filled, self._size.inbox_rows, self._size.pages, "PostgreSQL")
            database.close()
            figures["inbox_postgres_1m_p99"] = page
            figures["inbox_badge"] = max(badge, other, key=lambda each: float(each["kaihu"]))
            figures["inbox_badge"] |= {"sqlite": badge["kaihu"], "postgres": other["kaihu"]}
        return figures

    def _sqlite_inbox(self, folder: Path, rows: int) -> tuple[Figure, Figure]:
        database = Database(f"sqlite:///{folder / 'inbox.db'}")
        page, badge = inbox_figures(FilledInbox(database, folder, rows), rows, self._size.pages, "SQLite")
        database.close()
        self.curves.setdefault("inbox", []).append((float(rows), float(page["kaihu"])))
        return page, badge

    def _loop(self, folder: Path) -> dict[str, Figure]:
        figures, self.curves["loop"] = loop_figures(folder, self._size.loop_rounds)
        return figures | item_figures(folder, self._size.items, self._size.samples)

    def _new_folder(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder


@contextmanager
def _said_loudly(part: str) -> Iterator[None]:
    try:
        yield
    except Absent as absent:
        print(f"NOT MEASURED, {part}: {absent}", file=sys.stderr)
