"""The threads that run remote jobs on SQLite: never more than there may be, and older jobs first."""

from __future__ import annotations

import threading

import pytest

from engine.queue.polling import PollingPlaces

_LONG = 60.0  # seconds that a job may keep its place


class Gate:
    """Work that waits until it is let through."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.begun = threading.Semaphore(0)
        self.done: list[str] = []

    def work(self, name: str) -> None:
        self.begun.release()
        self.opened.wait()
        self.done.append(name)


@pytest.fixture
def freed() -> threading.Event:
    return threading.Event()


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_a_job_given_to_a_full_house_is_done_by_the_thread_that_gets_free(freed: threading.Event, gate: Gate) -> None:
    places = PollingPlaces(1, freed.set, _LONG)
    places.give(lambda: gate.work("first"))
    places.give(lambda: gate.work("second"))
    gate.begun.acquire()
    assert places.free() == 0
    assert not gate.begun.acquire(blocking=False)
    gate.opened.set()
    places.wait(60)
    assert gate.done == ["first", "second"]
    assert places.free() == 1


def test_while_older_jobs_wait_for_a_thread_none_is_free_for_new_ones(freed: threading.Event, gate: Gate) -> None:
    places = PollingPlaces(1, freed.set, _LONG)
    assert places.free_for_waiting() == 1
    places.give(lambda: gate.work("first"))
    assert places.free_for_waiting() == 0
    assert not freed.is_set()
    gate.opened.set()
    assert freed.wait(60)  # whoever looks into the tables is told
    assert places.free() == 0
    assert places.free_for_waiting() == 1
    places.nothing_waits()
    assert places.free() == 1


def test_a_thread_whose_job_raises_is_free_again(freed: threading.Event) -> None:
    def broken() -> None:
        raise KeyError

    places = PollingPlaces(1, freed.set, _LONG)
    places.give(broken)
    places.wait(60)
    assert places.free() == 1
    assert not freed.is_set()


def test_a_handler_that_does_not_return_loses_its_place(freed: threading.Event, gate: Gate) -> None:
    now = [0.0]
    places = PollingPlaces(1, freed.set, _LONG, lambda: now[0])
    places.give(lambda: gate.work("stuck"))
    places.give(lambda: gate.work("kept"))
    gate.begun.acquire()
    places.begin_kept()
    assert not gate.begun.acquire(blocking=False)  # the place is not lost yet
    now[0] = _LONG
    assert places.begin_kept()
    assert gate.begun.acquire(timeout=60)
    assert places.free() == 0
    now[0] = 2 * _LONG
    assert places.free() == 1
    places.give(lambda: gate.work("next"))
    assert gate.begun.acquire(timeout=60)
    gate.opened.set()
    places.wait(60)
    assert places.free() == 1  # the thread that came back in the end counts once
