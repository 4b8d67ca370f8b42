"""The outbox: asked for in the business transaction, done by one worker at a time, done again after a lost one."""

import datetime as dt
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from tests import builders
from wms.config import Settings
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem
from wms.domain.outbox import Job, JobKind, JobStatus, enqueue
from wms.jobs import outbox
from wms.jobs.outbox import Context, RetryLaterError

PAST = dt.timedelta(seconds=-1)


def ask(engine: Engine, key: str = "k", *, lane: str = "", at: dt.datetime | None = None) -> None:
    """Ask for one print."""
    with transaction(engine) as session:
        actor = Actor(warehouse_id=builders.WAREHOUSE, at=at or dt.datetime.now(dt.UTC))
        _ = enqueue(session, actor, JobKind.PRINT, key, lane=lane, print_job_id=1)


def the_job(engine: Engine, key: str = "k") -> Job:
    """The job as it now stands."""
    with reading(engine) as session:
        return session.scalars(select(Job).where(Job.key == key)).one()


class Handler:
    """Counts its calls and fails as told, call by call."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self, _: Context, __: Mapping[str, Any]) -> None:
        self.calls += 1
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure


@pytest.fixture
def context(engine: Engine, settings: Settings) -> Context:
    return Context(engine=engine, settings=settings)


def test_a_job_asked_for_in_a_rolled_back_transaction_is_never_done(engine: Engine) -> None:
    def change_my_mind() -> None:
        with transaction(engine) as session:
            _ = enqueue(session, builders.actor(), JobKind.PRINT, "k", print_job_id=1)
            session.flush()
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        change_my_mind()
    assert outbox.claim(engine, "me") is None


def test_a_job_is_done_once(engine: Engine, context: Context) -> None:
    ask(engine)
    handler = Handler()
    assert outbox.drain(context, {JobKind.PRINT: handler}) == 1
    assert (handler.calls, the_job(engine).status) == (1, JobStatus.DONE)


def test_two_workers_never_hold_the_same_job(engine: Engine) -> None:
    for number in range(10):
        ask(engine, f"k{number}")
    claimed: list[int] = []
    start = threading.Barrier(4)

    def worker(name: str) -> None:
        _ = start.wait()
        while job := outbox.claim(engine, name):
            claimed.append(job.id)

    threads = [threading.Thread(target=worker, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 10


def test_a_lane_has_one_job_at_a_time(engine: Engine) -> None:
    ask(engine, "first", lane="printer-1")
    ask(engine, "second", lane="printer-1")
    ask(engine, "elsewhere", lane="printer-2")
    held = [outbox.claim(engine, "me"), outbox.claim(engine, "me")]
    assert outbox.claim(engine, "me") is None
    first = next(job for job in held if job is not None and job.id == the_job(engine, "first").id)
    assert outbox.finish(engine, first, None)
    assert outbox.claim(engine, "me") is not None


def test_a_lost_workers_job_is_taken_again_when_its_lease_is_over(engine: Engine) -> None:
    ask(engine, lane="printer-1")
    lost = outbox.claim(engine, "lost", lease=PAST)
    assert lost is not None
    again = outbox.claim(engine, "next")
    assert again is not None
    assert (again.id, again.attempt) == (lost.id, 2)


def test_a_worker_that_comes_back_late_cannot_finish_what_another_holds(engine: Engine) -> None:
    ask(engine)
    lost = outbox.claim(engine, "lost", lease=PAST)
    again = outbox.claim(engine, "next")
    assert lost is not None
    assert again is not None
    assert not outbox.finish(engine, lost, None)
    assert the_job(engine).status is JobStatus.OPEN
    assert outbox.finish(engine, again, None)


def test_a_failed_job_waits_longer_each_time(engine: Engine, context: Context) -> None:
    ask(engine)
    waits = []
    for _ in range(3):
        before = dt.datetime.now(dt.UTC)
        assert outbox.drain(context, {JobKind.PRINT: Handler(RuntimeError("no"))}) == 1
        waits.append(the_job(engine).due_at - before)
        with transaction(engine) as session:
            _ = session.execute(update(Job).values(due_at=before))
    assert waits == sorted(waits)
    assert waits[0] < waits[1] < waits[2]
    assert the_job(engine).error == "no"


def test_a_job_that_fails_for_good_goes_to_the_inbox(engine: Engine, context: Context) -> None:
    ask(engine)
    with transaction(engine) as session:
        _ = session.execute(update(Job).values(attempt=7))
    assert outbox.drain(context, {JobKind.PRINT: Handler(RuntimeError("broken for good"))}) == 1
    assert the_job(engine).status is JobStatus.DEAD
    with reading(engine) as session:
        assert "broken for good" in session.scalars(select(ExceptionItem.text)).one()


def test_waiting_for_a_printer_uses_up_no_attempt(engine: Engine, context: Context) -> None:
    ask(engine)
    handler = Handler(RetryLaterError("paper out", delay_s=60))
    assert outbox.drain(context, {JobKind.PRINT: handler}) == 1
    job = the_job(engine)
    assert (job.status, job.attempt, job.error) == (JobStatus.OPEN, 0, "paper out")
