"""wms manifest: the papers by which carriers take over the day's boxes."""

import time

import click
from sqlalchemy import Engine

from wms.cli import style
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.base import text_id
from wms.domain.manifests import OPEN, Manifest, ManifestStatus
from wms.services.carriers import manifesting

_LOOK_S = 0.5


@click.command()
@click.option("--carrier", default="", help="Only for the carrier of this name, such as USPS.")
@click.option(
    "--wait", "wait_s", default=0.0, show_default=True, help="Seconds to wait for the worker to have them made."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def manifest(carrier: str, wait_s: float, as_json: bool) -> int:
    """Ask for a manifest of each carrier's boxes that are on none yet: sealed ones, and those that left today.

    Carriers that take each box by its own label are left out, unless one is named.
    A worker (wms serve or wms work) has them made; exit 1 where one is refused or, with --wait, not made in time.
    Example: wms manifest --wait 60
    """
    engine = style.engine_of(style.settings_at_hand())
    with transaction(engine) as session:
        actor = style.actor("wms manifest")
        accounts = [
            row
            for row in manifesting.waiting(session, actor)
            if (row.provider.casefold() == carrier.casefold() if carrier else row.needs_one)
        ]
        asked = [manifesting.ask(session, actor, row.carrier, row.account).id for row in accounts]
    rows = _ended(engine, asked, wait_s)
    facts = {
        "manifests": [
            {"id": text_id(row.id), "provider": row.provider, "boxes": row.boxes, "status": row.status.value}
            for row in rows
        ]
    }
    told = [f"{row.provider}: {row.boxes} boxes, {row.status.value} {row.reason}".rstrip() for row in rows]
    style.say(as_json, facts, "\n".join(told) or "No box waits for a manifest.")
    is_done = all(
        row.status is ManifestStatus.MADE or (not wait_s and row.status is not ManifestStatus.REFUSED) for row in rows
    )
    return 0 if is_done else style.NOT_ALL


def _ended(engine: Engine, asked: list[int], wait_s: float) -> list[Manifest]:
    """Return the manifests as they stand once all have ended, or the time is over."""
    ends_at = time.monotonic() + wait_s
    while True:
        with reading(engine) as session:
            rows = [session.get_one(Manifest, (WAREHOUSE_ID, manifest_id)) for manifest_id in asked]
        if time.monotonic() >= ends_at or not any(row.status in OPEN for row in rows):
            return rows
        time.sleep(_LOOK_S)


commands = {"manifest": manifest}
