"""Box and weight: the smallest carton that takes all, and a weight that must fit or come twice."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.floor import CartonType
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.shipping import Label, LabelStatus
from wms.services.packing.on_bench import Carton
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, ScanItems


def _carton_type(session: Session, name: str, sizes_mm: tuple[int, int, int], max_weight_g: int = 30_000) -> CartonType:
    made = builders.carton_type(session, name)
    made.length_mm, made.width_mm, made.height_mm = sizes_mm
    made.max_weight_g = max_weight_g
    session.flush()
    return made


def _proposed(floor: Floor) -> Carton | None:
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh | ScanItems)
    return screen.carton


def _name(carton: Carton | None) -> str:
    return carton.name if carton else ""


def test_the_smallest_carton_that_takes_all_units_is_proposed(session: Session) -> None:
    floor = packers.scanned(session)
    assert _name(_proposed(floor)) == "M2"
    _ = _carton_type(session, "S1", (150, 100, 100))  # 3 units of 400 ml fill more than 90 % of it? 1.35 l: no
    assert _name(_proposed(floor)) == "S1"
    _ = _carton_type(session, "TINY", (110, 100, 100))  # 1.1 l is too small for 1.2 l
    assert _name(_proposed(floor)) == "S1"


def test_a_carton_too_short_for_the_longest_unit_is_not_proposed(session: Session) -> None:
    floor = packers.scanned(session)
    _ = _carton_type(session, "CUBE", (90, 150, 200))
    assert _name(_proposed(floor)) == "CUBE"
    floor.towel.length_mm = 315
    session.flush()
    assert _proposed(floor) is None
    assert floor.packer.scan("N720").words == "No box is large enough. Scan one"
    assert floor.packer.scan(floor.carton.barcode).words == "Too small: 31.5 cm item"
    tube = _carton_type(session, "TUBE", (400, 120, 100))
    assert _name(_proposed(floor)) == tube.name


def test_a_carton_that_may_not_carry_so_much_is_not_proposed(session: Session) -> None:
    floor = packers.scanned(session)
    weak = _carton_type(session, "WEAK", (150, 120, 100), max_weight_g=700)
    assert _name(_proposed(floor)) == "M2"
    assert floor.packer.scan(weak.barcode).words == "Too heavy for WEAK: over 0.7 kg"


def test_scanning_another_carton_changes_the_box_and_what_it_should_weigh(session: Session) -> None:
    floor = packers.scanned(session)
    large = _carton_type(session, "L3", (400, 300, 300))
    large.weight_g = 300
    session.flush()
    assert floor.packer.scan(large.barcode).words == "Box L3"
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.expected_g == 900


def test_the_box_may_be_changed_while_units_are_scanned(session: Session) -> None:
    floor = packers.bench(session)
    large = _carton_type(session, "L3", (400, 300, 300))
    short = _carton_type(session, "SHORT", (50, 50, 400))
    weak = _carton_type(session, "WEAK", (410, 300, 300), max_weight_g=400)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert floor.packer.scan(short.barcode).words.startswith("Too small:")
    assert floor.packer.scan(weak.barcode).words == "Too heavy for WEAK: over 0.4 kg"
    assert floor.packer.scan(large.barcode).words == "Box L3"
    assert _name(_proposed(floor)) == "L3"
    assert floor.packer.scan("K147").words == "Box M2"
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert _name(_proposed(floor)) == "M2"


def test_the_other_box_card_goes_through_those_that_fit(session: Session) -> None:
    floor = packers.scanned(session)
    _ = _carton_type(session, "L3", (400, 300, 300))
    _ = floor.packer.scan("OTHER BOX")
    assert _name(_proposed(floor)) == "L3"
    _ = floor.packer.scan("OTHER BOX")
    assert _name(_proposed(floor)) == "M2"


@pytest.mark.parametrize(("weight", "tone"), [("N720", "ok"), ("N741", "ok"), ("N742", "wrong"), ("N698", "wrong")])
def test_a_weight_may_be_off_by_three_percent_but_by_no_more(session: Session, weight: str, tone: str) -> None:
    floor = packers.scanned(session)
    assert floor.packer.scan(weight).tone == tone


def test_a_weight_that_does_not_fit_is_asked_for_again_and_counts_when_it_comes_twice(session: Session) -> None:
    floor = packers.scanned(session)
    assert floor.packer.scan("N500").words == "500 g, not 720 g. Count again"
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.doubted_g == 500
    assert floor.packer.scan("WEIGH").tone == "wrong"
    assert floor.packer.scan("N600").words == "600 g, not 720 g. Count again"
    assert session.scalars(select(Label)).all() == []
    assert floor.packer.scan("N610").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)
    package = packers.package_of(session, floor.order)
    assert (package.weight_g, package.weighed) == (610, True)
    assert (
        session.scalars(select(ExceptionItem.text))
        .one()
        .endswith(f"weighs 610 g, expected 720 g, at {floor.station.name}")
    )


def test_a_weight_in_doubt_is_not_forgotten_when_the_box_is_scanned_again(session: Session) -> None:
    floor = packers.scanned(session)
    _ = floor.packer.scan("N400")
    assert floor.packer.scan(floor.carton.barcode).words == "Box M2"
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.doubted_g == 400
    assert floor.packer.scan("WEIGH").words == "Count the units, then weigh again"
    assert session.scalars(select(Label)).all() == []


def test_a_weight_in_doubt_is_not_forgotten_when_a_unit_is_taken_out_and_put_back(session: Session) -> None:
    floor = packers.scanned(session)
    _ = floor.packer.scan("N400", "UNDO", floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.doubted_g == 400
    assert floor.packer.scan("WEIGH").words == "Count the units, then weigh again"


def test_a_weight_in_doubt_stands_in_another_box_until_that_is_weighed(session: Session) -> None:
    floor = packers.scanned(session)
    large = _carton_type(session, "L3", (400, 300, 300))
    light = _carton_type(session, "LIGHT", (400, 300, 290))
    large.weight_g, light.weight_g = 300, 0
    session.flush()
    _ = floor.packer.scan("N610", light.barcode, floor.carton.barcode, large.barcode)
    assert floor.packer.scan("WEIGH").words == "Count the units, then weigh again"
    assert floor.packer.scan("N900").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert session.scalars(select(ExceptionItem)).all() == []


def test_a_weight_in_doubt_fits_the_box_that_was_taken(session: Session) -> None:
    floor = packers.scanned(session)
    large = _carton_type(session, "L3", (400, 300, 300))
    large.weight_g = 300
    session.flush()
    _ = floor.packer.scan("N905", large.barcode)
    assert floor.packer.scan("WEIGH").words == "900 g, not weighed"


def test_a_computed_weight_is_no_doubt_after_the_label_is_void(session: Session) -> None:
    floor = packers.scanned(session)
    large = _carton_type(session, "L3", (400, 300, 300))
    large.weight_g = 300
    session.flush()
    _ = floor.packer.scan("WEIGH")
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("VOID", "YES")
    package = packers.package_of(session, floor.order)
    _ = label.move_to(LabelStatus.VOIDED, package=package.barcode, order_id=floor.order.id)
    session.flush()
    assert floor.packer.scan(large.barcode, "WEIGH").words == "900 g, not weighed"


def test_a_station_without_a_scale_takes_the_computed_weight_and_says_so(session: Session) -> None:
    floor = packers.scanned(session)
    assert floor.packer.scan("K161").words == "720 g, not weighed"
    package = packers.package_of(session, floor.order)
    assert (package.weight_g, package.weighed) == (720, False)
    weighed = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "PackageWeighed")).one()
    assert (weighed["expected_g"], weighed["weighed"]) == (720, False)


def test_a_product_without_a_weight_must_be_weighed_and_any_weight_counts(session: Session) -> None:
    floor = packers.bench(session)
    floor.towel.weight_g = 0
    session.flush()
    _ = floor.packer.scan(*floor.codes)
    assert floor.packer.scan("K161").words == "Weight not known. Type N and grams"
    assert floor.packer.scan("N0").tone == "wrong"
    assert floor.packer.scan("N5000").tone == "ok"
