"""wms unsettled says what is left, and its exit status says whether anything is."""

import json

from sqlalchemy import Engine

from tests import packers
from tests.cli.conftest import Wms
from wms.database import transaction


def test_an_empty_floor_is_settled(wms: Wms) -> None:
    done = wms("unsettled")
    assert (done.status, done.out) == (0, "Everything is settled.\n")


def test_what_is_left_is_told_and_is_exit_status_1(wms: Wms, engine: Engine) -> None:
    with transaction(engine) as session:
        tote = packers.bench(session).tote.barcode
    left = wms("unsettled")
    assert (left.status, f"tote {tote} is staged" in left.out, "1 not settled." in left.out) == (1, True, True)
    facts = json.loads(wms("unsettled", "--json").out)
    assert (facts["unsettled"], facts["counts"]) == (1, {"tote": 1})
