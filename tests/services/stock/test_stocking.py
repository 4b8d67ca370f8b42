"""Stock moves: what changes a balance, and what cannot."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders
from wms.database import transaction
from wms.domain.errors import OutOfStockError
from wms.domain.floor import CUSTOMER_ID
from wms.domain.stock import Stock
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def test_a_received_unit_is_on_hand_and_available(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 3)
    balance = session.query(Stock).one()
    assert (balance.on_hand, balance.reserved, balance.available) == (3, 0, 3)


def test_reserved_units_cannot_leave_as_free_ones(session: Session) -> None:
    location, mug = builders.location(session), builders.product(session)
    builders.stock(session, location, mug, 3)
    stocking.reserve(session, builders.actor(), location.id, Goods(product_id=mug.id, quantity=2))
    with pytest.raises(OutOfStockError):
        stocking.move(
            session,
            builders.actor(),
            Goods(product_id=mug.id, quantity=2),
            from_place_id=location.id,
            to_place_id=CUSTOMER_ID,
            reason="sold",
        )


def test_what_was_set_aside_can_be_taken(engine: Engine) -> None:
    with transaction(engine) as session:
        location, tote, mug = builders.location(session), builders.tote(session), builders.product(session)
        builders.stock(session, location, mug, 3)
        goods = Goods(product_id=mug.id, quantity=2)
        stocking.reserve(session, builders.actor(), location.id, goods)
        stocking.move(
            session,
            builders.actor(),
            goods,
            from_place_id=location.id,
            to_place_id=tote.id,
            reason="picked",
            reserved=True,
        )
    with transaction(engine) as session:
        balances = {row.place_id: (row.on_hand, row.reserved) for row in session.query(Stock)}
    assert balances == {location.id: (1, 0), tote.id: (2, 0)}
