"""A line is put to the end of the walk; the second time the picker is asked why, and the inbox says so."""

import pytest

from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.services.picking.screens import SkipWhy


def asked(walk: Walk) -> Picker:
    """Marta has skipped the first line of three, done the others, and skips it again before the last."""
    marta = walk.begin()
    first = marta.stop.task_id
    _ = marta.scan("SKIP")
    while marta.stop.task_id != first:
        _ = marta.scan("SKIP")
    assert marta.scan("SKIP") == "skip_why"
    return marta


def reasons(walk: Walk) -> list[tuple[int, str]]:
    rows = walk.session.query(JournalEntry).filter_by(event="TaskSkipped").order_by(JournalEntry.id)
    return [(row.data["times"], row.data["reason"]) for row in rows]


def told(walk: Walk) -> list[str]:
    """What the inbox says of skips, without what is settled."""
    rows = walk.session.query(ExceptionItem).filter_by(kind=ExceptionKind.SKIP, settled_at=None)
    return [row.text for row in rows]


def test_the_first_skip_asks_nothing(walk: Walk) -> None:
    marta = walk.begin()
    first = marta.stop.task_id
    assert marta.scan("SKIP") == "go_to"
    assert marta.said == "Skipped. It comes last"
    assert marta.stop.task_id != first
    assert (reasons(walk), told(walk)) == ([(1, "")], [])


def test_the_second_skip_of_a_line_asks_why(walk: Walk) -> None:
    marta = asked(walk)
    assert marta.said == "Skipped before. Say why"
    screen = marta.screen
    assert isinstance(screen, SkipWhy)
    assert screen.accept is not None
    assert {"K253", "K260", "K277"} <= set(screen.accept)
    assert told(walk) == []


@pytest.mark.parametrize(
    ("card", "reason"), [("BLOCKED", "aisle blocked"), ("TOO HIGH", "too high"), ("OTHER", "other reason")]
)
def test_a_reason_skips_the_line_and_tells_the_lead(walk: Walk, card: str, reason: str) -> None:
    marta = asked(walk)
    stop = marta.stop
    assert marta.scan(card) == "go_to"
    assert marta.said == "Skipped. The lead is told"
    assert marta.stop.task_id != stop.task_id
    assert told(walk) == [f"{stop.location}: {marta.worker.name} skipped {stop.about} 2 times: {reason}"]
    assert reasons(walk)[-1] == (2, reason)


def test_the_longest_names_still_fit_into_the_inbox(walk: Walk) -> None:
    marta = asked(walk)
    for product in (walk.mug, walk.pen):
        product.name = "N" * 200
        product.sku = product.sku.ljust(80, "S")
    marta.worker.name = "M" * 80
    walk.session.flush()
    assert marta.scan("BLOCKED") == "go_to"
    (text,) = told(walk)
    assert len(text) == 300


@pytest.mark.parametrize("word", ["NO", "UNDO"])
def test_a_line_is_gone_on_with_after_all(walk: Walk, word: str) -> None:
    marta = asked(walk)
    task = marta.stop.task_id
    assert marta.scan(word) == "go_to"
    assert (marta.said, marta.stop.task_id) == ("SKIP taken back", task)
    assert told(walk) == []


def test_the_lines_own_location_answers_too(walk: Walk) -> None:
    marta = asked(walk)
    stop = marta.stop
    assert marta.scan(stop.location_code) == "scan_item"
    assert (marta.said, marta.stop.task_id) == (f"Take {stop.left}", stop.task_id)


def test_anything_else_is_named_and_the_question_stands(walk: Walk) -> None:
    marta = asked(walk)
    assert marta.scan(walk.totes[0].barcode) == "skip_why"
    assert marta.said == "That is a TOTE. Say why"
    assert marta.scan("SHORT") == "skip_why"
    assert marta.said == "SHORT means nothing here. Say why"


def test_a_third_skip_asks_again_and_the_inbox_keeps_one_row(walk: Walk) -> None:
    marta = asked(walk)
    first = marta.stop.task_id
    _ = marta.scan("BLOCKED")
    while marta.stop.task_id != first:
        _ = marta.scan("SKIP", "OTHER")
    assert marta.scan("SKIP", "TOO HIGH") == "go_to"
    mine = [text for text in told(walk) if text.endswith("3 times: too high")]
    assert len(mine) == 1
    assert not [text for text in told(walk) if "aisle blocked" in text]


def test_undo_of_a_skip_with_a_reason_takes_it_out_of_the_inbox(walk: Walk) -> None:
    marta = asked(walk)
    task = marta.stop.task_id
    _ = marta.scan("BLOCKED")
    assert marta.scan("UNDO") == "go_to"
    assert (marta.said, marta.stop.task_id) == ("SKIP taken back", task)
    assert told(walk) == []


def test_a_reason_card_means_nothing_while_nothing_is_asked(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan("BLOCKED") == "go_to"
    assert marta.said == "BLOCKED means nothing here"


def test_whoever_goes_on_with_a_walk_given_back_is_not_asked_for_somebody_elses_reason(walk: Walk) -> None:
    marta = asked(walk)
    assert marta.scan("NO", "GIVE BACK") == "home"
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
