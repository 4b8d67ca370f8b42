"""A worker that runs beside a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context


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
