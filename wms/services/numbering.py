"""Numbers people read: orders, waves, packages and codes count up in the warehouse without gaps worth a question."""

from sqlalchemy.orm import Session

from wms.domain.codes import CodeKind, own_code
from wms.domain.people import Counter
from wms.services.upserting import upsert


def next_number(session: Session, warehouse_id: int, name: str, count: int = 1) -> int:
    """Take `count` numbers of a kind and return the first; the row lock makes two takers wait for each other."""
    insertion = upsert(session.get_bind().dialect, Counter).values(warehouse_id=warehouse_id, name=name, value=count)
    statement = insertion.on_conflict_do_update(
        index_elements=[Counter.warehouse_id, Counter.name], set_={"value": Counter.value + count}
    ).returning(Counter.value)
    last: int = session.execute(statement).scalar_one()
    return last - count + 1


def next_code(session: Session, warehouse_id: int, kind: CodeKind) -> str:
    """Return the next unused code of a kind (location, tote, cart, order, carton, package, station, lane)."""
    return own_code(kind, next_number(session, warehouse_id, kind.value))
