"""The outbox: asked for in the business transaction, done by one worker at a time, done again after a lost one."""

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests import builders
from tests.jobs.books import told
from tests.together import at_once
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.outbox import Job, JobKind, JobStatus, enqueue
from wms.jobs import outbox
from wms.jobs.outbox import Context, Responsible, RetryLaterError

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

    def worker(name: str) -> list[int]:
        return [job.id for job in iter(lambda: outbox.claim(engine, name), None)]

    claimed = list(itertools.chain(*at_once(*(partial(worker, f"w{number}") for number in range(4)))))
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


@pytest.mark.parametrize("delay_s", [1e12, float("inf")])
def test_a_pause_without_end_is_a_day_at_most(engine: Engine, context: Context, delay_s: float) -> None:
    ask(engine)
    assert outbox.drain(context, {JobKind.PRINT: Handler(RetryLaterError("later", delay_s=delay_s))}) == 1
    assert the_job(engine).due_at <= dt.datetime.now(dt.UTC) + dt.timedelta(days=1)


@pytest.mark.parametrize(
    "failure", [RetryLaterError("half \ud83d\0", delay_s=60), RuntimeError("half \ud83d\0")], ids=["later", "broken"]
)
def test_words_no_database_takes_keep_no_job_from_its_end(
    engine: Engine, context: Context, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger=outbox.__name__)  # no pipe between the tests' processes takes them either
    ask(engine)
    assert outbox.drain(context, {JobKind.PRINT: Handler(failure)}) == 1
    assert (the_job(engine).owner, the_job(engine).error) == ("", "half ?")


def test_a_worker_outlives_an_end_that_cannot_be_recorded(
    engine: Engine, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, stop = outbox.finish, threading.Event()
    failures = [OverflowError("a pause without end"), ValueError("no text")]

    def failing(*args: Any, **kwargs: Any) -> bool:
        if failures:
            raise failures.pop()
        is_mine = finish(*args, **kwargs)
        if the_job(engine, "third").status is JobStatus.DONE:
            stop.set()
        return is_mine

    monkeypatch.setattr(outbox, "finish", failing)
    monkeypatch.setattr(outbox, "_AFTER_FAULT_S", 0.0)
    for key in ("first", "second", "third"):
        ask(engine, key)
    worker = threading.Thread(
        target=outbox.work, args=(context, {JobKind.PRINT: Handler()}, stop), kwargs={"threads": 1}, daemon=True
    )
    worker.start()
    assert stop.wait(30)
    worker.join(30)
    # Both stay owned until their leases are over, and are taken again then.
    assert [the_job(engine, key).owner != "" for key in ("first", "second", "third")] == [True, True, False]


def test_a_worker_outlives_a_claim_that_fails(
    engine: Engine, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, stop = outbox.claim, threading.Event()
    failures = [LookupError("a kind of job nobody knows")]

    def failing(engine_: Engine, owner: str) -> outbox.Claimed | None:
        if failures:
            raise failures.pop()
        return claim(engine_, owner)

    def handler(_: Context, __: Mapping[str, Any]) -> None:
        stop.set()

    monkeypatch.setattr(outbox, "claim", failing)
    monkeypatch.setattr(outbox, "_AFTER_FAULT_S", 0.0)
    ask(engine)
    outbox.work(context, {JobKind.PRINT: handler}, stop, threads=1)
    assert the_job(engine).status is JobStatus.DONE


class Thing:
    """What a job was for; it is given up as told."""

    def __init__(self, pause: dt.timedelta | None = None, failure: Exception | None = None) -> None:
        self.pause, self.failure = pause, failure
        self.reasons: list[str] = []

    def give_up(self, _: Session, __: Mapping[str, Any], reason: str) -> dt.timedelta | None:
        self.reasons.append(reason)
        if self.failure is not None:
            raise self.failure
        return self.pause


def fail_for_good(engine: Engine, context: Context, thing: Thing) -> None:
    """Let a job fail for the last time."""
    ask(engine)
    with transaction(engine) as session:
        _ = session.execute(update(Job).values(attempt=7))
    responsible = Responsible(do=Handler(RuntimeError("broken for good")), give_up=thing.give_up)
    assert outbox.drain(context, {JobKind.PRINT: responsible}) == 1
    assert thing.reasons == ["broken for good"]


def test_what_a_dead_job_was_for_is_given_up_with_it(engine: Engine, context: Context) -> None:
    fail_for_good(engine, context, Thing())
    assert (the_job(engine).status, told(engine)) == (JobStatus.DEAD, [])  # who gives it up tells


def test_a_job_whose_thing_cannot_be_given_up_begins_anew(engine: Engine, context: Context) -> None:
    fail_for_good(engine, context, Thing(pause=dt.timedelta(minutes=10)))
    job = the_job(engine)
    assert (job.status, job.attempt, job.owner, told(engine)) == (JobStatus.OPEN, 0, "", [])
    assert job.due_at > dt.datetime.now(dt.UTC) + dt.timedelta(minutes=9)


def test_a_job_that_breaks_its_own_end_dies_and_is_told(engine: Engine, context: Context) -> None:
    fail_for_good(engine, context, Thing(failure=LookupError("nothing to give up")))
    assert the_job(engine).status is JobStatus.DEAD
    assert "broken for good" in told(engine)[0]


def test_nothing_is_given_up_by_a_worker_that_has_lost_its_job(engine: Engine) -> None:
    ask(engine)
    with transaction(engine) as session:
        _ = session.execute(update(Job).values(attempt=7))
    lost, again = outbox.claim(engine, "lost", lease=PAST), outbox.claim(engine, "next")
    assert lost is not None
    assert again is not None

    def tell(session: Session, _: Mapping[str, Any], reason: str) -> None:
        session.add(
            ExceptionItem(
                warehouse_id=builders.WAREHOUSE, kind=ExceptionKind.PRINT, at=builders.NOW, text=reason, subject_id=1
            )
        )

    assert not outbox.finish(engine, lost, RuntimeError("late"), give_up=tell)
    assert (told(engine), the_job(engine).owner) == ([], "next")
