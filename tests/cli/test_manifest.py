"""wms manifest asks for what is on none yet, and says how it ended."""

import json

from sqlalchemy import Engine, select

from tests import boxes
from tests.cli.conftest import Wms
from wms.config import Settings
from wms.database import reading, transaction
from wms.domain.manifests import Manifest, ManifestStatus
from wms.domain.packing import PackageStatus
from wms.domain.shipping import LabelStatus
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context


def a_sealed_box(engine: Engine, provider: str = "offline") -> None:
    with transaction(engine) as session:
        box = boxes.full_box(session, "file:///tmp/none")
        label = boxes.label(session, box, LabelStatus.BOUGHT, "0512345")
        label.external_id, label.prepared = "0512345", {"rate": {"carrier": provider, "account": "a1"}}
        _ = box.move_to(PackageStatus.SEALED)


def test_it_asks_once_and_then_every_box_is_on_a_manifest(wms: Wms, engine: Engine, settings: Settings) -> None:
    a_sealed_box(engine)
    asked = wms("manifest", "--json")
    (row,) = json.loads(asked.out)["manifests"]
    assert (asked.status, row["provider"], row["boxes"], row["status"]) == (0, "offline", 1, "wanted")
    assert wms("manifest").out == "No box waits for a manifest.\n"
    _ = outbox.drain(Context(engine=engine, settings=settings), HANDLERS)
    with reading(engine) as session:
        assert session.scalars(select(Manifest.status)).one() is ManifestStatus.MADE


def test_one_that_is_not_made_in_time_is_exit_status_1(wms: Wms, engine: Engine) -> None:
    a_sealed_box(engine)
    assert wms("manifest", "--carrier", "USPS").out == "No box waits for a manifest.\n"
    assert wms("manifest", "--wait", "0.1").status == 1


def test_a_carrier_that_takes_each_box_by_its_label_is_asked_only_by_name(wms: Wms, engine: Engine) -> None:
    a_sealed_box(engine, "UPS")
    assert wms("manifest").out == "No box waits for a manifest.\n"
    (row,) = json.loads(wms("manifest", "--carrier", "ups", "--json").out)["manifests"]
    assert (row["provider"], row["boxes"]) == ("UPS", 1)
