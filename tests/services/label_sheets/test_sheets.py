"""Label sheets hold every thing of the house with the code on it, and print in jobs a printer can end in time."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.codes import Command, parse, slot_code
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import LocationKind, Printer
from wms.domain.journal import JournalEntry
from wms.domain.printing import PrintJob
from wms.jobs.outbox import LEASE
from wms.jobs.printing import print_timeout_s
from wms.services import label_sheets
from wms.services.label_sheets import ALL, MOST_LABELS, Choice, SheetKind


def codes(session: Session, choice: Choice) -> list[str]:
    """The codes of a choice's labels."""
    return [label.code for label in label_sheets.sheet(session, builders.actor(), choice).labels]


def printer(session: Session) -> Printer:
    """A printer."""
    made = Printer(warehouse_id=builders.WAREHOUSE, name="office", url="file:///tmp/none")
    session.add(made)
    session.flush()
    return made


def test_a_location_label_shows_address_code_and_check_string(session: Session) -> None:
    location = builders.location(session, "A07-03-B2")
    _ = builders.location(session, kind=LocationKind.LANE)
    (label,) = label_sheets.sheet(session, builders.actor(), Choice(kind=SheetKind.LOCATIONS, aisle=ALL)).labels
    assert (label.name, label.code, label.note) == ("A07-03-B2", location.barcode, location.check)


def test_without_an_aisle_the_first_one_is_shown(session: Session) -> None:
    far, near = builders.location(session), builders.location(session)
    far.aisle, near.aisle = "31", "02"
    session.flush()
    assert codes(session, Choice(kind=SheetKind.LOCATIONS)) == [near.barcode]
    assert codes(session, Choice(kind=SheetKind.LOCATIONS, aisle="31")) == [far.barcode]
    assert sorted(codes(session, Choice(kind=SheetKind.LOCATIONS, aisle=ALL))) == sorted([far.barcode, near.barcode])


def test_a_zone_narrows_its_aisles_and_locations(session: Session) -> None:
    cold, warm = builders.location(session), builders.location(session)
    (cold.zone, cold.aisle), (warm.zone, warm.aisle) = ("COLD", "50"), ("WARM", "01")
    session.flush()
    assert label_sheets.zones(session, builders.actor()) == ["COLD", "WARM"]
    assert label_sheets.aisles(session, builders.actor(), "COLD") == ["50"]
    assert codes(session, Choice(kind=SheetKind.LOCATIONS, zone="COLD")) == [cold.barcode]


def test_a_red_totes_label_says_so(session: Session) -> None:
    tote, red = builders.tote(session), builders.tote(session)
    red.is_red = True
    session.flush()
    labels = label_sheets.sheet(session, builders.actor(), Choice(kind=SheetKind.TOTES)).labels
    assert [(label.word, label.code) for label in labels] == [("TOTE", tote.barcode), ("RED TOTE", red.barcode)]


def test_a_cart_is_followed_by_its_slots(session: Session) -> None:
    cart = builders.cart(session, slots=3)
    wanted = [cart.barcode, *(slot_code(cart.barcode, number) for number in (1, 2, 3))]
    assert codes(session, Choice(kind=SheetKind.CARTS)) == wanted


def test_the_cards_are_every_command_in_its_order_and_24_quantities(session: Session) -> None:
    labels = label_sheets.sheet(session, builders.actor(), Choice(kind=SheetKind.COMMANDS)).labels
    assert [label.code for label in labels] == [*Command]
    assert all(parse(label.name).command is Command(label.code) for label in labels)
    assert codes(session, Choice(kind=SheetKind.QUANTITIES)) == [f"N{number}" for number in range(1, 25)]


def test_the_poster_leaves_out_what_only_a_bench_does(session: Session) -> None:
    shown = codes(session, Choice(kind=SheetKind.POSTER))
    assert {Command.SHORT, Command.YES, Command.NO, Command.UNDO} <= set(shown)
    assert {Command.REPRINT, Command.WEIGH} & set(shown) == set()


@pytest.mark.parametrize("kind", [SheetKind.TOTES, SheetKind.STATIONS, SheetKind.CARTONS, SheetKind.LANES])
def test_other_things_are_labelled_with_their_code(session: Session, kind: SheetKind) -> None:
    made = {
        SheetKind.TOTES: builders.tote(session).barcode,
        SheetKind.STATIONS: builders.station(session).barcode,
        SheetKind.CARTONS: builders.carton_type(session).barcode,
        SheetKind.LANES: builders.location(session, kind=LocationKind.DOCK).barcode,
    }
    assert codes(session, Choice(kind=kind)) == [made[kind]]


def test_a_name_or_a_code_narrows_a_sheet(session: Session) -> None:
    first, second = builders.tote(session), builders.tote(session)
    assert codes(session, Choice(kind=SheetKind.TOTES, name=f" {second.barcode.lower()} ")) == [second.barcode]
    assert codes(session, Choice(kind=SheetKind.TOTES, name="t")) == [first.barcode, second.barcode]


def test_several_names_are_chosen_by_commas(session: Session) -> None:
    made = [builders.tote(session).barcode for _number in range(3)]
    assert codes(session, Choice(kind=SheetKind.TOTES, name=f"{made[2]}, {made[0]},")) == [made[0], made[2]]


def test_badges_are_for_admins_and_only_of_workers_who_are_here(session: Session) -> None:
    here, gone = builders.worker(session, "Ana"), builders.worker(session, "Ben")
    gone.active = False
    session.flush()
    assert codes(session, Choice(kind=SheetKind.BADGES)) == [here.badge]
    lead = builders.worker(session, "Lea", roles="supervisor")
    with pytest.raises(DomainError, match="only an admin"):
        _ = label_sheets.queue(session, builders.actor(lead), Choice(kind=SheetKind.BADGES), printer(session).id)


def test_a_long_sheet_prints_in_jobs_that_end_within_a_lease(session: Session) -> None:
    for _number in range(MOST_LABELS + 2):
        _ = builders.tote(session)
    count = label_sheets.queue(session, builders.actor(), Choice(kind=SheetKind.TOTES), printer(session).id)
    jobs = session.scalars(select(PrintJob).order_by(PrintJob.id)).all()
    assert count == MOST_LABELS + 2
    assert [(job.what, job.labels) for job in jobs] == [("totes 1-50 of 52", 50), ("totes 51-52 of 52", 2)]
    assert [job.zpl.count("^XA") for job in jobs] == [50, 2]
    # The longest that the settings allow, with the last answer waited for on two lines.
    assert print_timeout_s(1, 30) < print_timeout_s(MOST_LABELS, 30) + 2 * 5 < LEASE.total_seconds()


def test_a_poster_is_one_label(session: Session) -> None:
    assert label_sheets.queue(session, builders.actor(), Choice(kind=SheetKind.POSTER), printer(session).id) == 1


def test_the_journal_tells_who_asked_for_a_sheet(session: Session) -> None:
    lead = builders.worker(session, "Lea", roles="supervisor")
    _ = builders.tote(session)
    _ = label_sheets.queue(session, builders.actor(lead), Choice(kind=SheetKind.TOTES), printer(session).id)
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "PrintAsked")).one()
    assert (entry.worker_id, entry.data) == (lead.id, {"printer": "office", "what": "totes", "labels": 1})


def test_a_sheet_needs_labels_and_a_printer(session: Session) -> None:
    with pytest.raises(DomainError, match="No totes here"):
        _ = label_sheets.queue(session, builders.actor(), Choice(kind=SheetKind.TOTES), printer(session).id)
    with pytest.raises(NotFoundError, match="printer 7"):
        _ = label_sheets.queue(session, builders.actor(), Choice(kind=SheetKind.COMMANDS), 7)
