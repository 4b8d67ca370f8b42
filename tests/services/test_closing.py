"""The end of the day: each thing that is not settled is named, and nothing else."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.builders import NOW
from tests.packers import Floor
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.manifests import ManifestStatus
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label, LabelStatus
from wms.services import closing, printing
from wms.services.carriers import manifesting
from wms.services.closing import LooseKind
from wms.services.shipping.departures import hand_over_all

EVENING = NOW.replace(hour=18)


def at(moment: dt.datetime) -> Actor:
    return dataclasses.replace(builders.actor(), at=moment)


def kinds(session: Session, moment: dt.datetime = NOW) -> list[str]:
    """What is not settled at a moment."""
    session.flush()
    return [end.kind.value for end in closing.loose_ends(session, at(moment))]


def sealed(session: Session) -> Floor:
    """A sealed box with its bought, printed label."""
    floor = packers.weighed(session)
    packers.buy(session, floor.order, "OFF0001").external_id = "OFF0001"
    _ = floor.packer.scan("OFF0001")
    return floor


def test_an_empty_warehouse_has_nothing_to_settle(session: Session) -> None:
    assert kinds(session) == []


def test_a_tote_that_is_not_emptied_is_named_with_its_order(session: Session) -> None:
    floor = packers.bench(session)
    (end,) = closing.loose_ends(session, at(NOW))
    assert end.text == f"tote {floor.tote.barcode} is staged with order {floor.order.number}"


def test_a_sealed_box_waits_for_the_van_and_late_its_order_too(session: Session) -> None:
    _ = sealed(session)
    assert kinds(session, NOW + dt.timedelta(hours=1)) == ["box"]
    assert kinds(session, EVENING) == ["box", "order"]


def test_boxes_that_left_on_no_manifest_are_told_until_there_is_one(session: Session) -> None:
    _ = sealed(session)
    assert hand_over_all(session, at(NOW + dt.timedelta(hours=1)), "usps", EVENING) == 1
    (missing,) = closing.loose_ends(session, at(EVENING))
    assert missing.text == "1 boxes left with offline today and are on no manifest"
    manifest = manifesting.ask(session, at(EVENING), "offline", "")
    assert [end.manifest_key != "" for end in closing.loose_ends(session, at(EVENING))] == [True]
    for then in (ManifestStatus.SENDING, ManifestStatus.MADE):
        manifesting.move(session, at(EVENING), manifest, then)
    assert kinds(session, EVENING) == []


def test_a_label_whose_purchase_or_void_is_not_known_and_a_print_of_unknown_end_are_named(session: Session) -> None:
    _ = sealed(session)
    _ = session.execute(update(Package).values(status=PackageStatus.HANDED_OVER))
    _ = session.execute(update(Order).values(status=OrderStatus.SHIPPED))
    for status in (LabelStatus.WANTED, LabelStatus.BUYING, LabelStatus.UNSETTLED, LabelStatus.VOIDING):
        _ = session.execute(update(Label).values(status=status))
        assert kinds(session) == ["label"]
    _ = session.execute(update(Label).values(status=LabelStatus.VOIDED))
    _ = session.execute(update(PrintJob).values(status=PrintStatus.UNKNOWN))
    assert kinds(session) == ["print"]


@pytest.mark.parametrize("then", [PrintStatus.NOT_PRINTED, PrintStatus.DROPPED])
def test_a_print_that_did_not_come_out_is_named_until_somebody_has_said_what_becomes_of_it(
    session: Session, then: PrintStatus
) -> None:
    _ = sealed(session)
    _ = session.execute(update(Package).values(status=PackageStatus.HANDED_OVER))
    _ = session.execute(update(Order).values(status=OrderStatus.SHIPPED))
    job = session.scalars(select(PrintJob)).one()
    job.status, job.reason = then, "the picture broke the reader"
    session.add(
        ExceptionItem(
            warehouse_id=builders.WAREHOUSE, kind=ExceptionKind.PRINT, at=NOW, text="not printed", subject_id=job.id
        )
    )
    session.flush()
    (end,) = closing.loose_ends(session, at(NOW))
    assert end.text == f"label OFF0001 on {printing.printer_name(session, job)}: not printed: {job.reason}"
    printing.settle_inbox(session, at(NOW), job.id)
    assert kinds(session) == []


def test_a_bought_label_whose_box_is_given_up_is_named(session: Session) -> None:
    _ = sealed(session)
    _ = session.execute(update(Package).values(status=PackageStatus.CANCELLED))
    _ = session.execute(update(Order).values(status=OrderStatus.CANCELLED))
    _ = session.execute(update(Label).values(reason="too late to refund"))
    (end,) = closing.loose_ends(session, at(NOW))
    assert end.text.endswith("is bought OFF0001 for a box that is given up: too late to refund")


def test_a_bought_label_whose_box_is_not_sealed_is_named(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
    _ = packers.buy(session, floor.order, "OFF0001")
    labels = [end for end in closing.loose_ends(session, at(NOW)) if end.kind is LooseKind.LABEL]
    said = f"label of box {packers.package_of(session, floor.order).barcode}, order {floor.order.number}, is bought"
    assert [end.text for end in labels] == [f"{said} OFF0001 for a box that is not sealed"]
    _ = floor.packer.scan("OFF0001")
    assert kinds(session) == ["box"]
