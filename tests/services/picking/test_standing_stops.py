"""A stop at a wrong item or tote stands until the right scan, UNDO or HELP, whatever is scanned meanwhile."""

import pytest

from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.services import picking
from wms.services.scans import scanning
from wms.services.scans.screens import Feedback

STOPS = ("PUT IT BACK", True, True)


def _stopped(walk: Walk) -> Picker:
    marta = walk.begin()
    _ = marta.reach()
    assert marta.scan(walk.pen_code) == "scan_item"
    assert _panel(marta.feedback) == STOPS
    return marta


def _panel(verdict: Feedback | None) -> tuple[str, bool, bool]:
    assert verdict is not None
    return verdict.words, verdict.have is not None, verdict.need is not None


@pytest.mark.parametrize("soft", ["the shelf", "the tote", "LIGHT DARK", "12-WHAT-IS-IT", "SAY AGAIN"])
def test_a_stop_stands_beneath_what_is_scanned_meanwhile(walk: Walk, soft: str) -> None:
    marta = _stopped(walk)
    code = {"the shelf": marta.stop.location_code, "the tote": marta.stop.tote}.get(soft, soft)
    for _time in range(2):
        assert marta.scan(code) == "scan_item"
        assert _panel(marta.feedback) == STOPS
    assert marta.feedback.cue != "stop" or soft == "SAY AGAIN"


def test_a_stop_stands_on_a_page_that_is_loaded_anew(walk: Walk) -> None:
    marta = _stopped(walk)
    assert _panel(scanning.standing_stop(walk.session, marta.actor, marta.screen)) == STOPS
    tom = Picker(walk.session, marta.worker, device="2")
    assert scanning.standing_stop(walk.session, tom.actor, marta.screen) is None


@pytest.mark.parametrize("end", ["the item", "UNDO", "HELP"])
def test_the_right_item_undo_or_help_ends_a_stop(walk: Walk, end: str) -> None:
    marta = _stopped(walk)
    _ = marta.scan(marta.stop.codes[0][0] if end == "the item" else end)
    assert marta.feedback.have is None
    assert scanning.standing_stop(walk.session, marta.actor, marta.screen) is None


def test_a_stop_ends_with_its_screen(walk: Walk) -> None:
    marta = _stopped(walk)
    assert marta.scan("SHORT") == "short"
    assert (marta.said, marta.feedback.have) == ("SHORT. Then scan the shelf", None)
    assert scanning.standing_stop(walk.session, marta.actor, picking.current_screen(walk.session, marta.actor)) is None
