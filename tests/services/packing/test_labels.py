"""The label: bought once, printed, and only its own scan seals the box."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.calendar import Pickup, ShippingMethod
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.packing import PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.saying import Said
from wms.domain.shipping import Label, LabelStatus
from wms.domain.totes import ToteStatus
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, HoldTote, LabelFailed, ScanLabel, ScanTote
from wms.services.verifying import verify


def test_nothing_counts_while_the_label_is_bought(session: Session) -> None:
    floor = packers.weighed(session)
    for code in ("N720", "K161", floor.mug_code, "OFF0001"):
        assert floor.packer.scan(code).words == "Wait for the label"
    assert len(session.scalars(select(Label)).all()) == 1


def test_the_clock_counts_the_seconds_since_the_label_was_asked_for(session: Session) -> None:
    floor = packers.weighed(session)
    floor.packer.at += dt.timedelta(seconds=4)
    screen = floor.packer.sees()
    assert isinstance(screen, BuyingLabel)
    assert screen.waited_s == 4


def test_a_label_that_is_waited_for_a_minute_turns_the_screen_amber(session: Session) -> None:
    floor = packers.weighed(session)
    at = packers.the_label(session).wanted_at
    for waited_s, is_late in ((59, False), (60, True)):
        floor.packer.at = at + dt.timedelta(seconds=waited_s)
        screen = floor.packer.sees()
        assert isinstance(screen, BuyingLabel)
        assert (screen.is_late, screen.late_in_s) == (is_late, 60 - waited_s)


def test_a_label_not_scanned_for_a_minute_turns_the_screen_amber_and_no_tote_is_opened(session: Session) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    bought_at = label.bought_at = label.wanted_at + dt.timedelta(seconds=90)  # its carrier's delay is not the packer's
    session.flush()
    for waited_s, is_late in ((-5, False), (59, False), (60, True)):
        floor.packer.at = bought_at + dt.timedelta(seconds=waited_s)
        screen = floor.packer.sees()
        assert isinstance(screen, ScanLabel)
        assert screen.is_late is is_late
    other = packers.another(session, floor)
    assert floor.packer.scan(other.tote.barcode).words == "That is a TOTE. Scan the LABEL"
    assert floor.packer.scan("OFF0001").cue == "complete"


def test_the_packer_reads_what_customs_lack_and_tries_again_once_it_is_known(session: Session) -> None:
    floor = packers.bench(session)
    floor.order.ship_country, floor.order.currency = "CA", "USD"
    for line in session.scalars(select(OrderLine)):
        line.price_cents = 500
    floor.towel.origin_country = "PT"
    _ = floor.packer.scan(*floor.codes, "N720")
    screen = floor.packer.sees()
    assert isinstance(screen, LabelFailed)
    assert screen.reason == f"Customs: no origin for {floor.mug.sku}. See the lead"
    assert isinstance(screen.reason, Said)  # it is read in the packer's language
    assert session.scalars(select(ExceptionItem.text)).all() == [f"{floor.order.number}: {screen.reason}"]
    floor.mug.origin_country = "PT"
    session.flush()
    _ = floor.packer.scan(Command.YES.value)
    assert isinstance(floor.packer.sees(), BuyingLabel)


def test_another_boxs_label_is_refused_with_its_order(session: Session) -> None:
    first = packers.weighed(session)
    _ = packers.buy(session, first.order, "OFF0001")
    second = packers.weighed(session, first)
    _ = packers.buy(session, second.order, "OFF0002")
    verdict = second.packer.scan("OFF0001")
    assert (verdict.cue, verdict.words) == ("stop", f"This label is for order {first.order.number}")
    assert packers.package_of(session, second.order).status is PackageStatus.OPEN
    assert second.packer.scan("OFF0002").cue == "complete"
    assert packers.package_of(session, first.order).status is PackageStatus.OPEN


def test_only_the_label_seals_and_not_the_boxs_own_code(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    package = packers.package_of(session, floor.order)
    for code in (package.barcode, floor.tote.barcode, floor.mug_code, "N720", "SOMETHING", "YES"):
        assert floor.packer.scan(code).tone == "wrong", code
    assert package.status is PackageStatus.OPEN


def test_the_label_of_a_box_just_sealed_is_known_where_a_tote_is_asked_for(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    verdict = floor.packer.scan("OFF0001", "OFF0001")
    assert (verdict.tone, verdict.words) == ("warn", f"{floor.order.number} has its label. Scan a tote")


def test_a_voided_label_is_named(session: Session) -> None:
    floor = packers.weighed(session)
    old = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan(Command.VOID, Command.YES)
    packers.take_back(session, floor.order, old)
    _ = floor.packer.scan("N720")
    _ = packers.buy(session, floor.order, "OFF0002")
    assert floor.packer.scan("OFF0001").words == "That label is void. Throw it away"


def test_a_longer_carrier_barcode_that_ends_with_the_tracking_number_seals(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "9400100000000000000009")
    assert floor.packer.scan("420627019400100000000000000009").cue == "complete"


def test_a_label_that_was_never_printed_seals_nothing(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.NOT_PRINTED)
    assert floor.packer.scan("OFF0001").words == "Not printed yet. Scan the printed label"
    assert packers.package_of(session, floor.order).status is PackageStatus.OPEN


def test_a_printer_that_was_off_prints_the_same_label_again_on_the_card(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.NOT_PRINTED)
    screen = floor.packer.sees()
    assert isinstance(screen, ScanLabel)
    assert screen.printing == "failed"
    assert floor.packer.scan(Command.REPRINT).words == "REPRINT. Copy 2"
    assert floor.packer.scan(Command.REPRINT).words == "It prints now"
    assert [job.copy for job in session.scalars(select(PrintJob).order_by(PrintJob.copy))] == [1, 2]
    assert len(session.scalars(select(Label)).all()) == 1


@pytest.mark.parametrize("was", [PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.NOT_PRINTED])
def test_the_card_moves_a_label_that_its_printer_has_not_begun_to_another_stations(
    session: Session, was: PrintStatus
) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=was)
    with pytest.raises(DomainError, match="There is no other printer"):
        _ = floor.packer.scan(Command.OTHER_PRINTER)
    neighbour = session.get_one(Printer, (builders.WAREHOUSE, builders.station(session).printer_id))
    said = floor.packer.scan(Command.OTHER_PRINTER).words
    assert said == f"Fetch the label from {neighbour.name}"
    jobs = session.scalars(select(PrintJob).order_by(PrintJob.id)).all()
    assert [(job.status, job.copy) for job in jobs] == [(PrintStatus.DROPPED, 1), (PrintStatus.QUEUED, 1)]
    assert jobs[1].printer_id == neighbour.id
    _ = jobs[1].move_to(PrintStatus.CHECKED, printer=neighbour.name, at=builders.NOW)
    _ = jobs[1].move_to(PrintStatus.SENDING, printer=neighbour.name, at=builders.NOW)
    session.flush()
    with pytest.raises(DomainError, match="Too late: its printer has it"):
        _ = floor.packer.scan(Command.OTHER_PRINTER)
    _ = jobs[1].move_to(PrintStatus.PRINTED, printer=neighbour.name, at=builders.NOW)
    session.flush()
    assert floor.packer.scan(Command.OTHER_PRINTER).words == "It was printed here. Scan it, or REPRINT"
    assert floor.packer.scan("OFF0001").cue == "complete"
    assert verify(session, builders.WAREHOUSE) == []


def test_the_scan_of_a_label_proves_that_an_unknown_print_came_out(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.UNKNOWN)
    screen = floor.packer.sees()
    assert isinstance(screen, ScanLabel)
    assert screen.printing == "unknown"
    assert floor.packer.scan("OFF0001").cue == "complete"
    assert session.scalars(select(PrintJob.status)).all() == [PrintStatus.PRINTED]
    assert verify(session, builders.WAREHOUSE) == []


def test_no_says_that_nothing_came_out_and_prints_again(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.UNKNOWN)
    assert floor.packer.scan(Command.NO).words == "REPRINT. Copy 2"
    statuses = session.scalars(select(PrintJob.status).order_by(PrintJob.copy)).all()
    assert statuses == [PrintStatus.DROPPED, PrintStatus.QUEUED]


def test_a_refused_label_is_asked_for_again_by_yes(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The address is not known.")
    screen = floor.packer.sees()
    assert isinstance(screen, LabelFailed)
    assert screen.reason == "The address is not known."
    _ = floor.packer.scan(Command.YES)
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert len(session.scalars(select(Label)).all()) == 2


def test_a_void_after_an_earlier_refusal_is_waited_for_and_then_weighed_again(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The carrier is closed.")
    _ = floor.packer.scan(Command.YES)
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan(Command.VOID, Command.YES)
    assert isinstance(floor.packer.sees(), BuyingLabel)
    packers.take_back(session, floor.order, label)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)


def test_a_label_is_voided_only_after_a_second_word(session: Session) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    assert floor.packer.scan(Command.VOID).words == "VOID this label? YES or VOID again"
    assert floor.packer.scan(Command.NO).words == "NO. The label stays"
    assert floor.packer.scan(Command.YES).tone == "wrong"
    assert label.status == "bought"
    _ = floor.packer.scan(Command.VOID)
    floor.packer.at += dt.timedelta(minutes=2)
    assert floor.packer.scan(Command.YES).tone == "wrong"
    assert floor.packer.scan(Command.VOID, Command.VOID).words == "VOID. Throw the label away"
    assert label.status == "voiding"


def test_a_label_scanned_after_void_still_seals(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    assert floor.packer.scan(Command.VOID, "OFF0001").cue == "complete"


def test_an_order_set_aside_waits_in_the_hold_lane_and_is_packed_later(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The address is not known.")
    _ = floor.packer.scan(Command.NO)
    screen = floor.packer.sees()
    assert isinstance(screen, HoldTote)
    assert screen.why == "set aside"
    _ = floor.packer.scan(floor.hold.barcode)
    assert isinstance(floor.packer.sees(), ScanTote)
    assert floor.packer.sees().accept == ()
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.PICKED
    _ = floor.packer.scan(*floor.codes, "N720")
    _ = packers.buy(session, floor.order, "OFF0003")
    assert floor.packer.scan("OFF0003").cue == "complete"
    assert floor.tote.status is ToteStatus.FREE
    assert verify(session, builders.WAREHOUSE) == []


def test_void_goes_back_to_box_and_weight(session: Session) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan(Command.VOID, Command.YES)
    screen = floor.packer.sees()
    assert isinstance(screen, BuyingLabel)
    assert screen.is_voiding
    packers.take_back(session, floor.order, label)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    _ = floor.packer.scan("N720")
    _ = packers.buy(session, floor.order, "OFF0002")
    assert floor.packer.scan("OFF0001").tone == "wrong"
    assert floor.packer.scan("OFF0002").cue == "complete"
    assert verify(session, builders.WAREHOUSE) == []


def test_a_void_is_left_to_itself_at_once_and_the_next_tote_is_packed(session: Session) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    given_up = packers.package_of(session, floor.order)
    floor.packer.at += dt.timedelta(seconds=40)
    _ = floor.packer.scan(Command.VOID, Command.YES)
    screen = floor.packer.sees()
    assert isinstance(screen, BuyingLabel)
    assert (screen.may_leave, screen.is_slow, screen.waited_s) == (True, False, 0)
    assert floor.packer.scan(Command.YES).words == "Wait for the void. NO sets aside"
    assert floor.packer.scan(Command.NO).words == "Set aside. All back, slip on the tote"
    assert floor.packer.scan(floor.hold.barcode).cue == "complete"
    other = builders.order(session, (floor.mug, 1))
    tote = packers.staged(session, other, (floor.mug, 1))
    assert floor.packer.scan(tote.barcode).words == f"Order {other.number}"
    assert (given_up.status, label.status) == (PackageStatus.CANCELLED, LabelStatus.VOIDING)
    assert session.scalars(select(Job.status).where(Job.kind == JobKind.VOID_LABEL)).all() == [JobStatus.OPEN]
    assert verify(session, builders.WAREHOUSE) == []


def test_a_void_that_takes_half_a_minute_is_slow(session: Session) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    floor.packer.at += dt.timedelta(hours=1)
    _ = floor.packer.scan(Command.VOID, Command.YES)
    floor.packer.at += dt.timedelta(seconds=30)
    screen = floor.packer.sees()
    assert isinstance(screen, BuyingLabel)
    assert (screen.may_leave, screen.is_slow, screen.waited_s) == (True, True, 30)


def test_the_last_label_prints_again_for_half_an_hour_then_only_for_a_lead(session: Session) -> None:
    floor = packers.weighed(session)
    assert packers.packer(session, builders.station(session), "Ben").scan(Command.REPRINT).tone == "wrong"
    _ = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("OFF0001")
    assert floor.packer.scan(Command.REPRINT).words == f"REPRINT {floor.order.number}. Copy 2"
    for job in session.scalars(select(PrintJob)):
        job.status = PrintStatus.PRINTED
    session.flush()
    floor.packer.at += dt.timedelta(minutes=31)
    assert floor.packer.scan(Command.REPRINT).words == "Over 30 minutes ago. See the lead"
    assert session.scalars(select(ExceptionItem)).all() == []


def test_a_refused_label_is_asked_of_another_carrier_by_its_card(session: Session) -> None:
    _ = builders.carrier_service(session, "ups", "ups_ground")
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The address is not known.")
    screen = floor.packer.sees()
    assert isinstance(screen, LabelFailed)
    assert not screen.has_other
    with pytest.raises(DomainError, match="No other carrier may take it"):
        _ = floor.packer.scan(Command.OTHER_CARRIER)
    session.scalars(select(ShippingMethod)).one().allowed = ["ups_ground"]
    session.flush()
    # Nobody collects for it before the box was promised to leave.
    assert floor.packer.sees().accept == (Command.YES, Command.NO)
    session.add_all(
        Pickup(warehouse_id=builders.WAREHOUSE, carrier="ups", weekday=day, cutoff="13:00", pickup="13:30")
        for day in range(7)
    )
    session.flush()
    assert floor.packer.sees().accept == (Command.YES, Command.OTHER_CARRIER, Command.NO)
    assert floor.packer.scan(Command.OTHER_CARRIER).words == "Another carrier is asked"
    assert packers.the_label(session).declined == ["usps_priority"]


@pytest.mark.parametrize(("external_id", "then"), [("", LabelStatus.UNSETTLED), ("f" * 32, LabelStatus.VOIDING)])
def test_a_purchase_known_by_its_id_is_given_back_when_its_box_is_set_aside(
    session: Session, external_id: str, then: LabelStatus
) -> None:
    floor = packers.weighed(session)
    label = packers.the_label(session)
    label.status, label.external_id = LabelStatus.UNSETTLED, external_id
    session.flush()
    floor.packer.at += dt.timedelta(seconds=30)
    assert floor.packer.scan(Command.NO).words == "Set aside. All back, slip on the tote"
    assert packers.the_label(session).status is then


def test_an_order_whose_carrier_does_not_answer_may_be_set_aside(session: Session) -> None:
    floor = packers.weighed(session)
    assert floor.packer.scan(Command.NO).words == "Wait for the label"
    floor.packer.at += dt.timedelta(seconds=30)
    screen = floor.packer.sees()
    assert isinstance(screen, BuyingLabel)
    assert screen.may_leave
    assert floor.packer.scan(Command.NO).words == "Set aside. All back, slip on the tote"
    assert isinstance(floor.packer.sees(), HoldTote)
    assert packers.package_of(session, floor.order).status is PackageStatus.CANCELLED
    assert verify(session, builders.WAREHOUSE) == []
