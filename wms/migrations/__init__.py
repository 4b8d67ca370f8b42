"""Alembic migrations, shipped in the wheel: upgrade, downgrade, and what the models say that the tables do not."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from wms.domain import Base

# The check-constraint plugin is not in Alembic's default set: without it a changed CHECK goes unnoticed.
PLUGINS = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")


def alembic_config(engine: Engine) -> Config:
    """Return Alembic's settings for an engine; no ini file is needed."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["engine"] = engine
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to a revision."""
    command.upgrade(alembic_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables down to a revision ('base': none are left)."""
    command.downgrade(alembic_config(engine), revision)


def make_revision(engine: Engine, message: str) -> None:
    """Write a new script from the difference between the models and the database."""
    _ = command.revision(alembic_config(engine), message=message, autogenerate=True)


def head() -> str | None:
    """Return the newest revision's name."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    return ScriptDirectory.from_config(settings).get_current_head()


def current(engine: Engine) -> str | None:
    """Return the revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[object]:
    """Return what the models say and the database does not have, or the other way round."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"autogenerate_plugins": PLUGINS, "compare_type": True})
        return list(compare_metadata(context, Base.metadata))
