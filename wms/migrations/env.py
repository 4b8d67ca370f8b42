"""Alembic's entry: run the scripts on the engine that wms.migrations hands over, in one transaction."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from wms.domain import Base
from wms.domain.base import EnumText, UtcDateTime
from wms.migrations import PLUGINS


def render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones below them: a script must not change when the program does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=24)"
    return False


engine = context.config.attributes["engine"]
with engine.execution_options(wms_write=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
        autogenerate_plugins=PLUGINS,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
