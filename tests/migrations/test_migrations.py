"""Migrations: up and down on both engines, and afterwards the tables are what the models say, CHECKs included."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from tests import boxes, builders
from tests.services.picking.picker import Picker
from wms import config, migrations
from wms.config import WAREHOUSE_ID
from wms.database import make_engine, reading, transaction
from wms.domain.errands import Errand
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.people import Worker
from wms.domain.picked import PickedUnits
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import LabelStatus
from wms.services import opening
from wms.services.carriers import recognising_labels
from wms.services.verifying import verify


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without any table, once on each engine."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'wms.db'}" if on_sqlite else request.getfixturevalue("postgres_url")
    engine = make_engine(config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(tmp_path)}))
    yield engine
    engine.dispose()


def test_an_upgraded_database_has_what_the_models_say(empty: Engine) -> None:
    migrations.upgrade(empty)
    assert migrations.differences(empty) == []
    assert migrations.current(empty) == migrations.head()


def test_a_missing_rule_is_seen_as_a_difference(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.begin() as connection:
        _ = connection.execute(text("DROP INDEX uq_labels_standing"))
    assert migrations.differences(empty) != []


def test_a_downgrade_leaves_no_table_and_an_upgrade_brings_them_back(empty: Engine) -> None:
    migrations.upgrade(empty)
    migrations.downgrade(empty, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(empty)
    assert migrations.differences(empty) == []


def test_the_upgraded_database_keeps_stock_from_going_negative(empty: Engine) -> None:
    migrations.upgrade(empty)
    statement = text(
        "INSERT INTO stock (warehouse_id, place_id, product_id, lot, serial, on_hand, reserved) "
        "VALUES (1, 99, 98, '', '', -1, 0)"
    )
    with pytest.raises(IntegrityError, match="on_hand"), empty.begin() as connection:
        _ = connection.execute(statement)


def test_a_number_that_was_kept_as_its_carrier_wrote_it_is_found_by_its_label_afterwards(empty: Engine) -> None:
    migrations.upgrade(empty)
    with transaction(empty) as session:
        _ = builders.warehouse(session)
        box = boxes.package(session, builders.order(session, (builders.product(session), 1)))
        label = boxes.label(session, box, LabelStatus.BOUGHT, "1z999aa1 0123456784")
        _ = session.execute(text("UPDATE labels SET tracking_number = '1z999aa1 0123456784'"))
        package_id = label.package_id
    migrations.downgrade(empty, "0017")
    migrations.upgrade(empty)
    with reading(empty) as session:
        found = recognising_labels.packages_by_label(session, builders.actor(), "1Z999AA10123456784")
    assert found == {package_id}


def test_the_first_admins_badge_is_told_once(empty: Engine) -> None:
    migrations.upgrade(empty)
    with transaction(empty) as session:
        badge = opening.open_warehouse(session, WAREHOUSE_ID)
    with transaction(empty) as session:
        assert opening.open_warehouse(session, WAREHOUSE_ID) is None
    with reading(empty) as session:
        assert session.query(Worker.badge).scalar() == badge


def test_a_serial_of_several_units_is_left_with_one_of_them(empty: Engine) -> None:
    migrations.upgrade(empty)
    with transaction(empty) as session:
        _ = builders.warehouse(session)
        phone = builders.product(session)
        _ = builders.waiting_batch(session, builders.order(session, (phone, 2)))
        marta = Picker(session)
        _ = marta.begin(builders.cart(session), builders.tote(session))
        _ = marta.reach()
        _ = marta.scan(builders.barcode(session, phone), builders.barcode(session, phone))
    migrations.downgrade(empty, "0018")
    with empty.begin() as connection:
        _ = connection.execute(text("DELETE FROM picked_units WHERE id = (SELECT max(id) FROM picked_units)"))
        _ = connection.execute(text("UPDATE picked_units SET quantity = 2, serial = 'SN-1'"))
    migrations.upgrade(empty)
    with reading(empty) as session:
        units = [(row.quantity, row.serial, row.product_id) for row in session.query(PickedUnits)]
    assert sorted(units) == [(1, "", phone.id), (1, "SN-1", phone.id)]


def test_a_scan_that_broke_the_program_is_told_apart_from_a_missing_barcode_afterwards(empty: Engine) -> None:
    migrations.upgrade(empty)
    missing = "A12-03-B2: MUG Blue mug has no barcode. It needs a label."
    broken = "Marta scanned UNDO at picking, device 1: KeyError in the program. Nothing was counted. See the log."
    odd = f"A12-03-B2: MUG {broken[:60]} in the program. has no barcode. It needs a label."
    with transaction(empty) as session:
        for text_, subject_id in ((missing, 1), (odd, 2), (broken, None)):
            item = ExceptionItem(
                warehouse_id=WAREHOUSE_ID, kind=ExceptionKind.UNKNOWN_BARCODE, at=builders.NOW, text=text_
            )
            item.subject_id = subject_id
            session.add(item)
    migrations.downgrade(empty, "0020")
    migrations.upgrade(empty)
    with reading(empty) as session:
        kinds = {item.text: item.kind for item in session.query(ExceptionItem)}
    assert kinds == {
        missing: ExceptionKind.UNKNOWN_BARCODE,
        odd: ExceptionKind.UNKNOWN_BARCODE,
        broken: ExceptionKind.FAULT,
    }
    migrations.downgrade(empty, "0020")
    with empty.connect() as connection:
        assert set(connection.scalars(text("SELECT kind FROM exceptions"))) == {"unknown barcode"}


def test_labels_given_back_before_refunds_were_followed_are_followed_from_now_on(empty: Engine) -> None:
    migrations.upgrade(empty)
    with transaction(empty) as session:
        _ = builders.warehouse(session)
        box = boxes.full_box(session, "file:///tmp/none")
        refund = boxes.refund(session, box, RefundStatus.PENDING)
        _ = boxes.label(session, box, LabelStatus.VOIDED, "OFF0001")
    migrations.downgrade(empty, "0016")
    migrations.upgrade(empty)
    with reading(empty) as session:
        (found,) = session.scalars(select(Refund))
        (job,) = session.scalars(select(Job))
        assert verify(session, WAREHOUSE_ID) == []
    assert (found.label_id, found.external_id, found.status) == (
        refund.label_id,
        refund.external_id,
        RefundStatus.PENDING,
    )
    assert found.due_at == job.due_at == builders.NOW
    assert (job.kind, job.key, job.status, job.payload) == (
        JobKind.FOLLOW_REFUNDS,
        "follow-refunds",
        JobStatus.OPEN,
        {},
    )


def test_of_a_workers_errands_on_several_devices_the_one_of_the_walk_stays(empty: Engine) -> None:
    migrations.upgrade(empty)
    with transaction(empty) as session:
        _ = builders.warehouse(session)
        marta = Picker(session, device="5")
        batch = builders.waiting_batch(session, builders.order(session, (builders.product(session), 1)))
        _ = marta.begin(builders.cart(session), builders.tote(session))
        batch_id, worker_id = batch.id, marta.worker.id
    migrations.downgrade(empty, "0023")
    errand = text(
        "INSERT INTO errands (warehouse_id, worker_id, device, kind, batch_id) "
        "VALUES (:warehouse, :worker, :device, 'wrong item', :batch)"
    )
    with empty.begin() as connection:
        for device, walk in (("1", None), ("5", batch_id), ("9", batch_id)):
            values = {"warehouse": WAREHOUSE_ID, "worker": worker_id, "device": device, "batch": walk}
            _ = connection.execute(errand, values)
    migrations.upgrade(empty)
    with reading(empty) as session:
        assert [(one.worker_id, one.batch_id) for one in session.query(Errand)] == [(worker_id, batch_id)]
