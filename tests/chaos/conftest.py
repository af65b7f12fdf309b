"""What the tests here have shown is said at the end of the run, with its counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import engine, executor, make_engine, outside
from tests.web.conftest import site

__all__ = ["engine", "executor", "make_engine", "outside", "site"]  # fixtures of the engine's and the pages' tests

Shown = Callable[..., None]
_SHOWN = "shown"


@pytest.fixture
def shown(record_property: Callable[[str, object], None]) -> Shown:
    """Note what a test did, in numbers: `shown(kills=200, cases=61)`."""

    def note(**counts: object) -> None:
        record_property(_SHOWN, ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items()))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        f"{report.nodeid.split('/')[-1]}: {text} ({report.duration:.1f} s)"
        for report in terminalreporter.stats.get("passed", [])
        for name, text in report.user_properties
        if name == _SHOWN
    ]
    if lines:
        terminalreporter.section("what the tests of failures did")
        terminalreporter.write_line("\n".join(lines))
