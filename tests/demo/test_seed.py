"""The demo: pickups ahead at any hour, orders for all three, and never in somebody's own database."""

import datetime as dt

import pytest
from sqlalchemy import Engine, func, select

from tests import builders
from wms.config import Settings
from wms.database import make_engine, reading
from wms.demo import seed
from wms.domain.catalog import Product
from wms.domain.errors import WmsError
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.services import verifying

LATE = dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("hour", range(24))
def test_the_three_cutoffs_are_still_ahead_at_any_hour(hour: int) -> None:
    at = LATE.replace(hour=hour, minute=30)
    cutoffs = [dt.datetime.combine(at.date(), cutoff, dt.UTC) for cutoff in seed.cutoffs("UTC", at)]
    ahead = [cutoff if cutoff > at else cutoff + dt.timedelta(days=1) for cutoff in cutoffs]
    assert len(set(ahead)) == 3
    assert all(dt.timedelta(hours=1) < cutoff - at < dt.timedelta(hours=24) for cutoff in ahead)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_demo_made_at_half_past_eleven_at_night_has_orders_for_three_coming_pickups(settings: Settings) -> None:
    engine = make_engine(settings)
    seed.seed(engine, LATE)
    with reading(engine) as session:
        promised = session.execute(
            select(Order.cutoff_at, func.count()).where(Order.status == OrderStatus.RECEIVED).group_by(Order.cutoff_at)
        ).all()
        faces = session.scalar(select(func.count()).where(Location.kind == LocationKind.PICK))
        drawn = session.scalar(select(func.count()).where(Product.picture.startswith("<svg")))
        breaches = verifying.verify(session, builders.WAREHOUSE)
    engine.dispose()
    assert sum(count for _, count in promised) == seed.ORDERS
    assert len(promised) == 3
    assert all(cutoff_at is not None and cutoff_at > LATE for cutoff_at, _ in promised)
    assert (faces, drawn, breaches) == (1000, 500, [])


def test_the_demo_refuses_a_database_with_a_warehouse_of_its_own(engine: Engine) -> None:
    with pytest.raises(WmsError, match="not the demo's"):
        _ = seed.is_seeded(engine)
