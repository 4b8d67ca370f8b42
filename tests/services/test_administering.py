"""Set-up on both engines: rows kept by the import's rules, removals that history forbids, badges and the last admin."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from wms.domain.calendar import Holiday, Pickup, ShippingMethod
from wms.domain.codes import CodeKind, own_code
from wms.domain.errors import BadInputError, DomainError, NotFoundError
from wms.domain.floor import Location, Place, Station
from wms.domain.journal import JournalEntry
from wms.domain.people import Device, Warehouse, Worker, WorkerSession
from wms.services import administering
from wms.services.administering import StillUsedError, people, warehouse
from wms.services.administering.kinds import SETTINGS
from wms.services.administering.people import LastAdminError
from wms.services.importing.cells import BadRowError
from wms.services.importing.kinds import Outcome


def keep(session: Session, which: str, /, **cells: str) -> Outcome:
    outcome = administering.keep(session, builders.actor(), SETTINGS[which], cells)
    session.flush()
    return outcome


def listed(session: Session, kind: str, search: str = "", page: int = 1) -> administering.Listing:
    return administering.listing(session, builders.actor(), SETTINGS[kind], search=search, page=page)


def remove(session: Session, kind: str, name: str) -> str:
    (key,) = [row.key for row in listed(session, kind).rows if row.name == name]
    return administering.remove(session, builders.actor(), SETTINGS[kind], key)


def told(session: Session) -> list[str]:
    return list(session.scalars(select(JournalEntry.event).order_by(JournalEntry.id)))


@pytest.fixture
def admin(session: Session) -> Worker:
    return builders.worker(session, "Viktor", "admin")


@pytest.mark.parametrize("kind", SETTINGS)
def test_every_kind_is_listed_and_read_back_as_the_cells_it_was_kept_from(
    session: Session, admin: Worker, kind: str
) -> None:
    _ = keep(session, "printers", name="P1", url="tcp://10.0.0.9:9100")
    _ = keep(session, "locations", code="B01-01-A1", zone="B")
    _ = builders.product(session, "MUG"), builders.product(session, "MUG-RED")
    rows = {
        "zones": {"zone": "B", "profile": "single", "counts_each": "yes", "asks_empty": "yes"},
        "workers": {"name": "Tom", "roles": "picker|packer", "left_handed": "yes"},
        "carts": {"name": "Cart 1", "slots": "6"},
        "totes": {"barcode": "12", "is_red": "yes"},
        "cartons": {"name": "S", "length_mm": "200", "width_mm": "100", "height_mm": "90"},
        "stations": {"name": "PACK 1", "printer": "P1"},
        "printers": {"name": "P2", "url": "file:///labels"},
        "products": {"sku": "SOFA", "name": "Sofa", "serials": "no"},
        "locations": {"code": "A01-01-A1", "zone": "A", "x_m": "1.5"},
        "substitutes": {"sku": "MUG", "substitute": "MUG-RED", "rank": "2"},
        "pickups": {"carrier": "dhl", "weekday": "tue", "cutoff": "16:00", "pickup": "16:30"},
        "holidays": {"day": "2026-12-25", "name": "Christmas"},
        "services": {"carrier": "dhl", "service": "dhl_express", "name": "Express"},
        "methods": {"method": "overnight", "service": "usps_priority"},
        "inserts": {"name": "Flyer", "applies": "channel", "value": "shopify", "code": "FLYER-1"},
    }
    assert keep(session, kind, **rows[kind]) is Outcome.ADDED
    setting = SETTINGS[kind]
    name = " ".join(rows[kind][column] for column in setting.kind.key) if kind != "totes" else "T000123"
    (row,) = [row for row in listed(session, kind).rows if row.name == name]
    _, fields = administering.row_to_change(session, builders.actor(), setting, row.key)
    cells = {field.column.name: field.value for field in fields}
    assert {column: cells[column] for column in rows[kind] if kind != "totes"}.items() <= rows[kind].items()
    assert keep(session, kind, **cells) is Outcome.KNOWN


def test_a_bad_cell_is_told_and_nothing_is_kept(session: Session) -> None:
    with pytest.raises(BadRowError, match="the slots 'many' is not a positive whole number"):
        _ = keep(session, "carts", name="Cart 1", slots="many")
    assert listed(session, "carts").total == 0


def test_a_key_that_names_nothing_is_not_found(session: Session) -> None:
    for kind, key in (("carts", "ff"), ("carts", "no hex"), ("holidays", "someday"), ("methods", "by pigeon")):
        with pytest.raises(NotFoundError):
            _ = administering.row_to_change(session, builders.actor(), SETTINGS[kind], key)
    with pytest.raises(NotFoundError):
        _ = administering.setting_of("secrets")


def test_a_cart_never_used_can_be_removed_and_the_journal_says_so(session: Session) -> None:
    _ = keep(session, "carts", name="Cart 1", slots="6")
    assert remove(session, "carts", "Cart 1") == "Cart 1"
    session.flush()
    assert listed(session, "carts").total == 0
    assert told(session) == ["RowKept", "SettingRemoved"]


def test_a_location_that_held_stock_stays_in_the_history(session: Session) -> None:
    _ = keep(session, "locations", code="A01")
    _ = keep(session, "locations", code="A02")
    place = session.scalars(select(Location).where(Location.code == "A01")).one()
    builders.stock(session, place, builders.product(session), 3)
    with pytest.raises(StillUsedError, match="The location A01 stays: stock, stock moves refer to it"):
        _ = remove(session, "locations", "A01")
    _ = remove(session, "locations", "A02")
    session.commit()  # the foreign keys agree
    assert {one.code for one in session.scalars(select(Location))} == {"A01"}
    assert session.scalars(select(Place).where(Place.id > 4)).one().id == place.id


def test_a_printer_of_a_station_stays(session: Session) -> None:
    _ = keep(session, "printers", name="P1", url="virtual://127.0.0.1:9100")
    _ = keep(session, "stations", name="PACK 1", printer="P1")
    with pytest.raises(StillUsedError, match="stations refer to it"):
        _ = remove(session, "printers", "P1")
    _ = remove(session, "stations", "PACK 1")
    _ = remove(session, "printers", "P1")
    session.commit()
    assert session.scalars(select(Station)).all() == []


def test_a_pickup_promised_to_open_orders_stays(session: Session) -> None:
    _ = builders.order(session, (builders.product(session), 1))
    with pytest.raises(StillUsedError, match="open orders refer to it"):
        _ = remove(session, "pickups", "usps tue 14:30")
    _ = remove(session, "pickups", "usps wed 14:30")
    assert [row.weekday for row in session.scalars(select(Pickup).order_by(Pickup.weekday))] == [0, 1, 3, 4]


def test_the_default_shipping_method_stays_and_others_go(session: Session) -> None:
    _ = keep(session, "methods", method="Overnight / UPS", service="usps_priority")
    with pytest.raises(DomainError, match="The default"):
        _ = remove(session, "methods", "*")
    _ = remove(session, "methods", "overnight / ups")
    assert session.scalars(select(ShippingMethod.method)).all() == ["*"]


def test_a_holiday_goes_as_it_came(session: Session) -> None:
    _ = keep(session, "holidays", day="2026-12-25")
    _ = remove(session, "holidays", "2026-12-25")
    assert session.scalars(select(Holiday)).all() == []


def test_a_worker_is_switched_off_never_removed(session: Session, admin: Worker) -> None:
    tom = builders.worker(session, "Tom")
    with pytest.raises(DomainError, match="stays in the history"):
        _ = remove(session, "workers", "Tom")
    people.switch(session, builders.actor(), tom, active=False)
    assert [row.is_off for row in listed(session, "workers", "tom").rows] == [True]
    assert told(session) == ["WorkerSwitched"]


def test_a_badge_is_never_shown(session: Session, admin: Worker) -> None:
    assert not any(admin.badge in cell for row in listed(session, "workers").rows for cell in row.cells)
    _, fields = administering.row_to_change(session, builders.actor(), SETTINGS["workers"], f"{admin.id:x}")
    assert {field.value for field in fields if field.column.name == "badge"} == {""}


def signed_in(session: Session, worker: Worker) -> WorkerSession:
    at = builders.NOW
    device = Device(warehouse_id=WAREHOUSE, key_hash=f"{worker.id}", number=worker.id % 1000, first_seen_at=at)
    opened = WorkerSession(
        warehouse_id=WAREHOUSE,
        token_hash=f"{worker.id}",
        worker_id=worker.id,
        device_id=device.id,
        started_at=at,
        seen_at=at,
    )
    session.add_all([device, opened])
    session.flush()
    return opened


def test_a_new_badge_ends_what_the_old_one_opened(session: Session) -> None:
    tom = builders.worker(session, "Tom")
    old, opened = tom.badge, signed_in(session, tom)
    people.new_badge(session, builders.actor(), tom)
    session.refresh(opened)
    assert tom.badge != old
    assert opened.ended_at == builders.NOW
    assert told(session) == ["BadgeIssued"]


def test_a_badge_typed_anew_ends_the_old_sessions_too(session: Session, admin: Worker) -> None:
    opened = signed_in(session, builders.worker(session, "Tom"))
    assert keep(session, "workers", name="Tom", badge=own_code(CodeKind.BADGE, 12345678)) is Outcome.CHANGED
    session.refresh(opened)
    assert opened.ended_at == builders.NOW


def test_the_last_admin_can_neither_be_switched_off_nor_lose_the_role(session: Session, admin: Worker) -> None:
    with pytest.raises(LastAdminError):
        people.switch(session, builders.actor(), admin, active=False)
    admin.active = True
    with pytest.raises(LastAdminError):
        _ = keep(session, "workers", name="Viktor", roles="picker")


def test_long_lists_come_in_pages_and_can_be_searched(session: Session) -> None:
    for number in range(1, 61):
        _ = keep(session, "totes", barcode=str(number))
    last = listed(session, "totes", page=9)
    assert (last.page, last.pages, last.total, len(last.rows)) == (2, 2, 60, 10)
    assert [row.name for row in listed(session, "totes", search="t00012").rows] == ["T000123"]
    assert listed(session, "totes", search="%").total == 0


def warehouse_form(**changes: str) -> dict[str, str]:
    return {
        "name": "South DC",
        "time_zone": "Europe/Berlin",
        "carrier": "offline",
        "accuracy_target_pct": "99.5",
        "when_short": "split",
        "slips": "each box",
        "addresses": "carrier",
        "units_per_hour_plan": "900",
        "scan_each_from_cents": "10000",
        "address_name": "South DC",
        "address_country": "de",
        **changes,
    }


def test_the_warehouse_is_changed_and_the_journal_says_what(session: Session) -> None:
    wanted = warehouse.read(warehouse_form(), can_buy=False)
    assert warehouse.change(session, builders.actor(), wanted)
    assert not warehouse.change(session, builders.actor(), wanted)
    made = session.get_one(Warehouse, WAREHOUSE)
    assert (made.name, made.time_zone, made.units_per_hour_plan) == ("South DC", "Europe/Berlin", 900)
    assert made.scan_each_from_cents == 10_000
    assert made.address == {"name": "South DC", "country": "DE"}
    (entry,) = session.scalars(select(JournalEntry))
    assert "time_zone: UTC -> Europe/Berlin" in entry.data["changes"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"time_zone": "Mars/Base"}, "Write one such as Europe/Berlin"),
        ({"carrier": "pigeon"}, "not one of offline, shippo"),
        ({"accuracy_target_pct": "101"}, "not a number from 0 to 100"),
        ({"units_per_hour_plan": "nan"}, "not a number"),
        ({"scan_each_from_cents": "-1"}, "not a number"),
        ({"when_short": "burn"}, "not one of wait, split, cancel"),
        ({"slips": "often"}, "not one of never, each box, gifts"),
        ({"addresses": ""}, "not one of never, carrier"),
        ({"carrier": "shippo"}, "street, city, zip"),
        ({"name": "x" * 81}, "more than 80"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(changes: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        _ = warehouse.read(warehouse_form(**changes), can_buy=True)


def test_shippo_cannot_be_chosen_without_its_key() -> None:
    with pytest.raises(BadInputError, match="Set WMS_SHIPPO_KEY"):
        _ = warehouse.read(warehouse_form(carrier="shippo"), can_buy=False)
