"""wms backup and wms restore: the whole warehouse in one file, on both engines."""

from pathlib import Path

import click

from wms import migrations
from wms.cli import style
from wms.config import WAREHOUSE_ID
from wms.database import reading, snapshot, transaction
from wms.services import backing_up, verifying


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a sentence.")
def backup(file: Path, as_json: bool) -> None:
    """Write every row of this moment to FILE; the floor goes on working meanwhile.

    The file restores on SQLite and on PostgreSQL. Keep the secret key apart: it is in the data folder or in
    WMS_SECRET_KEY. Example: wms backup /backups/2026-11-23.wms
    """
    engine = style.engine_of(style.settings_at_hand())
    with snapshot(engine) as session:
        summary = backing_up.back_up(session, file, str(migrations.head()))
    size = file.stat().st_size
    facts = {"file": str(file), "rows": summary.total, "bytes": size, "revision": summary.revision}
    style.say(as_json, facts, f"Wrote {summary.total} rows to {file} ({size / 1e6:.1f} MB).")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Throw away what the database holds now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a sentence.")
def restore(file: Path, replace: bool, as_json: bool) -> int:
    """Fill an empty, upgraded database from FILE, whole or not at all, and prove its books.

    Example: wms db upgrade && wms restore /backups/2026-11-23.wms --replace
    """
    engine = style.engine_of(style.settings_at_hand())
    with transaction(engine) as session:
        summary = backing_up.restore(session, file, str(migrations.head()), replace=replace)
    with reading(engine) as session:
        breaches = verifying.verify(session, WAREHOUSE_ID)
    facts = {"file": str(file), "rows": summary.total, "verify_breaches": len(breaches)}
    style.say(as_json, facts, f"Restored {summary.total} rows from {file}; {len(breaches)} breaches in its books.")
    return style.NOT_ALL if breaches else 0


commands = {"backup": backup, "restore": restore}
