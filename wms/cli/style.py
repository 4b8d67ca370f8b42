"""The commands' one style: the database opened and looked at, the actor, and what is said to people and machines."""

import datetime as dt
import json
import sys
from collections.abc import Mapping
from io import TextIOWrapper

import click
from sqlalchemy import Engine

from wms import migrations
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine
from wms.domain.actor import Actor, Role
from wms.domain.errors import WmsError

NOT_ALL = 1  # the exit status of "done, but not all"


class NotUpgradedError(WmsError):
    """The database's tables are not those of this program."""

    def __init__(self, revision: str | None) -> None:
        super().__init__("Run wms db upgrade first: the database is " + (f"at {revision}." if revision else "empty."))
        self.revision = revision


def engine_of(settings: Settings) -> Engine:
    """Return an engine on the configured database, closed when the command ends; NotUpgradedError where tables lack."""
    engine = make_engine(settings)
    context = click.get_current_context(silent=True)
    if context is not None:
        _ = context.call_on_close(engine.dispose)
    revision = migrations.current(engine)
    if revision != migrations.head():
        raise NotUpgradedError(revision)
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
