"""What a scanned unit makes of its box: full, because the rest goes elsewhere, or a unit that ships in its own box."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.packing import BoxFilled, Package, PackageWeighed
from wms.services import inserting
from wms.services.carriers import labelling
from wms.services.packing.bench import box_anew
from wms.services.packing.box import recounts
from wms.services.packing.on_bench import Bench, Units
from wms.services.printing import slips


def follow(session: Session, actor: Actor, before: Bench, row: Units, units: int) -> None:
    """Close the box after units of a line went in, where nothing more may; one that needs none gets its label."""
    package = box_anew(session, actor, before.package_id)
    if row.is_own_box:
        _ship_as_it_is(session, actor, before, package, row)
    elif before.packed + units < before.wanted and before.left_for_cartons == units:
        package.full = True
        filled = BoxFilled(order_id=before.order_id, package=before.package, units=before.here + units)
        record(session, actor, filled)
    session.flush()
    if row.is_own_box or before.left_for_cartons == units:
        close(session, actor, package)


def close(session: Session, actor: Actor, package: Package) -> None:
    """Do what a full box sets off: its gift's words are printed, and one that needs nothing more gets its label."""
    waiting = inserting.due(session, actor, package)
    if any(insert.words for insert in waiting):
        slips.print_for_gift(session, actor, package.id)
    if package.own_box and not waiting:
        _ = labelling.want(session, actor, package.id)


def _ship_as_it_is(session: Session, actor: Actor, before: Bench, package: Package, row: Units) -> None:
    package.full = package.own_box = True
    package.weight_g, package.weighed = row.weight_g + before.inserts_g, False
    recounts.end(session, actor, package.id)
    weighing = PackageWeighed(
        order_id=before.order_id,
        package=before.package,
        weight_g=package.weight_g,
        expected_g=package.weight_g,
        weighed=False,
    )
    record(session, actor, weighing)
