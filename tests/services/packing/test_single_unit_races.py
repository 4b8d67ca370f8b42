"""A tote that single-unit orders share, looked into in the moment in which its last unit comes back from a bench."""

import pytest
from sqlalchemy import Engine, event

from tests import builders
from tests.services.packing.test_single_units import bench, walk
from wms.database import transaction
from wms.domain.codes import Command
from wms.domain.totes import Tote
from wms.services import verifying
from wms.services.stock import shared_totes


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_tote_is_not_done_with_while_its_last_unit_goes_from_the_box_back_into_it(engine: Engine) -> None:
    with transaction(engine) as session:
        shared = walk(session)
        shared.pick_all()
        packer = bench(shared)
        _ = packer.scan(shared.mug, Command.DAMAGED, shared.mug, Command.DAMAGED, shared.mug, Command.DAMAGED)
        _ = packer.scan(shared.pen)
        tote_id = shared.totes[1].id
    with transaction(engine) as session, transaction(engine) as other:
        tote = session.get_one(Tote, (builders.WAREHOUSE, tote_id))
        packer.session = other

        def put_back_once(*_: object) -> None:
            assert packer.scan(Command.UNDO).words.startswith("UNDO. ")
            other.commit()

        event.listen(session.connection(), "after_cursor_execute", put_back_once, once=True)
        assert not shared_totes.is_done(session, builders.actor(), tote)
    with transaction(engine) as session:
        assert verifying.verify(session, builders.WAREHOUSE) == []
