"""What the carrier says of an order's address, and what a person makes of it: the suggestion, or what stands."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from wms.carriers import base as carriers
from wms.channels.base import ShipTo
from wms.domain.actor import Actor
from wms.domain.addresses import AddressCheck, AddressChecked, AddressKept
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import HoldKind, Order
from wms.services import settling
from wms.services.carriers import addressing
from wms.services.locking import locked_order
from wms.services.ordering import desk
from wms.services.orders.promising import NOT_WAVED

_PARTS = ("street1", "street2", "city", "state", "zip", "country")
_REASON_LENGTH = 200
_TEXT_LENGTH = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckView:
    """What an order's page shows of its address's check; `suggestion` is one line, '' where there is none to decide."""

    valid: bool | None
    is_asked: bool
    messages: str
    suggestion: str
    is_kept: bool


def view(session: Session, actor: Actor, order: Order) -> CheckView | None:
    """Return what is known of the order's present address, None where nobody asked."""
    row = addressing.of_order(session, actor, order.id)
    if row is None or row.address != order.address_line:
        return None
    parts = row.suggestion if row.kept_at is None else None
    return CheckView(
        valid=row.valid,
        is_asked=row.due_at is not None,
        messages=row.messages,
        suggestion=", ".join(parts[name] for name in _PARTS if parts[name]) if parts else "",
        is_kept=row.kept_at is not None,
    )


def take(session: Session, actor: Actor, order_id: int, asked: carriers.Address, found: carriers.AddressCheck) -> None:
    """Keep an answer unless the address was changed meanwhile; an order with a wrong one is held where it can be."""
    order = locked_order(session, actor, order_id)
    row = addressing.of_order(session, actor, order_id)
    if row is None or row.address != order.address_line or asked != addressing.customer_of(order):
        return
    messages = " ".join(found.messages)
    parts = {name: str(getattr(found.suggestion, name)) for name in _PARTS} if found.suggestion else None
    if parts and not _differs(asked, parts):
        parts = None
    row.settle(valid=found.valid, messages=messages, suggestion=parts)
    record(session, actor, AddressChecked(order_id=order.id, number=order.number, valid=found.valid, messages=messages))
    if not found.valid:
        _stop(session, actor, order, messages or "The carrier does not know this address.")
    session.flush()


def _differs(asked: carriers.Address, parts: dict[str, str]) -> bool:
    """Tell whether a suggestion means another place: capitals, dots and the four digits that a zip gets do not."""

    def plain(text: str) -> str:
        return "".join(letter for letter in text.casefold() if letter.isalnum())

    mine = {name: plain(getattr(asked, name)) for name in _PARTS}
    theirs = {name: plain(parts[name]) for name in _PARTS}
    if asked.country == "US" and "-" in parts["zip"]:
        mine["zip"], theirs["zip"] = mine["zip"][:5], theirs["zip"][:5]
    return mine != theirs


def _stop(session: Session, actor: Actor, order: Order, why: str) -> None:
    if order.status in NOT_WAVED:
        desk.put_hold(session, actor, order, HoldKind.ADDRESS, why[:_REASON_LENGTH], None)
        return
    text = f"{order.number} is {order.status}, and its address is doubted: {why}"
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.ADDRESS,
            at=actor.at,
            text=text[:_TEXT_LENGTH],
            order_id=order.id,
            subject_id=order.id,
        )
    )


def use(session: Session, actor: Actor, order_id: int) -> Order:
    """Write the carrier's suggestion as the order's address; that ends its hold, and nobody is asked about it again."""
    order = locked_order(session, actor, order_id)
    row, parts = _suggested(session, actor, order)
    told = {name: parts[name][: desk.ADDRESS_LENGTHS[name]] for name in _PARTS}
    ship_to = ShipTo(name=order.ship_name, company=order.ship_company, phone=order.ship_phone, **told)
    order = desk.write_address(session, actor, order, ship_to)
    row.address = order.address_line
    row.settle(valid=True, messages="")
    _answered(session, actor, order)
    return order


def keep(session: Session, actor: Actor, order_id: int) -> Order:
    """Let an order go where it says, whatever the carrier thinks; it is not asked again about this address."""
    order = locked_order(session, actor, order_id)
    row = addressing.of_order(session, actor, order_id)
    if row is None or row.address != order.address_line or row.valid is None or row.kept_at is not None:
        raise DomainError("Nothing is asked about this address.")
    row.kept_at = actor.at
    record(session, actor, AddressKept(order_id=order.id, number=order.number))
    desk.lift_address_holds(session, actor, order, f"kept by {actor.name}")
    _answered(session, actor, order)
    return order


def _suggested(session: Session, actor: Actor, order: Order) -> tuple[AddressCheck, dict[str, str]]:
    row = addressing.of_order(session, actor, order.id)
    if row is None or row.address != order.address_line or row.suggestion is None or row.kept_at is not None:
        raise DomainError("There is no suggestion for this address.")
    return row, row.suggestion


def _answered(session: Session, actor: Actor, order: Order) -> None:
    mine = ExceptionItem.kind == ExceptionKind.ADDRESS, ExceptionItem.order_id == order.id
    settling.close(session, actor, *mine)
    session.flush()
