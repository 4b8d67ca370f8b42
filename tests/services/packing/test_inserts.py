"""Gift notes and inserts: asked for before the box is weighed, confirmed by scan or YES, and no label before that."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.codes import Command
from wms.domain.inserts import Insert, InsertFor, OrderInsert
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.packing import PackageStatus
from wms.domain.people import SlipRule, Warehouse
from wms.domain.printing import PrintJob
from wms.domain.weighing import LearnedWeight, WeightSample
from wms.services.carriers import labelling
from wms.services.inserting import InsertMissingError
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, CountAgain, PutIn, ScanItems
from wms.services.printing import slips
from wms.services.verifying import verify


def _rule(session: Session, name: str, applies: InsertFor, value: str = "", code: str = "", weight_g: int = 0) -> None:
    rule = Insert(
        warehouse_id=builders.WAREHOUSE, name=name, applies=applies, value=value, code=code, weight_g=weight_g
    )
    session.add(rule)
    session.flush()


def _scan_all(floor: Floor) -> None:
    _ = floor.packer.scan(*floor.codes)


def _put_in(floor: Floor) -> PutIn:
    screen = floor.packer.sees()
    assert isinstance(screen, PutIn)
    return screen


@pytest.mark.parametrize(
    ("applies", "value", "is_wanted"),
    [
        (InsertFor.ALL, "", True),
        (InsertFor.GIFT, "", False),
        (InsertFor.CHANNEL, "shopify", True),
        (InsertFor.CHANNEL, "ebay", False),
        (InsertFor.CARRIER, "usps", True),
        (InsertFor.CARRIER, "dhl", False),
        (InsertFor.PRODUCT, "MUG", True),
        (InsertFor.PRODUCT, "LAMP", False),
    ],
)
def test_a_rule_says_which_orders_get_an_insert(
    session: Session, applies: InsertFor, value: str, *, is_wanted: bool
) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", applies, value, "FLYER-1")
    _scan_all(floor)
    assert isinstance(floor.packer.sees(), PutIn if is_wanted else BoxAndWeigh)


def test_an_insert_is_confirmed_by_its_code_before_the_weighing(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL, code="FLYER-1")
    _scan_all(floor)
    screen = _put_in(floor)
    assert (screen.insert, screen.accept) == ("Flyer", ("FLYER-1", Command.YES))
    assert floor.packer.scan("N720").words == "That is a QUANTITY. Scan the INSERT"
    assert floor.packer.scan(floor.mug_code).words == "EXTRA. PUT IN RED TOTE"
    assert floor.packer.scan("FLYER-1").words == "Flyer is in"
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    confirmed = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "InsertConfirmed")).one()
    assert (confirmed["name"], confirmed["scanned"]) == ("Flyer", True)


def test_a_gift_asks_for_its_words_and_for_its_card(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Gift card", InsertFor.GIFT)
    floor.order.gift_note = "Happy birthday!"
    _scan_all(floor)
    note = _put_in(floor)
    assert (note.insert, note.words, note.code) == ("gift note", "Happy birthday!", floor.order.barcode)
    _ = floor.packer.scan(floor.order.barcode)  # as it stands on the packing slip
    card = _put_in(floor)
    assert (card.insert, card.words, card.accept) == ("Gift card", "", (Command.YES,))
    _ = floor.packer.scan(Command.YES)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)


def test_no_label_is_bought_while_an_insert_is_not_confirmed(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    _scan_all(floor)
    box = packers.package_of(session, floor.order)
    box.carton_type_id, box.weight_g = floor.carton.id, 720
    session.flush()
    with pytest.raises(InsertMissingError, match="Put in first: Flyer"):
        _ = labelling.want(session, builders.actor(), box.id)
    _ = floor.packer.scan(Command.YES)
    assert labelling.want(session, builders.actor(), box.id).package_id == box.id


def test_undo_goes_back_from_an_insert_to_the_units(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    _scan_all(floor)
    assert floor.packer.scan(Command.UNDO).words == "UNDO. Thing TOWEL is out"
    assert isinstance(floor.packer.sees(), ScanItems)


def test_a_box_given_up_asks_again(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    _scan_all(floor)
    _ = floor.packer.scan(Command.YES, Command.UNDO, Command.SHORT)
    assert session.scalars(select(OrderInsert.package_id)).all() == [None]
    floor.order.status = OrderStatus.PICKED
    builders.stock(session, floor.tote, floor.towel, 1)
    _ = floor.packer.scan(floor.hold.barcode)
    _scan_all(floor)
    assert _put_in(floor).insert == "Flyer"


def test_inserts_go_into_the_first_carton_of_several(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    floor.mug.ships_in_own_box = True
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert isinstance(floor.packer.sees(), BuyingLabel)
    _ = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("OFF0001", floor.towel_code)
    assert _put_in(floor).insert == "Flyer"
    _ = floor.packer.scan(Command.YES, "K161")
    _ = packers.buy(session, floor.order, "OFF0002")
    _ = floor.packer.scan("OFF0002", floor.mug_code)
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert verify(session, builders.WAREHOUSE) == []


def test_an_order_without_any_carton_gets_its_insert_with_its_first_item(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    floor.mug.ships_in_own_box = floor.towel.ships_in_own_box = True
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert _put_in(floor).insert == "Flyer"
    _ = floor.packer.scan(Command.YES)
    assert isinstance(floor.packer.sees(), BuyingLabel)


def test_what_an_insert_weighs_is_expected_of_its_box(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Catalogue", InsertFor.ALL, weight_g=350)
    _scan_all(floor)
    _ = floor.packer.scan(Command.YES)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.expected_g == 720 + 350
    assert floor.packer.scan("N1070").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)


def test_a_wrong_weight_is_a_wrong_count_beside_an_insert_of_known_weight(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _rule(session, "Catalogue", InsertFor.ALL, weight_g=350)
    _scan_all(floor)
    _ = floor.packer.scan(Command.YES, "N870")
    assert isinstance(floor.packer.sees(), CountAgain)


def test_a_box_teaches_what_its_goods_weigh_without_its_insert(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    session.delete(session.get_one(LearnedWeight, (builders.WAREHOUSE, floor.mug.id)))
    _rule(session, "Catalogue", InsertFor.ALL, weight_g=350)
    _scan_all(floor)
    _ = floor.packer.scan(Command.YES, "N1020")
    label = packers.buy(session, floor.order, "OFF0001")
    assert floor.packer.scan(label.tracking_number).cue == "complete"
    assert session.scalars(select(WeightSample.unit_mg)).all() == [200_000]


def test_an_insert_weighs_with_the_item_that_ships_as_it_is(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Catalogue", InsertFor.ALL, weight_g=350)
    floor.mug.ships_in_own_box = floor.towel.ships_in_own_box = True
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, Command.YES)
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert packers.package_of(session, floor.order).weight_g == 200 + 350


def test_a_gifts_slip_is_printed_when_its_box_is_full_and_tells_no_price(session: Session) -> None:
    floor = packers.bench(session)
    session.query(Warehouse).one().slips = SlipRule.GIFTS
    floor.order.gift_note, floor.order.currency = "Happy birthday!", "USD"
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id == floor.order.id)):
        line.price_cents = 1250
    _scan_all(floor)
    (job,) = session.scalars(select(PrintJob))
    assert job.slip_of_id == packers.package_of(session, floor.order).id
    assert "Happy birthday!" in job.zpl
    (slip,) = slips.of_order(session, builders.actor(), floor.order.id)
    assert {line.price for line in slip.lines} == {""}
    _ = floor.packer.scan(Command.YES)
    slips.print_with_label(session, builders.actor(), packers.package_of(session, floor.order).id)
    assert len(session.scalars(select(PrintJob)).all()) == 1


def test_an_order_that_is_no_gift_gets_no_slip_of_a_gift(session: Session) -> None:
    floor = packers.bench(session)
    session.query(Warehouse).one().slips = SlipRule.GIFTS
    _scan_all(floor)
    slips.print_with_label(session, builders.actor(), packers.package_of(session, floor.order).id)
    assert session.scalars(select(PrintJob)).all() == []


def test_a_sealed_carton_without_its_insert_is_found(session: Session) -> None:
    floor = packers.bench(session)
    _rule(session, "Flyer", InsertFor.ALL)
    _scan_all(floor)
    packers.package_of(session, floor.order).status = PackageStatus.SEALED
    session.flush()
    found = [breach.text for breach in verify(session, builders.WAREHOUSE) if "confirmed" in breach.text]
    assert found == [f"order {floor.order.number}: nobody confirmed that its Flyer is in"]
