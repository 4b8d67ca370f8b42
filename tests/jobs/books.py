"""What the books say when the jobs have ended: what waits for a person, and which laws are broken."""

from sqlalchemy import Engine, select

from tests import builders
from wms.database import reading
from wms.domain.inbox import ExceptionItem
from wms.services.verifying import verify


def told(engine: Engine) -> list[str]:
    """What a person was told, settled or not, the first first."""
    with reading(engine) as session:
        return list(session.scalars(select(ExceptionItem.text).order_by(ExceptionItem.id)))


def inbox(engine: Engine) -> list[str]:
    """What waits for a person."""
    with reading(engine) as session:
        return list(session.scalars(select(ExceptionItem.text).where(ExceptionItem.settled_at.is_(None))))


def breaches(engine: Engine, about: str = "") -> list[str]:
    """What is wrong in the books by the laws that have this in their names."""
    with reading(engine) as session:
        return [breach.text for breach in verify(session, builders.WAREHOUSE) if about in breach.check]
