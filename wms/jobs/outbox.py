"""The outbox's other end: a worker claims a job with a lease, runs it, and finishes it if the lease is still its own.

A worker that dies leaves an owned job behind; its lease runs out and another worker claims it again, so handlers are
idempotent. A job with a lane keeps the lane until it is done: a printer has one writer, even over several workers.
"""

import datetime as dt
import logging
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, aliased

from wms.config import WAREHOUSE_ID, Settings
from wms.database import reading, transaction
from wms.domain.errors import WmsError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.outbox import Job, JobKind, JobStatus

LEASE = dt.timedelta(seconds=60)
_IDLE_S = 0.2
_MAX_ATTEMPTS = 8
_MAX_BACK_OFF_S = 60.0
_log = logging.getLogger(__name__)


class RetryLaterError(WmsError):
    """The work, or what is left of it, cannot be done now: try again after `delay_s`; does not count as an attempt."""

    def __init__(self, reason: str, *, delay_s: float) -> None:
        super().__init__(reason)
        self.delay_s = delay_s


class LostLeaseError(WmsError):
    """The worker was held up for so long that another has its job."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A job in this worker's hands."""

    id: int
    kind: JobKind
    payload: Mapping[str, Any]
    owner: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a handler works with; `claimed` is the job it was called for, None where a person runs it by hand."""

    engine: Engine
    settings: Settings
    claimed: Claimed | None = None


Handler = Callable[[Context, Mapping[str, Any]], dt.timedelta | None]
"""Does the work of a payload; None when it is done, else after how long there may be more of it."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_other = aliased(Job)
_lane_taken = (
    select(_other.id)
    .where(
        _other.warehouse_id == Job.warehouse_id,
        _other.lane == Job.lane,
        _other.lane != "",
        _other.owner != "",
        _other.id != Job.id,
    )
    .exists()
)
# Built once: an idle worker asks this several times a second.
_DUE = (
    select(Job)
    .where(
        Job.warehouse_id == WAREHOUSE_ID,
        Job.status == JobStatus.OPEN,
        Job.due_at <= bindparam("now"),
        or_(Job.leased_until.is_(None), Job.leased_until < bindparam("now")),
        ~_lane_taken,
    )
    .order_by(Job.due_at, Job.id)
    .limit(1)
)
_DUE_LOCKED = _DUE.with_for_update(skip_locked=True, of=Job, key_share=True)


def claim(engine: Engine, owner: str, lease: dt.timedelta = LEASE) -> Claimed | None:
    """Take the job due first, or None. Asks without the write lock first, so that an idle worker stops nobody."""
    now = _now()
    with reading(engine) as session:
        if session.scalars(_DUE, {"now": now}).first() is None:
            return None
    try:
        with transaction(engine) as session:
            job = session.scalars(_DUE_LOCKED, {"now": now}).first()
            if job is None:
                return None
            job.owner, job.attempt, job.leased_until = owner, job.attempt + 1, now + lease
            session.flush()
            return Claimed(id=job.id, kind=job.kind, payload=job.payload, owner=owner, attempt=job.attempt)
    except IntegrityError:
        return None  # another worker took the lane in the same instant


def finish(engine: Engine, claimed: Claimed, error: Exception | None, again: dt.timedelta | None = None) -> bool:
    """Record how a job ended, or when it goes on; False when the lease had run out and another worker holds it."""
    now = _now()
    values: dict[str, Any] = {"owner": "", "leased_until": None, "error": str(error or "")[:500]}
    if error is None and again is not None:
        values |= {"due_at": now + again, "attempt": 0}
    elif error is None:
        values |= {"status": JobStatus.DONE, "ended_at": now}
    elif isinstance(error, RetryLaterError):
        values |= {"due_at": now + dt.timedelta(seconds=error.delay_s), "attempt": claimed.attempt - 1}
    elif claimed.attempt >= _MAX_ATTEMPTS:
        values |= {"status": JobStatus.DEAD, "ended_at": now}
    else:
        back_off_s = min(2.0**claimed.attempt / 2, _MAX_BACK_OFF_S)
        values |= {"due_at": now + dt.timedelta(seconds=back_off_s)}
    with transaction(engine) as session:
        is_mine = _write(session, claimed, values)
        if is_mine and values.get("status") is JobStatus.DEAD:
            text = f"A job to {claimed.kind} failed {_MAX_ATTEMPTS} times: {error}"[:300]
            session.add(
                ExceptionItem(
                    warehouse_id=WAREHOUSE_ID, kind=_INBOX[claimed.kind], at=now, text=text, subject_id=claimed.id
                )
            )
    return is_mine


def hold(session: Session, context: Context) -> None:
    """Begin the lease anew before what must be done by one worker only; LostLeaseError where another has the job.

    In the transaction that records the intent, so that nobody takes the job between the look and the deed.
    """
    claimed = context.claimed
    if claimed is not None and not _write(session, claimed, {"leased_until": _now() + LEASE}):
        raise LostLeaseError(f"Another worker has the job to {claimed.kind}: nothing was begun.")


def _write(session: Session, claimed: Claimed, values: Mapping[str, Any]) -> bool:
    """Change a job if it is still in the hands it was claimed by."""
    mine = (
        Job.warehouse_id == WAREHOUSE_ID,
        Job.id == claimed.id,
        Job.owner == claimed.owner,
        Job.attempt == claimed.attempt,
    )
    return session.execute(update(Job).where(*mine).values(values).returning(Job.id)).first() is not None


_INBOX = {
    JobKind.BUY_LABEL: ExceptionKind.LABEL,
    JobKind.VOID_LABEL: ExceptionKind.LABEL,
    JobKind.PRINT: ExceptionKind.PRINT,
    JobKind.KEEP_WAVE: ExceptionKind.WAVE,
    JobKind.WEIGH: ExceptionKind.SCALE,
    JobKind.READ_TRACKING: ExceptionKind.LABEL,
    JobKind.TRACK: ExceptionKind.LABEL,
    JobKind.MAKE_MANIFEST: ExceptionKind.LABEL,
    JobKind.CHECK_ADDRESS: ExceptionKind.ADDRESS,
    JobKind.FOLLOW_REFUNDS: ExceptionKind.LABEL,
}


def run_one(context: Context, handlers: Mapping[JobKind, Handler], owner: str) -> bool:
    """Claim one job and run it; False when none is due."""
    claimed = claim(context.engine, owner)
    if claimed is None:
        return False
    _run(context, handlers, claimed)
    return True


def _run(context: Context, handlers: Mapping[JobKind, Handler], claimed: Claimed) -> None:
    failure: Exception | None = None
    again: dt.timedelta | None = None
    try:
        again = handlers[claimed.kind](replace(context, claimed=claimed), claimed.payload)
    except RetryLaterError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - see below
        # A handler's fault must not stop the worker: it is logged, kept on the job and told in the inbox at the end.
        _log.exception("job %s failed", claimed.kind)
        failure = error
    _ = finish(context.engine, claimed, failure, again)


def drain(context: Context, handlers: Mapping[JobKind, Handler]) -> int:
    """Run what is due until nothing is; return how many jobs ran. For tests and one-shot commands."""
    count = 0
    while run_one(context, handlers, "drain"):
        count += 1
    return count


def work(context: Context, handlers: Mapping[JobKind, Handler], stop: threading.Event, threads: int = 3) -> None:
    """Run jobs in `threads` threads until `stop` is set; what is running is finished first."""
    asking = threading.Lock()

    def next_job(owner: str) -> Claimed | None:
        # One thread asks at a time, the others wait for their turn: idle costs the same for any number of threads.
        with asking:
            while not stop.is_set():
                try:
                    claimed = claim(context.engine, owner)
                except OperationalError:
                    _log.exception("the database did not answer; trying again")
                    claimed = None
                if claimed is not None:
                    return claimed
                _ = stop.wait(_IDLE_S)
        return None

    def loop(number: int) -> None:
        owner = f"{os.uname().nodename}-{os.getpid()}-{number}-{secrets.token_hex(3)}"
        while claimed := next_job(owner):
            try:
                _run(context, handlers, claimed)
            except OperationalError:
                # The job stays owned until its lease is over and is then taken again.
                _log.exception("the end of a job could not be recorded")

    running = [threading.Thread(target=loop, args=(number,), daemon=True) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
