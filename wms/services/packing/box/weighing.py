"""Weights that come by themselves: the screen asks, a worker reads the scale, and the box has its weight without a tap.

What may be taken for this box's weight is said in wms/domain/weighing.py.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind
from wms.domain.weighing import ScaleState, Weighing
from wms.services.packing.box import boxes, scales
from wms.services.packing.box.scales import Asking
from wms.services.packing.current import current_screen
from wms.services.packing.screens import BoxAndWeigh
from wms.services.packing.unit import units
from wms.services.scans import scanning
from wms.services.scans.screens import Feedback


def ask_scale(session: Session, actor: Actor) -> Feedback | None:
    """Ask for the weight of the box on the bench where the screen still wants it; return what was said to the last."""
    screen = current_screen(session, actor)
    if isinstance(screen, BoxAndWeigh):
        scales.ask(session, actor, screen.bench)
    return None if actor.station_id is None else scales.take_verdict(session, actor, actor.station_id)


def locked(session: Session, actor: Actor, asking: Asking) -> Weighing | None:
    """Return what the screen asks, locked; None where it meanwhile asks for another box or for none."""
    weighing = session.scalars(
        select(Weighing)
        .where(Weighing.warehouse_id == actor.warehouse_id, Weighing.station_id == asking.station_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    is_same = weighing.package_id == asking.package_id and weighing.is_asked(actor.at)
    return weighing if is_same else None


def take(session: Session, asking: Asking, weight_g: int) -> None:
    """Give the box the weight its scale settled on, as if its packer had typed it; nothing where it needs none now.

    The box is locked before the scale's row, as wherever both are. DomainError as for a weight typed.
    """
    packer = asking.packer
    screen = current_screen(session, packer)
    if not isinstance(screen, BoxAndWeigh) or screen.bench.package_id != asking.package_id:
        return
    if not units.is_unchanged(session, packer, screen.bench):
        return
    weighing = locked(session, packer, asking)
    if weighing is None or weighing.state is not ScaleState.OWN:
        return
    code = Code(text=f"N{weight_g}", kind=CodeKind.QUANTITY, quantity=weight_g)
    verdict = boxes.judge(session, packer, code, screen)
    weighing.take(scanning.keep_verdict(verdict))
    session.flush()


def refuse(session: Session, asking: Asking, verdict: Feedback) -> None:
    """Say why a weight was not taken; it is not tried again before the scale was empty."""
    weighing = locked(session, asking.packer, asking)
    if weighing is not None:
        weighing.take(scanning.keep_verdict(verdict))
        session.flush()
