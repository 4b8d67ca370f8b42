"""The count of a box that weighs wrong: how many units of each product were scanned again."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.weighing import Recount
from wms.services.packing.on_bench import Bench, Counted


def begin(session: Session, actor: Actor, bench: Bench) -> None:
    """Let all units of the box be counted, from nothing."""
    mine = Recount.warehouse_id == actor.warehouse_id, Recount.package_id == bench.package_id
    _ = session.execute(delete(Recount).where(*mine))
    products = {row.product_id for row in bench.units if row.here}
    session.add_all(
        Recount(warehouse_id=actor.warehouse_id, package_id=bench.package_id, product_id=product_id)
        for product_id in products
    )
    session.flush()


def counted(session: Session, actor: Actor, bench: Bench) -> Mapping[int, int]:
    """Return how many units of each product were counted again; empty where no count was asked for."""
    rows = session.execute(
        select(Recount.product_id, Recount.counted).where(
            Recount.warehouse_id == actor.warehouse_id, Recount.package_id == bench.package_id
        )
    )
    return dict(rows.all())


def rows(bench: Bench, counted: Mapping[int, int]) -> tuple[Counted, ...]:
    """Return the products of a box with how many of their units were counted again."""
    of: dict[int, int] = {}
    for row in bench.units:
        if row.here:
            of[row.product_id] = of.get(row.product_id, 0) + row.here
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
        for product_id, count in of.items()
    )
