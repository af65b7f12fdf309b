"""The table of handlers: complete declarations, and nothing else."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import workers
from engine.worker_api import Mode
from workers import HANDLERS

_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("job_type", sorted(HANDLERS))
def test_every_handler_declares_itself_in_both_languages(job_type: str) -> None:
    handler = HANDLERS[job_type]
    assert handler.type == job_type
    assert _HAN.search(handler.name)
    assert handler.name_en
    assert not _HAN.search(handler.name_en)
    assert handler.inputs
    assert all(parameter.name and parameter.description for parameter in (*handler.inputs, *handler.outputs))


@pytest.mark.parametrize("job_type", sorted(HANDLERS))
def test_every_handler_lives_in_the_file_of_its_name(job_type: str) -> None:
    assert HANDLERS[job_type].run.__module__ == f"workers.{job_type.replace('-', '_')}"


def test_every_worker_file_is_in_the_table() -> None:
    modules = [import_module(f"workers.{found.name}") for found in pkgutil.iter_modules(workers.__path__)]
    declared = [module.HANDLER for module in modules if hasattr(module, "HANDLER")]
    assert {handler.type: handler for handler in declared} == HANDLERS


def test_only_remote_handlers_answer_that_a_system_is_unavailable() -> None:
    for handler in HANDLERS.values():
        assert handler.mode is Mode.REMOTE or not any(code.endswith("_UNAVAILABLE") for code in handler.errors)
