"""wms import orders: a shop's export file becomes orders, some hundreds a transaction."""

import itertools
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import Engine

from wms import config
from wms.channels.base import Channel, ChannelError, Fault, IncomingOrder, Reading
from wms.channels.shopify_csv import ShopifyFile
from wms.cli import style
from wms.cli.rejects import Rejects
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.errors import BadInputError
from wms.services.orders import receiving, updating
from wms.services.orders.receiving import Deed, Intake, Receipt

FORMATS = {"shopify": ShopifyFile}
_ORDERS_A_TRANSACTION = 400


@dataclass(kw_only=True)
class Report:
    """What an import of orders did so far."""

    receipts: dict[Deed | None, int] = field(default_factory=dict)
    untaken: list[str] = field(default_factory=list)
    known: int = 0
    orders_rejected: int = 0
    reasons: list[dict[str, object]] = field(default_factory=list)

    def add(self, receipts: Iterable[Receipt]) -> None:
        """Count what was done with some orders."""
        for receipt in receipts:
            for deed in receipt.deeds or {None}:
                self.receipts[deed] = self.receipts.get(deed, 0) + 1
            if Deed.UNTAKEN in receipt.deeds:
                self.untaken.append(receipt.number)
            if Deed.ADDED not in receipt.deeds:
                self.known += 1

    def reject(self, left_out: Reading, faults: Sequence[Fault], rejects: Rejects) -> None:
        """Note an order that is left out whole, and write its rows down."""
        self.orders_rejected += 1
        told = {fault.line: fault.reason for fault in faults}
        lines = ", ".join(str(line) for line in told)
        rejects.add(left_out.records, told, f"left out with line {lines}")
        self.reasons += [{"line": line, "order": left_out.name, "reason": reason} for line, reason in told.items()]

    def facts(self, seconds: float, rejects: Rejects) -> dict[str, object]:
        """Return what machines are told."""
        return {
            "orders_added": self.receipts.get(Deed.ADDED, 0),
            "orders_known": self.known,
            "orders_changed": self.receipts.get(Deed.CHANGED, 0),
            "orders_cancelled": self.receipts.get(Deed.CANCELLED, 0),
            "orders_paid": self.receipts.get(Deed.PAID, 0),
            "orders_changed_not_taken": self.untaken,
            "orders_rejected": self.orders_rejected,
            "rows_rejected": len(self.reasons),
            "rejects_file": str(rejects.path) if self.reasons else None,
            "reasons": self.reasons,
            "seconds": round(seconds, 3),
        }

    def text(self, seconds: float, rejects: Rejects) -> str:
        """Return what people are told."""
        done = [f"{self.receipts.get(Deed.ADDED, 0)} orders added, {self.known} known, in {seconds:.1f} s."]
        for deed, said in (
            (Deed.CHANGED, "taken over as the shop changed them"),
            (Deed.CANCELLED, "cancelled by the shop"),
            (Deed.PAID, "now paid"),
        ):
            if deed in self.receipts:
                done.append(f"{self.receipts[deed]} known orders {said}.")
        if self.untaken:
            done.append(f"Changed, not taken (too far on): {', '.join(self.untaken)}. See the desk's inbox.")
        if self.reasons:
            done.append(f"{self.orders_rejected} orders left out for {len(self.reasons)} bad rows. Mend and import")
            done[-1] += f" {rejects.path}:"
            done += [f"  line {told['line']}, {told['order'] or 'no name'}: {told['reason']}" for told in self.reasons]
        return "\n".join(done)


@click.command("orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="shopify", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and no progress bar.")
@click.pass_context
def orders(context: click.Context, file: Path, format_: str, as_json: bool) -> None:
    r"""Take in a shop's order export; the same file again adds nothing.

    An order with a bad row is left out whole: its rows go to FILE.rejects.csv with the reason, and the exit status
    is 1. Lines that need no shipping may name a SKU that is no product here.

    \b
    Example: wms import orders orders_export.csv --format shopify
    """
    engine = style.engine_of(config.load())
    started_s = time.monotonic()
    try:
        channel: Channel = FORMATS[format_](file)
        total = channel.count()
    except ChannelError as error:
        raise BadInputError(str(error)) from error
    report = Report()
    with (
        Rejects(file, channel.header) as rejects,
        click.progressbar(
            length=total, label="Orders", file=sys.stderr, hidden=as_json or not sys.stderr.isatty()
        ) as bar,
    ):
        for done in _import(engine, channel, report, rejects):
            bar.update(done)
    seconds = time.monotonic() - started_s
    style.say(as_json, report.facts(seconds, rejects), report.text(seconds, rejects))
    if report.reasons or report.untaken:
        context.exit(style.NOT_ALL)


def _import(engine: Engine, channel: Channel, report: Report, rejects: Rejects) -> Iterator[int]:
    """Take in the channel's orders; yield how many were read after each transaction."""
    actor = style.actor("import")
    with reading(engine) as session:
        intake = receiving.intake(session, actor, channel.name)
    readings = channel.readings()
    while some := list(itertools.islice(readings, _ORDERS_A_TRANSACTION)):
        good = [read.order for read in some if read.order is not None and not _faults(read, intake)]
        _take(engine, actor, intake, good, report)
        for read in some:
            if faults := _faults(read, intake):
                report.reject(read, faults, rejects)
        yield len(some)


def _faults(read: Reading, intake: Intake) -> tuple[Fault, ...]:
    return read.faults if read.order is None else intake.faults(read.order)


def _take(engine: Engine, actor: Actor, intake: Intake, orders: Sequence[IncomingOrder], report: Report) -> None:
    if orders:
        with transaction(engine) as session:
            received = receiving.receive(session, actor, intake, orders)
        report.add(received.receipts)
        for told in received.with_news:
            with transaction(engine) as session:
                receipt = updating.update(session, actor, intake, told)
            report.add([receipt])
