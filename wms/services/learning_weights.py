"""What products weigh, learned from sealed boxes that were weighed, so that a wrong box is felt on the scale.

A box tells what a product weighs where only that product's weight is unknown in it: always where it holds one product
alone, else where the weights of all others are learned. The newest samples' median is taken, not their mean: a box
packed wrong is one sample far off, and a median does not move by it. With fewer than five samples there is no check,
for of three or four two wrong ones could lead. The newest twenty count, so that a changed packaging is learned anew.
"""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import CartonType
from wms.domain.inserts import OrderInsert
from wms.domain.packing import Package, PackageLine
from wms.domain.weighing import LearnedWeight, WeightSample

ENOUGH, NEWEST = 5, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What is known of a product's weight: `unit_g` None before `needs` samples were taken."""

    unit_g: float | None
    samples: int
    needs: int = ENOUGH


def of_product(session: Session, actor: Actor, product_id: int) -> Learned:
    """Return what has been learned of a product."""
    learned = session.get(LearnedWeight, (actor.warehouse_id, product_id))
    if learned is not None:
        return Learned(unit_g=learned.unit_mg / 1000, samples=learned.samples)
    mine = WeightSample.warehouse_id == actor.warehouse_id, WeightSample.product_id == product_id
    return Learned(unit_g=None, samples=session.scalars(select(func.count()).where(*mine)).one())


def learn(session: Session, actor: Actor, package: Package) -> None:
    """Learn from a sealed box whose weight was not computed.

    It tells nothing where its carton's weight is not known, or that of something put in beside the goods.
    """
    carton_g = session.scalars(
        select(CartonType.weight_g).where(
            CartonType.warehouse_id == actor.warehouse_id, CartonType.id == package.carton_type_id
        )
    ).one_or_none()
    inserts_g = _inserts_g(session, actor, package)
    if not package.weighed or not carton_g or inserts_g is None:
        return
    rows = session.execute(
        select(PackageLine.product_id, func.sum(PackageLine.quantity), LearnedWeight.unit_mg)
        .outerjoin(
            LearnedWeight,
            and_(
                LearnedWeight.warehouse_id == PackageLine.warehouse_id,
                LearnedWeight.product_id == PackageLine.product_id,
            ),
        )
        .where(PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package.id)
        .group_by(PackageLine.product_id, LearnedWeight.unit_mg)
    ).all()
    units = {product_id: int(quantity) for product_id, quantity, _ in rows}
    known_mg = {row.product_id: int(row.unit_mg) for row in rows if row.unit_mg is not None}
    sample = sample_of((package.weight_g - carton_g - inserts_g) * 1000, units, known_mg)
    if sample is None:
        return
    product_id, unit_mg = sample
    taken = WeightSample(
        warehouse_id=actor.warehouse_id, product_id=product_id, package_id=package.id, unit_mg=unit_mg, at=actor.at
    )
    _ = session.merge(taken)
    session.flush()
    _conclude(session, actor, product_id)


def _inserts_g(session: Session, actor: Actor, package: Package) -> int | None:
    """What lies in a box beside its goods weighs so much; None where that is not known.

    A gift's words weigh no more than paper.
    """
    inserts = session.execute(
        select(OrderInsert.weight_g, OrderInsert.words).where(
            OrderInsert.warehouse_id == actor.warehouse_id, OrderInsert.package_id == package.id
        )
    ).all()
    if any(not row.weight_g and not row.words for row in inserts):
        return None
    return sum(int(row.weight_g) for row in inserts)


def sample_of(net_mg: int, units: Mapping[int, int], known_mg: Mapping[int, int]) -> tuple[int, int] | None:
    """Return the one product that a box tells the weight of, and its unit's weight; None where it tells of none.

    `net_mg` is the weight without the carton, `units` how many of each product lie in the box.
    """
    unknown = list(units) if len(units) == 1 else [product_id for product_id in units if product_id not in known_mg]
    if len(unknown) != 1:
        return None
    others_mg = sum(known_mg[product_id] * count for product_id, count in units.items() if product_id != unknown[0])
    unit_mg = round((net_mg - others_mg) / units[unknown[0]])
    return (unknown[0], unit_mg) if unit_mg > 0 else None


def _conclude(session: Session, actor: Actor, product_id: int) -> None:
    """Let a product's newest samples say its weight, once there are enough."""
    samples = session.scalars(
        select(WeightSample.unit_mg)
        .where(WeightSample.warehouse_id == actor.warehouse_id, WeightSample.product_id == product_id)
        .order_by(WeightSample.at.desc(), WeightSample.package_id.desc())
        .limit(NEWEST)
    ).all()
    if len(samples) < ENOUGH:
        return
    unit_mg = round(statistics.median(samples))
    learned = LearnedWeight(
        warehouse_id=actor.warehouse_id,
        product_id=product_id,
        unit_mg=unit_mg,
        spread_mg=round(statistics.median(abs(sample - unit_mg) for sample in samples)),
        samples=len(samples),
        learned_at=actor.at,
    )
    _ = session.merge(learned)
    session.flush()
