"""The doubt about a box that weighs wrong: what was in it then, and how many units were scanned again since.

It stands until a weight is taken, whatever goes out of the box and comes back: the same contents are the same doubt.
Other contents have another expected weight, and are weighed as if nothing had been.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.weighing import Recount
from wms.services.packing.on_bench import Bench, Counted
from wms.services.stock.stocking import Goods


def begin(session: Session, actor: Actor, bench: Bench) -> None:
    """Doubt the box as it is now: all its units are counted from nothing, where its weight is known well enough."""
    end(session, actor, bench.package_id)
    session.add_all(
        Recount(
            warehouse_id=actor.warehouse_id,
            package_id=bench.package_id,
            product_id=product_id,
            units=units,
            counted=0 if bench.is_learned else units,
        )
        for product_id, units in in_box(bench).items()
    )
    session.flush()


def end(session: Session, actor: Actor, package_id: int) -> None:
    """Doubt a box no more: its weight is taken."""
    _ = session.execute(
        delete(Recount).where(Recount.warehouse_id == actor.warehouse_id, Recount.package_id == package_id)
    )


def counted(session: Session, actor: Actor, bench: Bench) -> Mapping[int, int]:
    """Return how many units of each product were counted again; empty where what is in the box is not doubted."""
    rows = _of(session, actor, bench)
    if {row.product_id: row.units for row in rows} != in_box(bench):
        return {}
    return {row.product_id: row.counted for row in rows}


def put_in(session: Session, actor: Actor, bench: Bench, product_id: int, units: int) -> None:
    """Count units that go into a doubted box: they are seen now."""
    for row in _of(session, actor, bench):
        if row.product_id == product_id:
            row.counted = min(row.counted + units, row.units)
    session.flush()


def take_out(session: Session, actor: Actor, bench: Bench, goods: Goods) -> bool:
    """Let no more be counted than a box still holds without the goods; tell whether it is doubted."""
    left = in_box(bench)
    left[goods.product_id] -= goods.quantity
    rows = _of(session, actor, bench)
    for row in rows:
        row.counted = min(row.counted, left[row.product_id])
    session.flush()
    return bool(rows)


def is_doubted(session: Session, actor: Actor, bench: Bench) -> bool:
    """Tell whether the box was doubted, with these contents or others, and no weight of it was taken since."""
    return bool(_of(session, actor, bench))


def _of(session: Session, actor: Actor, bench: Bench) -> list[Recount]:
    mine = Recount.warehouse_id == actor.warehouse_id, Recount.package_id == bench.package_id
    return list(session.scalars(select(Recount).where(*mine).execution_options(populate_existing=True)))


def in_box(bench: Bench) -> Counter[int]:
    """Units of each product in the box."""
    of = Counter[int]()
    for row in bench.units:
        if row.here:
            of[row.product_id] += row.here
    return of


def rows(bench: Bench, counted: Mapping[int, int]) -> tuple[Counted, ...]:
    """Return the products of a box with how many of their units were counted again."""
    units = {row.product_id: row for row in bench.units}
    return tuple(
        Counted(
            product_id=product_id,
            sku=units[product_id].sku,
            name=units[product_id].name,
            counted=counted.get(product_id, 0),
            of=count,
            codes=units[product_id].codes,
        )
        for product_id, count in in_box(bench).items()
    )
