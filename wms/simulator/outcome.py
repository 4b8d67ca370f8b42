"""Counting after a shift: orders from their table, labels from paper, the rest from what people noted."""

import datetime as dt
import random
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wms.config import WAREHOUSE_ID
from wms.database import reading
from wms.domain.floor import Profile
from wms.domain.orders import Order, OrderStatus
from wms.domain.outbox import Job, JobStatus
from wms.domain.shipping import Label, LabelStatus
from wms.services import verifying
from wms.simulator import expectation
from wms.simulator.expectation import Expectation
from wms.simulator.report import Report
from wms.simulator.tally import Tally
from wms.simulator.trays import Trays

_READ = 3
_LINE_SCREENS = ("go_to", "scan_item", "put_in_tote", "short")
_SHORT = frozenset({OrderStatus.SHORT, OrderStatus.BACKORDERED})
_JOBS_END_S = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the shift knows itself: its counts, its paper, what it expected, and how it ended."""

    tally: Tally
    trays: Trays
    lost_products: Collection[int]
    expected: Expectation
    added: frozenset[int]
    began_at: dt.datetime
    dice: random.Random
    stopped_because: str
    people: dict[str, str]


def count(engine: Engine, facts: Facts) -> Report:
    """Count what came of the shift, and prove the books."""
    tally = facts.tally
    seconds = time.monotonic() - tally.began_s
    _let_jobs_end(engine)
    with reading(engine) as session:
        now = dt.datetime.now(dt.UTC)
        missing = expectation.missing(session, WAREHOUSE_ID, now, facts.expected, facts.lost_products)
        status = _statuses(session)
        bought = _bought(session, facts.began_at)
        breaches = [f"{breach.check}: {breach.text}" for breach in verifying.verify(session, WAREHOUSE_ID)]
    printed = [label.zpl for label in facts.trays.shipping()]
    sample = facts.trays.sample(facts.dice, _READ)
    read = [facts.trays.codes(label) for label in sample]
    on_lines = sum(tally[f"scans_on_{screen}"] for screen in _LINE_SCREENS)
    shipped = {order_id for order_id, now_is in status.items() if now_is is OrderStatus.SHIPPED}
    return Report(
        orders_total=len(facts.added),
        orders_shipped=len(facts.added & shipped),
        orders_short=sum(status[order_id] in _SHORT for order_id in facts.added),
        orders_held=len(facts.added & facts.expected.held),
        floor_orders_total=len(facts.expected.open),
        floor_orders_shipped=len(facts.expected.open & shipped),
        must_ship=len(facts.expected.must_ship),
        must_ship_gone=len(missing.gone),
        must_ship_missing=len(missing.left),
        scans_per_line=round(on_lines / max(1, tally["lines_picked"]), 2),
        scans_per_clean_line={
            profile: round(tally[f"clean_scans_{profile}"] / lines, 2)
            for profile in Profile
            if (lines := tally[f"clean_lines_{profile}"])
        },
        labels_bought=len(bought),
        labels_printed=len(printed),
        labels_duplicated=facts.trays.duplicated(),
        labels_missing=sum(not any(tracking in zpl for zpl in printed) for tracking in bought),
        labels_read=len(read),
        labels_unreadable=sum(not _reads(codes, bought) for codes in read),
        scan_ms_p50=round(tally.scan_ms(0.5), 2),
        scan_ms_p95=round(tally.scan_ms(0.95), 2),
        seconds=round(seconds, 1),
        verify_breaches=len(breaches),
        breaches=breaches,
        stopped_because=facts.stopped_because,
        people=facts.people,
        **{name: tally[name] for name in _NOTED},
    )


_NOTED = (
    "lines_picked",
    "units_picked",
    "shorts",
    "scans",
    "scans_refused",
    "slips",
    "slips_taken",
    "doubles",
    "doubles_answered_otherwise",
    "units_sorted",
    "units_missing_at_wall",
    "units_missing_at_pack",
    "units_left_in_totes",
    "boxes_sealed",
    "waves",
    "retries",
    "answers_dropped",
)


def _let_jobs_end(engine: Engine) -> None:
    """Give the worker time to write down what it has just printed: paper is faster than its report."""
    deadline_s = time.monotonic() + _JOBS_END_S
    while time.monotonic() < deadline_s:
        with reading(engine) as session:
            taken = select(Job.id).where(
                Job.warehouse_id == WAREHOUSE_ID, Job.status == JobStatus.OPEN, Job.owner != ""
            )
            if session.execute(taken.limit(1)).first() is None:
                return
        time.sleep(0.1)


def _statuses(session: Session) -> dict[int, OrderStatus]:
    rows = session.execute(select(Order.id, Order.status).where(Order.warehouse_id == WAREHOUSE_ID))
    return {order_id: status for order_id, status in rows}  # noqa: C416 - a row is not a pair to the type checker


def _bought(session: Session, since: dt.datetime) -> Sequence[str]:
    return session.scalars(
        select(Label.tracking_number).where(
            Label.warehouse_id == WAREHOUSE_ID, Label.status == LabelStatus.BOUGHT, Label.bought_at >= since
        )
    ).all()


def _reads(codes: Sequence[str], bought: Sequence[str]) -> bool:
    return any(tracking in code for tracking in bought for code in codes)
