"""wms work: a worker process that takes slow jobs (labels, printing) from the outbox."""

import signal
import threading

import click

from wms import config
from wms.database import make_engine
from wms.jobs import handlers, outbox


@click.command()
@click.option(
    "--threads",
    default=3,
    show_default=True,
    type=click.IntRange(1),
    help="Jobs run at once; each printer still gets one.",
)
@click.option("--demo", is_flag=True, help="Work on the demo's database when WMS_DATABASE_URL is not set.")
def work(threads: int, demo: bool) -> None:
    """Take slow jobs from the outbox until stopped: buy labels, print.

    `wms serve` starts one worker itself; start more on other nodes. Example: wms work --threads 4
    """
    settings = config.load(demo=demo)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        _ = signal.signal(number, lambda *_: stop.set())
    outbox.work(
        outbox.Context(engine=make_engine(settings), settings=settings), handlers.HANDLERS, stop, threads=threads
    )


commands = {"work": work}
