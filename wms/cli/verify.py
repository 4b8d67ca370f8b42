"""wms verify: prove the books."""

import json

import click

from wms import config
from wms.cli.serve import check_revision
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine, snapshot
from wms.services import verifying


def settings_at_hand() -> Settings:
    """Return the configured database's settings; without one, the demo's where only the demo was ever made."""
    settings = config.load()
    own_file = settings.data_dir / "wms.db"
    return settings if settings.database_given or own_file.exists() else config.load(demo=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def verify(as_json: bool) -> int:
    """Prove that the books are right; name every breach and exit 1 where they are not.

    Moves add up to balances, reserved equals open allocations, each sealed package has exactly one standing label
    (paid where its carrier charges), each print is accounted for. Without WMS_DATABASE_URL: var/wms.db, or the
    demo's database where that is the only one. Example: wms verify --json
    """
    settings = settings_at_hand()
    check_revision(settings)
    with snapshot(make_engine(settings)) as session:
        breaches = verifying.verify(session, WAREHOUSE_ID)
    if as_json:
        found = [{"check": breach.check, "text": breach.text} for breach in breaches]
        click.echo(json.dumps({"verify_breaches": len(found), "breaches": found}))
    else:
        for breach in breaches:
            click.echo(f"{breach.check}: {breach.text}")
        database = settings.url.render_as_string(hide_password=True)
        verdict = f"{len(breaches)} breaches" if breaches else f"The books are right ({len(verifying.CHECKS)} checks)"
        click.echo(f"{verdict}: {database}")
    return 1 if breaches else 0


commands = {"verify": verify}
