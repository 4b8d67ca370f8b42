"""Return labels: bought once by the way of all labels, linked to what went out, given back, and never on our boxes."""

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests.boxes import full_box
from tests.jobs.books import breaches
from tests.jobs.labels import gone
from tests.jobs.working import now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.errors import DomainError
from wms.domain.shipping import Label, LabelStatus, ReturnLabel
from wms.jobs.outbox import Context
from wms.services.carriers import labelling, recognising_labels
from wms.services.ordering.box import box_page, print_return


def want(engine: Engine, box_id: int) -> None:
    """Ask for its return label."""
    with transaction(engine) as session:
        _ = labelling.want_return(session, now(), box_id)


def both(engine: Engine) -> tuple[Label, ReturnLabel]:
    """The label that went out, and the one for the way back."""
    with reading(engine) as session:
        return session.scalars(select(Label)).one(), session.scalars(select(ReturnLabel)).one()


def test_a_return_is_asked_for_as_shippo_wants_it_and_is_linked_to_what_went_out(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = gone(shippo_context, zebra)
    want(shippo_context.engine, box_id)
    run(shippo_context)
    out, back = both(shippo_context.engine)
    assert (back.status, back.return_of_id, back.package_id) == (LabelStatus.BOUGHT, out.id, box_id)
    went, came = [body for body in shippo.account.requests if "address_to" in body]
    # For USPS, UPS and FedEx it is Shippo that turns the addresses round.
    assert came["extra"] == {"is_return": True}
    assert (came["address_from"], came["address_to"]) == (went["address_from"], went["address_to"])
    assert zebra.tray.numbers() == [1], "nothing of it comes out by itself"
    assert breaches(shippo_context.engine, "label") == []


def test_the_box_keeps_its_own_label_for_all_that_asks_for_a_box_s_label(
    shippo_context: Context, zebra: VirtualZebra
) -> None:
    box_id = gone(shippo_context, zebra)
    want(shippo_context.engine, box_id)
    run(shippo_context)
    out, back = both(shippo_context.engine)
    with reading(shippo_context.engine) as session:
        standing = labelling.standing(session, now(), box_id)
        assert standing is not None
        assert standing.id == out.id
        assert recognising_labels.packages_by_label(session, now(), back.tracking_number) == set()
        page = box_page(session, now(), box_id)
    assert [label.tracking_number for label in page.labels] == [out.tracking_number]
    assert [label.tracking_number for label in page.returns] == [back.tracking_number]


def test_one_return_label_stands_and_after_a_void_another_may(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    engine = shippo_context.engine
    box_id = gone(shippo_context, zebra)
    want(engine, box_id)
    with transaction(engine) as session, pytest.raises(DomainError, match="has a return label already"):
        _ = labelling.want_return(session, now(), box_id)
    run(shippo_context)
    with transaction(engine) as session:
        labelling.void_return(session, now(), box_id, "the customer keeps it")
    run(shippo_context)
    out, back = both(engine)
    assert (out.status, back.status) == (LabelStatus.BOUGHT, LabelStatus.VOIDED)
    assert [bought["object_id"] for bought in shippo.account.paid] == [out.external_id]
    want(engine, box_id)
    run(shippo_context)
    assert len(shippo.account.paid) == 2
    assert breaches(engine, "label") == []


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.NO_JSON, Fault.BROKEN, Fault.THROTTLED])
def test_a_return_whose_answer_was_lost_is_bought_once(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault
) -> None:
    box_id = gone(shippo_context, zebra)
    shippo.fail(fault)
    want(shippo_context.engine, box_id)
    run(shippo_context, 4)
    out, back = both(shippo_context.engine)
    assert {bought["object_id"] for bought in shippo.account.paid} == {out.external_id, back.external_id}
    assert len(shippo.account.paid) == 2


def test_a_box_that_is_here_gets_no_return_label(context: Context, zebra: VirtualZebra) -> None:
    with transaction(context.engine) as session:
        box_id = full_box(session, zebra.url).id
        with pytest.raises(DomainError, match="Only a box that has left"):
            _ = labelling.want_return(session, now(), box_id)


def test_a_return_label_prints_when_it_is_asked_for(context: Context, zebra: VirtualZebra) -> None:
    box_id = gone(context, zebra, "offline")
    want(context.engine, box_id)
    run(context)
    with transaction(context.engine) as session:
        job = print_return(session, now(), box_id, "from its page")
        assert job.copy == 1
    run(context)
    assert zebra.tray.numbers() == [1, 2]
    out, back = both(context.engine)
    assert back.tracking_number != out.tracking_number


def test_a_return_label_that_names_another_box_is_a_breach(context: Context, zebra: VirtualZebra) -> None:
    box_id = gone(context, zebra, "offline")
    want(context.engine, box_id)
    run(context)
    assert breaches(context.engine, "label") == []
    with transaction(context.engine) as session:
        _ = session.execute(update(ReturnLabel).values(return_of_id=None))
    assert "names no bought label of it" in breaches(context.engine, "label")[0]
