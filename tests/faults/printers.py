"""Sends print jobs to virtual printers, half of them into trouble, and says what came of each.

`python -m tests.faults.printers --jobs 500` (make faults) prints the figures, and fails where one is not as it must be.
"""

import argparse
import itertools
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.faults.bench import ANSWER_S, PRINT_S, Bench
from tests.faults.node import Visit, node, visits
from tests.faults.troubles import TROUBLES, End, Trouble
from wms import config, migrations
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine, reading, transaction
from wms.domain.floor import Printer
from wms.services.verifying import verify

PRINTERS = 40
IMPATIENT = {"WMS_PRINTER_S": str(ANSWER_S), "WMS_PRINT_S": str(PRINT_S)}
SMALL_BUFFER_BYTES = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What a day of troubles came to: `ends` counts jobs by how they had to end, `labels` what lies in the trays."""

    jobs: int
    ends: Counter[str]
    troubles: Counter[str]
    labels: int
    labels_wanted: int
    wrong: tuple[str, ...]
    visits: tuple[Visit, ...]
    seconds: float

    @property
    def overlaps(self) -> tuple[tuple[Visit, Visit], ...]:
        """Visits to one printer of which one began before the other had ended."""
        by_printer: dict[str, list[Visit]] = {}
        for visit in self.visits:
            by_printer.setdefault(visit.printer, []).append(visit)
        pairs = itertools.chain(*map(itertools.pairwise, by_printer.values()))
        return tuple((one, then) for one, then in pairs if one.ended > then.begun)

    @property
    def is_right(self) -> bool:
        """Whether each job ended as it had to, each label lies in a tray once, and nobody met another at a printer."""
        return not self.wrong and self.labels == self.labels_wanted and not self.overlaps

    def __str__(self) -> str:
        sums = f"{self.jobs} jobs, {self.troubles.total()} of them in trouble; {self.labels} labels in the trays"
        wrong = f"{self.labels_wanted} wanted; {len(self.wrong)} wrong; {len(self.overlaps)} times two at a printer"
        lines = [
            f"{sums}, {wrong}; {self.seconds:.0f} seconds",
            *(f"  {count:4d}  {end}" for end, count in sorted(self.ends.items())),
            *(f"      {count:4d}  {name}" for name, count in self.troubles.items()),
            *self.wrong,
        ]
        return "\n".join(lines)


@contextmanager
def hall(settings: Settings, folder: Path, printers: int) -> Iterator[tuple[Engine, list[Bench]]]:
    """Make a warehouse in an empty database, with running printers."""
    engine = make_engine(settings)
    migrations.upgrade(engine)
    with ExitStack() as stack:
        _ = stack.callback(engine.dispose)
        zebras = [
            stack.enter_context(VirtualZebra(name=f"Z{number}", tray=folder, buffer_bytes=SMALL_BUFFER_BYTES))
            for number in range(printers)
        ]
        with transaction(engine) as session:
            _ = builders.warehouse(session)
            rows = [Printer(warehouse_id=WAREHOUSE_ID, name=zebra.name, url=zebra.url) for zebra in zebras]
            session.add_all(rows)
        yield (
            engine,
            [Bench(engine=engine, zebra=zebra, printer_id=row.id) for zebra, row in zip(zebras, rows, strict=True)],
        )


def troubled_day(settings: Settings, folder: Path, *, jobs: int, printers: int = PRINTERS, nodes: int = 1) -> Day:
    """Send so many jobs, half of them into trouble, through worker processes as shipped."""
    began_s = time.monotonic()
    notes = folder / "visits.txt"
    with hall(settings, folder, printers) as (engine, benches), ExitStack() as stack:
        for _ in range(nodes):
            _ = stack.enter_context(node(settings, notes, threads=max(3, printers), **IMPATIENT))
        turns = list(itertools.islice(itertools.cycle(TROUBLES), jobs // 2))
        work_at_once([(bench, turns[number::printers]) for number, bench in enumerate(benches)])
        with reading(engine) as session:
            breaches = [f"{breach.check}: {breach.text}" for breach in verify(session, WAREHOUSE_ID)]
    sent = [one for bench in benches for one in bench.sent]
    ends = Counter(one.trouble.end.value if one.trouble else "no trouble: printed" for one in sent)
    return Day(
        jobs=len(sent),
        ends=ends,
        troubles=Counter(one.trouble.name for one in sent if one.trouble),
        labels=sum(len(bench.zebra.tray.numbers()) for bench in benches),
        labels_wanted=sum(
            one.trouble.on_paper if one.trouble and one.trouble.end is End.UNKNOWN else one.labels for one in sent
        ),
        wrong=tuple(itertools.chain(*(bench.wrong for bench in benches), breaches)),
        visits=tuple(visits(notes)),
        seconds=time.monotonic() - began_s,
    )


def work_at_once(turns: Sequence[tuple[Bench, Sequence[Trouble]]]) -> None:
    """Let each printer's person work through their troubles, all at the same time; raises what one of them met."""
    failed: list[Exception] = []

    def work(bench: Bench, troubles: Sequence[Trouble]) -> None:
        try:
            bench.send_all(troubles)
        except Exception as error:  # noqa: BLE001 - told below, by the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=work, args=turn) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of a long day on SQLite; return 1 where one is not as it must be, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    _ = parser.add_argument("--jobs", type=int, default=500)
    _ = parser.add_argument("--printers", type=int, default=PRINTERS)
    _ = parser.add_argument("--nodes", type=int, default=1)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{name}/wms.db", "WMS_DATA_DIR": name})
        day = troubled_day(settings, Path(name), jobs=options.jobs, printers=options.printers, nodes=options.nodes)
    print(day)
    return int(not day.is_right)


if __name__ == "__main__":
    sys.exit(main())
