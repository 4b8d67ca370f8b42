"""Prints as the jobs leave them."""

from sqlalchemy import Engine, delete, select

from tests.boxes import full_box
from tests.jobs.working import now, work
from wms.database import reading, transaction
from wms.domain.outbox import Job
from wms.domain.printing import PrintJob
from wms.domain.shipping import LabelStatus
from wms.jobs.outbox import Context
from wms.services import printing
from wms.services.carriers import labelling


def print_label(context: Context, url: str, zpl: str, tracking: str, *, carrier: str) -> PrintJob:
    """Print what a carrier sold as the label of a box; the job as it stands afterwards."""
    with transaction(context.engine) as session:
        box = full_box(session, url, carrier=carrier)
        label = labelling.want(session, now(), box.id)
        label.tracking_number, label.zpl, label.status = tracking, zpl, LabelStatus.BOUGHT
        _ = printing.queue_label(session, now(), label, copy=1)
        _ = session.execute(delete(Job).where(Job.key.startswith("buy-")))
    work(context)
    return the_print(context.engine)


def the_print(engine: Engine) -> PrintJob:
    """The newest print job as it stands."""
    with reading(engine) as session:
        return session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(1)).one()
