"""Weighing: a box put on an empty scale has its weight by itself, and no reading is ever carried to the next box."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.jobs.working import LONG_AGO
from tests.packers import Floor, Packer
from wms.database import reading, transaction
from wms.domain.floor import Station
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label
from wms.domain.weighing import LASTING, ScaleState, Weighing
from wms.jobs import outbox
from wms.jobs import weighing as jobs
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Claimed, Context, LostLeaseError
from wms.scales.base import Reading
from wms.scales.virtual import Fault, VirtualScale
from wms.services import packing
from wms.services.packing.box import scales, weighing
from wms.services.packing.screens import BoxAndWeigh
from wms.services.scans.screens import Feedback


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_SLICE_S", 0.2)
    monkeypatch.setattr(jobs, "_LOOK_S", 0.01)


@pytest.fixture
def virtual() -> Iterator[VirtualScale]:
    with VirtualScale(settle_ms=0) as scale:
        yield scale


@dataclass(kw_only=True)
class Bench:
    """A packing station with a scale, its packer, and the screen that asks."""

    context: Context
    floor: Floor
    virtual: VirtualScale

    @property
    def engine(self) -> Engine:
        return self.context.engine

    def packer(self, session: Session) -> Packer:
        mine = self.floor.packer
        actor = dataclasses.replace(mine.actor, station_id=self.floor.station.id)
        return dataclasses.replace(mine, session=session, actor=actor, at=now())

    def scan(self, *codes: str) -> Feedback:
        """The packer scans, each in a transaction of its own."""
        said = []
        for code in codes:
            with transaction(self.engine) as session:
                said.append(self.packer(session).scan(code))
        return said[-1]

    def ask(self) -> Feedback | None:
        """The screen asks once, and hears what was said to the last weight."""
        with transaction(self.engine) as session:
            return packing.ask_scale(session, dataclasses.replace(self.packer(session).actor, at=now()))

    def look(self) -> dt.timedelta | None:
        """A worker looks at the scale for one slice."""
        return jobs.weigh(self.context, {"station_id": self.floor.station.id})

    def weigh(self, *loads_g: int) -> None:
        """The screen asks while these loads lie on the scale one after another, and a worker looks at each."""
        for load_g in loads_g:
            self.virtual.scale.put(load_g)
            _ = self.ask()
            _ = self.look()

    def sees(self) -> str:
        """The screen's name, with the scale's word where it asks."""
        with reading(self.engine) as session:
            screen = dataclasses.replace(self.packer(session), at=now()).sees()
            return f"{screen.name} {screen.scale}" if isinstance(screen, BoxAndWeigh) else screen.name

    def package(self) -> Package:
        with reading(self.engine) as session:
            return packers.package_of(session, self.floor.order)

    def asking(self) -> scales.Asking:
        with reading(self.engine) as session:
            found = scales.asking(session, builders.actor(at=now()), self.floor.station.id)
        assert found is not None
        return found

    def count(self, table: type[Label | ExceptionItem | Job]) -> int:
        with reading(self.engine) as session:
            return session.scalars(select(func.count()).select_from(table)).one()

    def next_box(self) -> None:
        """Seal the box and scan the next order of the same goods to its end."""
        with transaction(self.engine) as session:
            label = packers.buy(session, self.floor.order, f"TRACK{self.floor.order.id % 1000}")
            tracking = label.tracking_number
        assert self.scan(tracking).tone == "ok"
        with transaction(self.engine) as session:
            order = builders.order(session, (self.floor.mug, 2), (self.floor.towel, 1))
            tote = packers.staged(session, order, (self.floor.mug, 2), (self.floor.towel, 1))
        self.floor = dataclasses.replace(self.floor, order=order, tote=tote)
        self.fill()

    def fill(self) -> None:
        floor = self.floor
        _ = self.scan(*floor.codes)


@pytest.fixture
def bench(context: Context, virtual: VirtualScale) -> Bench:
    with transaction(context.engine) as session:
        floor = packers.bench(session)
        floor.station.scale = virtual.url
    made = Bench(context=context, floor=floor, virtual=virtual)
    made.fill()
    return made


def test_a_box_put_on_an_empty_scale_has_its_weight_without_a_tap(bench: Bench) -> None:
    assert bench.sees() == "box_and_weigh unasked"
    _ = bench.ask()
    assert bench.sees() == "box_and_weigh waiting"
    bench.weigh(0)
    assert bench.sees() == "box_and_weigh empty"
    bench.weigh(721)
    assert bench.sees() == "buying_label"
    assert (bench.package().weight_g, bench.package().weighed) == (721, True)
    with reading(bench.engine) as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "PackageWeighed")).one()
    assert (entry.worker_id, entry.device, entry.data["weight_g"]) == (bench.floor.packer.actor.worker_id, "scale", 721)


def test_the_page_hears_what_was_said_to_a_weight_once(bench: Bench) -> None:
    bench.weigh(0, 721)
    heard = bench.ask()
    assert heard is not None
    assert (heard.tone, heard.cue, heard.words) == ("ok", "step", "721 g")
    assert bench.ask() is None


def test_a_box_left_on_the_scale_is_never_the_weight_of_the_next(bench: Bench) -> None:
    bench.weigh(0, 720)
    bench.next_box()
    bench.weigh(720, 720, 735)
    assert bench.sees() == "box_and_weigh strange"
    assert bench.package().weight_g == 0
    bench.weigh(0, 715)
    assert bench.package().weight_g == 715


def test_a_second_box_set_beside_the_one_left_is_not_taken(bench: Bench) -> None:
    bench.weigh(0, 720)
    bench.next_box()
    bench.weigh(720, 1440)
    assert bench.sees() == "box_and_weigh strange"


def test_of_two_quick_boxes_the_second_must_be_lifted_where_nobody_saw_the_scale_empty(bench: Bench) -> None:
    bench.weigh(0, 720)
    bench.virtual.scale.put(0)  # nobody looks: no screen asks
    bench.next_box()
    bench.weigh(720)
    assert bench.sees() == "box_and_weigh strange"
    bench.weigh(0, 720)
    assert bench.sees() == "buying_label"


def test_a_box_put_down_after_its_weight_was_typed_is_not_the_weight_of_the_next(bench: Bench) -> None:
    bench.weigh(0)
    assert bench.scan("N720").tone == "ok"
    bench.virtual.scale.put(720)
    bench.next_box()
    bench.weigh(720)
    assert bench.sees() == "box_and_weigh strange"


def test_a_load_that_wobbles_is_not_taken_before_it_settles(bench: Bench) -> None:
    bench.weigh(0)
    bench.virtual.scale.settle_ms = 60_000
    bench.weigh(720)
    assert bench.sees() == "box_and_weigh own"
    bench.virtual.scale.settle_ms = 0
    _ = bench.look()
    assert bench.sees() == "buying_label"


def test_three_stable_readings_within_five_grams_prove_a_weight() -> None:
    def of(*weights_g: int) -> list[Reading]:
        return [Reading(weight_g=weight_g, is_stable=True) for weight_g in weights_g]

    assert jobs.is_steady(of(720, 725, 722))
    assert not jobs.is_steady(of(720, 722))
    assert not jobs.is_steady(of(720, 726, 722))
    assert not jobs.is_steady([*of(720, 720), Reading(weight_g=720, is_stable=False)])


def test_a_reading_that_comes_after_the_packer_moved_on_counts_for_no_box(bench: Bench) -> None:
    bench.weigh(0)
    late = bench.asking()
    _ = bench.scan("N700")
    bench.next_box()
    _ = bench.ask()
    with transaction(bench.engine) as session:
        weighing.take(session, late, 720)
    assert bench.package().weight_g == 0
    assert bench.sees() == "box_and_weigh waiting"


def test_a_weight_typed_while_the_scale_settles_stands_and_buys_one_label(bench: Bench) -> None:
    bench.weigh(0)
    with transaction(bench.engine) as session:
        _ = session.execute(update(Weighing).values(state=ScaleState.OWN))
    _ = bench.scan("N715")
    with transaction(bench.engine) as session:
        weighing.take(session, bench.asking(), 720)
    assert bench.package().weight_g == 715
    assert bench.count(Label) == 1


def test_a_worker_that_died_is_followed_by_another_which_ends_its_weighing(bench: Bench) -> None:
    bench.weigh(0)
    dead = outbox.claim(bench.engine, "dead")
    assert dead is not None
    assert dead.kind is JobKind.WEIGH
    assert outbox.claim(bench.engine, "other") is None
    bench.virtual.scale.put(720)
    with transaction(bench.engine) as session:
        _ = session.execute(update(Job).where(Job.kind == JobKind.WEIGH).values(leased_until=LONG_AGO))
    _ = bench.ask()
    assert outbox.run_one(bench.context, HANDLERS, "other")
    assert bench.sees() == "buying_label"


def test_a_worker_held_up_so_long_that_another_has_the_scale_writes_nothing(bench: Bench) -> None:
    bench.weigh(0)
    stale = Claimed(id=1, kind=JobKind.WEIGH, payload={}, owner="gone", attempt=1)
    bench.virtual.scale.put(720)
    with pytest.raises(LostLeaseError):
        _ = jobs.weigh(dataclasses.replace(bench.context, claimed=stale), {"station_id": bench.floor.station.id})
    assert bench.sees() == "box_and_weigh empty"
    assert bench.package().weight_g == 0


def test_one_job_looks_at_a_scale_however_often_it_is_asked_and_rests_when_no_screen_asks(bench: Bench) -> None:
    for _ in range(3):
        _ = bench.ask()
        with transaction(bench.engine) as session:
            _ = session.execute(update(Weighing).values(asked_at=now() - dt.timedelta(seconds=2)))
    assert bench.count(Job) == 1
    with transaction(bench.engine) as session:
        _ = session.execute(update(Weighing).values(asked_at=LONG_AGO))
        _ = session.execute(update(Station).values(scale="tcp://127.0.0.1:1"))
    assert outbox.drain(bench.context, HANDLERS) == 1
    with reading(bench.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.WEIGH)).one()
    assert (job.status, job.error) == (JobStatus.DONE, "")
    _ = bench.ask()
    with reading(bench.engine) as session:
        assert session.scalars(select(Job.status).where(Job.kind == JobKind.WEIGH)).one() is JobStatus.OPEN


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.UNPLUGGED, Fault.BUSY, Fault.OVER_RANGE])
def test_a_scale_that_fails_is_said_on_the_screen_and_a_typed_weight_counts(bench: Bench, fault: Fault) -> None:
    bench.context = dataclasses.replace(
        bench.context, settings=dataclasses.replace(bench.context.settings, scale_s=0.05)
    )
    bench.weigh(0)
    bench.virtual.scale.fault = fault
    bench.weigh(720)
    assert bench.sees() == "box_and_weigh silent"
    assert bench.count(ExceptionItem) == 0
    assert bench.scan("N720").tone == "ok"


def test_a_fault_that_lasts_reaches_the_inbox_once_and_leaves_it_when_the_scale_answers(bench: Bench) -> None:
    _ = bench.ask()
    bench.virtual.scale.fault = Fault.UNPLUGGED
    _ = bench.look()
    with transaction(bench.engine) as session:
        _ = session.execute(update(Weighing).values(fault_since=now() - LASTING))
    for _ in range(2):
        _ = bench.look()
    with reading(bench.engine) as session:
        item = session.scalars(select(ExceptionItem)).one()
    assert item.kind is ExceptionKind.SCALE
    assert item.text.startswith(f"{bench.floor.station.name}: Scale virtual://")
    bench.virtual.scale.fault = None
    bench.weigh(0)
    with reading(bench.engine) as session:
        assert session.scalars(select(ExceptionItem.settled_at)).one() is not None
    assert bench.sees() == "box_and_weigh empty"


def test_a_weight_far_off_is_counted_again_and_the_same_load_does_not_confirm_itself(bench: Bench) -> None:
    bench.weigh(0, 500)
    heard = bench.ask()
    assert heard is not None
    assert (heard.tone, heard.words) == ("wrong", "500 g, not 720 g. Count again")
    bench.weigh(500, 500)
    assert bench.sees() == "box_and_weigh taken"
    assert bench.count(Label) == 0
    bench.weigh(0, 500)
    assert bench.sees() == "buying_label"
    with reading(bench.engine) as session:
        assert "weighs 500 g, expected 720 g" in session.scalars(select(ExceptionItem.text)).one()


def test_an_order_that_gets_no_label_says_so_and_is_not_tried_again_by_the_same_load(bench: Bench) -> None:
    with transaction(bench.engine) as session:
        _ = session.execute(update(Order).values(carrier_service_id=None))
    bench.weigh(0, 720)
    heard = bench.ask()
    assert heard is not None
    assert "has no carrier service" in heard.words
    bench.weigh(720)
    assert bench.ask() is None
    assert bench.package().status is PackageStatus.OPEN
