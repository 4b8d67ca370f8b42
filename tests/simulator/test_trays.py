import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from wms.simulator import trays
from wms.simulator.trays import TrayError, Trays


def test_a_simulation_never_prints_on_real_paper(session: Session) -> None:
    _ = builders.station(session, "tcp://192.0.2.7:9100")
    with pytest.raises(TrayError, match="would waste paper"):
        _ = trays.addresses(session, WAREHOUSE)


def test_a_tray_that_does_not_answer_is_named() -> None:
    with pytest.raises(TrayError, match="Printer pack-1: its tray does not answer"):
        _ = Trays({"pack-1": ""})
