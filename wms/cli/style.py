"""The commands' one style: the database opened and looked at, the actor, and what is said to people and machines."""

import datetime as dt
import json
import sys
from collections.abc import Mapping
from io import TextIOWrapper

import click
from sqlalchemy import Engine

from wms import config, migrations
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine
from wms.domain.actor import Actor, Role
from wms.domain.errors import WmsError

PORT = click.IntRange(1, 65_535)
NOT_ALL = 1  # the exit status of "done, but not all"


class NotUpgradedError(WmsError):
    """The database's tables are not those of this program."""

    def __init__(self, revision: str | None, needed: str | None) -> None:
        now = f"at revision {revision}" if revision else "empty"
        super().__init__(f"The database is {now}, this program needs {needed}. Run wms db upgrade first.")
        self.revision = revision
        self.needed = needed


def settings_at_hand() -> Settings:
    """Return the configured database's settings; without one, the demo's where only the demo was ever made."""
    settings = config.load()
    own_file = settings.data_dir / "wms.db"
    return settings if settings.database_given or own_file.exists() else config.load(demo=True)


def engine_of(settings: Settings) -> Engine:
    """Return an engine on the configured database, closed when the command ends; NotUpgradedError where tables lack."""
    engine = make_engine(settings)
    context = click.get_current_context(silent=True)
    if context is not None:
        _ = context.call_on_close(engine.dispose)
    revision, needed = migrations.current(engine), migrations.head()
    if revision != needed:
        raise NotUpgradedError(revision, needed)
    return engine


def actor(command: str) -> Actor:
    """Return who acts when a command does: nobody's badge, the command's name in place of a device, at this moment."""
    return Actor(
        warehouse_id=WAREHOUSE_ID,
        at=dt.datetime.now(dt.UTC),
        name=command,
        device=command[:40],
        roles=frozenset({Role.ADMIN}),
    )


def say(as_json: bool, facts: Mapping[str, object], text: str) -> None:
    """Print the facts as one JSON object, or the text, on standard output."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a shop's names on a terminal that knows only ASCII
    click.echo(json.dumps(facts) if as_json else text)
