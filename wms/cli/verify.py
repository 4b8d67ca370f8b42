"""wms verify: prove the books."""

from dataclasses import asdict

import click

from wms.cli import style
from wms.config import WAREHOUSE_ID
from wms.database import snapshot
from wms.services import verifying


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(as_json: bool) -> int:
    """Prove that the books are right; name every breach and exit 1 where they are not.

    Moves add up to balances, reserved equals open allocations, each sealed package has exactly one standing label
    (paid where its carrier charges), each print is accounted for. Without WMS_DATABASE_URL: var/wms.db, or the
    demo's database where that is the only one. Example: wms verify --json
    """
    settings = style.settings_at_hand()
    with snapshot(style.engine_of(settings)) as session:
        breaches = verifying.verify(session, WAREHOUSE_ID)
    database = settings.url.render_as_string(hide_password=True)
    verdict = f"{len(breaches)} breaches" if breaches else f"The books are right ({len(verifying.CHECKS)} checks)"
    facts = {"verify_breaches": len(breaches), "breaches": [asdict(breach) for breach in breaches]}
    told = [f"{breach.check}: {breach.text}" for breach in breaches]
    style.say(as_json, facts, "\n".join([*told, f"{verdict}: {database}"]))
    return style.NOT_ALL if breaches else 0


commands = {"verify": verify}
