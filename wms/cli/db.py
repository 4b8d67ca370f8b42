"""wms db: make a database ready, take it back, look at where it is."""

import click

from wms import config, migrations
from wms.config import WAREHOUSE_ID
from wms.database import make_engine, transaction
from wms.services import opening


@click.group()
def db() -> None:
    """Make the configured database ready and keep its tables at this version.

    Example: WMS_DATABASE_URL=postgresql://wms@db/wms wms db upgrade
    """


@db.command()
@click.option("--name", default="Warehouse", help="The warehouse's name, used when the database is empty.")
@click.option("--time-zone", default="UTC", help="Its time zone, such as Europe/Berlin; used when empty.")
def upgrade(name: str, time_zone: str) -> None:
    """Bring the tables to this version; an empty database gets a warehouse, a calendar and an admin's badge."""
    engine = make_engine(config.load())
    migrations.upgrade(engine)
    with transaction(engine) as session:
        badge = opening.open_warehouse(session, WAREHOUSE_ID, name=name, time_zone=time_zone)
    click.echo(f"The tables are at revision {migrations.current(engine)}.")
    if badge is not None:
        click.echo(f"The first admin's badge is {badge}. It is shown only this once; scan or type it to sign in.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Tables and what is in them may go. Take the database down?")
def downgrade(revision: str) -> None:
    """Take the tables down to REVISION ('base' removes all of them)."""
    engine = make_engine(config.load())
    migrations.downgrade(engine, revision)
    click.echo(f"The tables are at revision {migrations.current(engine) or 'base'}.")


@db.command()
def current() -> None:
    """Say which revision the database is at and which one this program needs."""
    engine = make_engine(config.load())
    click.echo(f"The database is at {migrations.current(engine) or 'base'}; this program needs {migrations.head()}.")


commands = {"db": db}
