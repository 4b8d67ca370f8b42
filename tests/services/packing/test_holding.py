"""An order set aside prints a hold slip: what it waits for, since when, and its barcode."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from printers.decode import decode
from printers.formats import is_whole, physical_labels
from printers.preview import ZebrashPreview
from tests import packers
from tests.labels.texts import texts
from wms.domain.codes import Command
from wms.domain.outbox import Job, JobKind
from wms.domain.printing import PrintJob, PrintStatus
from wms.services.ordering import finding
from wms.services.packing.screens import HoldTote


def test_an_order_whose_label_was_refused_is_set_aside_with_a_slip(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The address is not known.")
    floor.packer.at = floor.packer.at.replace(hour=15, minute=4)
    assert floor.packer.scan(Command.NO).words == "Set aside. All back, slip on the tote"
    job = session.scalars(select(PrintJob)).one()
    assert (job.what, job.status, job.labels) == (f"hold slip {floor.order.number}", PrintStatus.QUEUED, 1)
    assert (job.printer_id, job.order_id) == (floor.station.printer_id, floor.order.id)
    said = texts(job.zpl.encode())
    assert said[:2] == ["HOLD", floor.order.number]
    assert any(" 2026 " in line and line.endswith(":04") for line in said)
    assert f"Ana at {floor.station.name}" in said
    assert "The address is not known." in said
    assert floor.order.barcode in job.zpl
    assert (is_whole(job.zpl.encode()), physical_labels(job.zpl.encode())) == (True, 1)
    assert [job.key for job in session.scalars(select(Job).where(Job.kind == JobKind.PRINT))] == [f"print-{job.id}"]
    assert isinstance(floor.packer.sees(), HoldTote)


def test_the_slip_as_it_comes_out_of_the_printer_is_scanned_as_its_order(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "^XZ The address of Łódź is not known. " * 9)
    _ = floor.packer.scan(Command.NO)
    zpl = session.scalars(select(PrintJob.zpl)).one().encode()
    with ZebrashPreview() as preview:
        codes = decode(preview.draw(zpl))
    assert codes == [floor.order.barcode]
    found = finding.find(session, floor.packer.actor, finding.Search(text=codes[0]))
    assert [row.number for row in found.rows] == [floor.order.number]


def test_an_order_whose_carrier_does_not_answer_gets_a_slip_too(session: Session) -> None:
    floor = packers.weighed(session)
    floor.packer.at += dt.timedelta(seconds=30)
    _ = floor.packer.scan(Command.NO)
    assert "the carrier did not answer" in texts(session.scalars(select(PrintJob)).one().zpl.encode())


def test_a_station_without_a_printer_sets_aside_without_a_slip(session: Session) -> None:
    floor = packers.weighed(session)
    floor.station.printer_id = None
    packers.refuse(session, floor.order, "The address is not known.")
    assert floor.packer.scan(Command.NO).words == "Set aside. Put all back in the tote"
    assert session.scalars(select(PrintJob)).all() == []
    assert isinstance(floor.packer.sees(), HoldTote)
