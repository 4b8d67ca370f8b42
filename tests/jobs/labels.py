"""Labels as the jobs leave them: wanted, bought, given back, on a sealed box and on one that has left."""

import datetime as dt

from sqlalchemy import Engine, select

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.boxes import full_box
from tests.jobs.working import now, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label
from wms.jobs.outbox import Context
from wms.services.carriers import labelling


def want(engine: Engine, printer_url: str, carrier: str = "offline") -> int:
    """A full box whose label is wanted; its package id."""
    with transaction(engine) as session:
        box = full_box(session, printer_url, carrier=carrier)
        _ = labelling.want(session, now(), box.id)
        return box.id


def bought(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> int:
    """An open box whose label was wanted, bought and printed; its package id."""
    package_id = want(context.engine, zebra.url, carrier)
    work(context)
    return package_id


def tried(context: Context, zebra: VirtualZebra, shippo: FakeShippo, fault: Fault) -> int:
    """A box whose label a worker has tried to buy once, while the carrier failed in this way; its package id."""
    shippo.fail(fault)
    package_id = want(context.engine, zebra.url, "shippo")
    work(context)
    return package_id


def void(context: Context, package_id: int) -> None:
    """Ask for the void of a box's label, and let a worker try it at once."""
    with transaction(context.engine) as session:
        labelling.void(session, now(), package_id, "wrong box")
    work(context)


def give_up_box(engine: Engine, package_id: int) -> None:
    """Set a box aside, as its packer does."""
    with transaction(engine) as session:
        package, _ = labelling.package_of(session, now(), package_id)
        _ = package.move_to(PackageStatus.CANCELLED)


def sealed(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> int:
    """A sealed box with a bought label; its package id."""
    package_id = bought(context, zebra, carrier)
    with transaction(context.engine) as session:
        _ = session.get_one(Package, (builders.WAREHOUSE, package_id)).move_to(PackageStatus.SEALED)
    return package_id


def gone(context: Context, zebra: VirtualZebra, carrier: str = "shippo", *, ago: dt.timedelta = dt.timedelta(0)) -> int:
    """A box with a bought label that left some time ago; its package id."""
    package_id = sealed(context, zebra, carrier)
    with transaction(context.engine) as session:
        box = session.get_one(Package, (builders.WAREHOUSE, package_id))
        _ = box.move_to(PackageStatus.HANDED_OVER)
        box.sealed_at = box.handed_over_at = now().at - ago
    return package_id


def the_label(engine: Engine) -> Label:
    """The one label as it stands."""
    with reading(engine) as session:
        return session.scalars(select(Label)).one()


def buying(engine: Engine) -> tuple[JobStatus, str]:
    """How the job to buy the one label stands."""
    with reading(engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.BUY_LABEL)).one()
        return job.status, job.error
