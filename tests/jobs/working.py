"""A worker in a test: one that runs beside it, does what is due, or goes on as if all had waited long enough."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update

from tests import builders
from wms.database import transaction
from wms.domain.actor import Actor
from wms.domain.addresses import AddressCheck
from wms.domain.manifests import Manifest
from wms.domain.outbox import Job
from wms.domain.shipping import AnyLabel
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def now() -> Actor:
    """The program, at this moment: jobs asked for later than now would wait."""
    return builders.actor(at=dt.datetime.now(dt.UTC))


@contextmanager
def working(context: Context) -> Iterator[None]:
    """Take jobs until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=outbox.work, args=(context, HANDLERS, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def work(context: Context) -> None:
    """Do what is due now, and whatever that asks for."""
    _ = outbox.drain(context, HANDLERS)


def run(context: Context, times: int = 1) -> None:
    """Run what is due, `times` over, as if each waiting time had passed."""
    for _ in range(times):
        with transaction(context.engine) as session:
            _ = session.execute(update(Job).values(due_at=LONG_AGO, leased_until=None, owner=""))
            for asked in (AnyLabel, Manifest):
                _ = session.execute(update(asked).values(tried_at=LONG_AGO))
            checks = update(AddressCheck).where(AddressCheck.due_at.is_not(None))
            _ = session.execute(checks.values(due_at=LONG_AGO))
        work(context)
