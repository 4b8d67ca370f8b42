"""Units at the bench: each is scanned into the box, none twice and no foreign one; the last can be taken out again."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import (
    EXTRA,
    FOREIGN,
    WRONG_LOT,
    WRONG_SERIAL,
    Package,
    PackageLine,
    UnitPacked,
    UnitTakenOut,
    WrongUnitCaught,
)
from wms.domain.saying import Said, say
from wms.domain.stock import StockMove
from wms.services.packing.bench import box_anew
from wms.services.packing.box import recounts
from wms.services.packing.on_bench import Bench, Content, Units
from wms.services.packing.unit import causes, filling, red_totes, serials
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item, lots_meant
from wms.services.scans.screens import Card, Feedback
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods
from wms.services.upserting import upsert

_W: BindParameter[int] = bindparam("warehouse")
_PACKAGE: BindParameter[int] = bindparam("package")
_LOCK = (
    select(
        Order.status,
        Package.status.label("package_status"),
        Package.weight_g,
        Package.carton_type_id,
        Package.full,
        Package.wrong_unit,
    )
    .join(Package, and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id))
    .where(Package.warehouse_id == _W, Package.id == _PACKAGE)
    .with_for_update(key_share=True)
)
_HERE = select(func.coalesce(func.sum(PackageLine.quantity), 0)).where(
    PackageLine.warehouse_id == _W, PackageLine.package_id == _PACKAGE
)
_opened_at = select(Package.opened_at).where(Package.warehouse_id == _W, Package.id == _PACKAGE).scalar_subquery()
_MOVES = (
    select(
        StockMove.product_id,
        StockMove.lot,
        StockMove.serial,
        StockMove.quantity,
        StockMove.from_place_id,
        StockMove.to_place_id,
    )
    .where(
        StockMove.warehouse_id == _W,
        StockMove.product_id.in_(bindparam("products", expanding=True)),
        StockMove.at >= _opened_at,
        or_(StockMove.from_place_id == _PACKAGE, StockMove.to_place_id == _PACKAGE),
    )
    .order_by(StockMove.at, StockMove.id)
)
_put_statements: dict[str, object] = {}
_STOPS: Mapping[str, Said] = {
    EXTRA: say("EXTRA. PUT IN RED TOTE"),
    FOREIGN: say("NOT IN THIS ORDER. PUT IN RED TOTE"),
    WRONG_LOT: say("WRONG LOT. PUT IN RED TOTE"),
    WRONG_SERIAL: say("WRONG SERIAL. PUT IN RED TOTE"),
}
# The same where red totes have codes.
_STOPS_TO_SCAN: Mapping[str, Said] = {
    EXTRA: say("EXTRA. PUT IN RED TOTE, SCAN TOTE"),
    FOREIGN: say("NOT ORDERED. PUT IN RED TOTE, SCAN TOTE"),
    WRONG_LOT: say("WRONG LOT. PUT IN RED TOTE, SCAN TOTE"),
    WRONG_SERIAL: say("WRONG SERIAL. PUT IN RED TOTE, SCAN TOTE"),
}


def is_unchanged(session: Session, actor: Actor, bench: Bench) -> bool:
    """Lock the box and its order, and tell whether they still stand as the bench was read."""
    values = {"warehouse": actor.warehouse_id, "package": bench.package_id}
    row = session.execute(_LOCK, values).one()
    seen = (bench.order_status, bench.package_status, bench.weight_g, bench.carton_type_id, bench.full)
    is_same = tuple(row) == (*seen, bench.wrong_unit)
    return is_same and int(session.execute(_HERE, values).scalar_one()) == bench.here


def scan_unit(session: Session, actor: Actor, bench: Bench, code: Code, wanted: str) -> Feedback:
    """Put the unit (or case) scanned into the box, or name what is wrong with it."""
    found = item_of(session, actor, bench, code)
    if found is None and code.kind is not CodeKind.PRODUCT:
        return feedback.wrong_type(code, wanted)
    rows = [row for row in bench.units if found is not None and row.product_id == found.product_id]
    of_product = [row for row in bench.contents if found is not None and row.product_id == found.product_id]
    known = serials.Known()
    if found is not None and rows and found.gs1 is not None:
        known = serials.of(session, actor, bench.order_id, found.product_id, of_product)
        found = serials.read(found, {row.lot for row in of_product}, known.picked)
        if serials.said(found) in known.packed:
            return feedback.repeated(
                say("Serial {serial} was scanned before", serial=serials.tail(serials.said(found)))
            )
    cause = _wrong(found, rows, of_product, known)
    if found is None or cause:
        return _caught(session, actor, bench, code, found, cause, known.left)
    left = sum(row.left for row in rows)
    lots = lots_meant(found, {row.lot for row in of_product})
    opened = {tote.tote_id for tote in bench.open_totes}
    of_serial = serials.meant(found, {row.serial for row in of_product})
    contents = [row for row in of_product if row.tote_id in opened and row.lot in lots and row.serial in of_serial]
    refusal = _refusal(bench, rows[0], found, left, contents)
    if refusal is not None:
        return refusal
    pack(session, actor, bench, rows, found, contents)
    of = sum(row.wanted for row in rows)
    return _packed(bench, rows[0], found, of - left + found.units, of)


def _wrong(found: Item | None, rows: Sequence[Units], of_product: Sequence[Content], known: serials.Known) -> str:
    """Say why a unit does not belong to the order, '' where it does."""
    if found is None or not rows:
        return FOREIGN
    if not any(row.left for row in rows):
        return EXTRA
    if of_product and not lots_meant(found, {row.lot for row in of_product}):
        return WRONG_LOT
    return WRONG_SERIAL if known.picked and not serials.meant(found, known.picked) else ""


def _refusal(bench: Bench, row: Units, found: Item, left: int, contents: Sequence[Content]) -> Feedback | None:
    """Say why a unit that the order lacks cannot go into this box now; None where it can."""
    if bench.is_full:
        return feedback.wrong(say("Not for this box. Take it out"))
    if found.units > left:
        return feedback.wrong(say("Case of {units}, {left} wanted. Scan singles", units=found.units, left=left))
    if row.is_own_box and bench.here:
        return feedback.wrong(say("{product} needs no box. Finish this one", product=found.name))
    if row.is_own_box and found.units > 1:
        return feedback.wrong(say("Each ships in its own box. Scan singles"))
    if found.units > sum(content.on_hand for content in contents):
        elsewhere = ", ".join(tote.code for tote in bench.other_totes)
        return feedback.wrong(
            say("Scan its tote first: {totes}", totes=elsewhere) if elsewhere else say("Not in this tote. See the lead")
        )
    return None


def _packed(bench: Bench, row: Units, found: Item, done: int, of: int) -> Feedback:
    if row.is_own_box:
        return feedback.complete(say("No box: label on the item"))
    if bench.packed + found.units == bench.wanted:
        return feedback.complete(say("All {n} scanned", n=bench.wanted))
    if done == of:
        return feedback.line_done(say("{product} {n} of {total}", product=found.name, n=done, total=of))
    return feedback.accepted(feedback.so_far(done, of))


def is_unit(session: Session, actor: Actor, code: Code) -> bool:
    """Tell whether a scan is one of goods: any GTIN, or what else names a product of ours."""
    return code.kind is CodeKind.PRODUCT or find_item(session, actor, code) is not None


def item_of(session: Session, actor: Actor, bench: Bench, code: Code) -> Item | None:
    """Return the product that a scan at the bench names, or None."""
    return _of_order(bench, code) or find_item(session, actor, code)


def _of_order(bench: Bench, code: Code) -> Item | None:
    for row in bench.units:
        for text, count in row.codes:
            if text == code.text:
                return Item(product_id=row.product_id, sku=row.sku, name=row.name, units=count)
    return None


def _caught(
    session: Session,
    actor: Actor,
    bench: Bench,
    code: Code,
    found: Item | None,
    cause: str,
    picked: Collection[str],
) -> Feedback:
    """Stop at a unit that does not belong: it is caught, never packed. `picked` are the serials that would be right."""
    name = found.name if found else f"...{code.text[-8:]}"
    caught = WrongUnitCaught(
        order_id=bench.order_id,
        package=bench.package,
        sku=found.sku if found else "",
        cause=cause,
        code=code.text,
    )
    record(session, actor, caught)
    causes.note(session, actor, bench, code)
    have = Card(name=name, sku=found.sku if found else "", detail=_why(bench, found, cause))
    stops = _STOPS_TO_SCAN if red_totes.ask(session, actor, bench, code) else _STOPS
    return feedback.stop(stops[cause], have=have, need=_need(bench, found, cause, picked))


def _why(bench: Bench, found: Item | None, cause: str) -> Said:
    if found is not None and cause == EXTRA:
        return say("{n} of {n} in already", n=sum(row.wanted for row in bench.units if row.sku == found.sku))
    if found is not None and found.gs1 is not None and cause == WRONG_LOT:
        return say("Lot {lot}", lot=found.gs1.lot)
    if found is not None and cause == WRONG_SERIAL:
        return say("Serial {serial}", serial=serials.tail(serials.said(found)))
    return say("not in {order}", order=bench.number)


def _need(bench: Bench, found: Item | None, cause: str, picked: Collection[str]) -> Card | None:
    if found is not None and cause == WRONG_LOT:
        lots = {row.lot for row in bench.contents if row.product_id == found.product_id}
        return Card(name=found.name, sku=found.sku, detail=say("Lot {lot}", lot=", ".join(sorted(lots))))
    if found is not None and cause == WRONG_SERIAL and len(picked) == 1:
        (serial,) = picked
        return Card(name=found.name, sku=found.sku, detail=say("Serial {serial}", serial=serials.tail(serial)))
    missing = next((row for row in bench.units if row.left), None)
    return Card(name=missing.name, sku=missing.sku, detail=say("{n} to scan", n=missing.left)) if missing else None


def pack(
    session: Session, actor: Actor, bench: Bench, rows: list[Units], item: Item, contents: Sequence[Content]
) -> None:
    """Move units out of totes' contents into the box, filling the order's lines of the product in their order."""
    room = [[row.line_id, row.left] for row in rows]
    rest = item.units
    for content in contents:
        take = min(rest, content.on_hand)
        if not take:
            break
        rest -= take
        stocking.move(
            session,
            actor,
            _goods(content, take),
            from_place_id=content.tote_id,
            to_place_id=bench.package_id,
            reason="packed",
        )
        for line in room:
            part = min(line[1], take)
            if part:
                _add_line(session, actor, bench, line[0], _goods(content, part))
                line[1] -= part
                take -= part
    packed = UnitPacked(
        order_id=bench.order_id,
        package=bench.package,
        sku=item.sku,
        quantity=item.units,
        serial=serials.said(item),
    )
    record(session, actor, packed)
    if bench.may_be_doubted:
        recounts.put_in(session, actor, bench, item.product_id, item.units)
    filling.follow(session, actor, bench, rows[0], item.units)


def _goods(content: Content, quantity: int) -> Goods:
    return Goods(product_id=content.product_id, quantity=quantity, lot=content.lot, serial=content.serial)


def _add_line(session: Session, actor: Actor, bench: Bench, line_id: int, goods: Goods) -> None:
    dialect = session.get_bind().dialect
    statement = _put_statements.get(dialect.name)
    if statement is None:
        insertion = upsert(dialect, PackageLine)
        key = [
            PackageLine.warehouse_id,
            PackageLine.package_id,
            PackageLine.line_id,
            PackageLine.lot,
            PackageLine.serial,
        ]
        statement = insertion.on_conflict_do_update(
            index_elements=key, set_={"quantity": PackageLine.quantity + insertion.excluded.quantity}
        )
        _put_statements[dialect.name] = statement
    values = {
        "warehouse_id": actor.warehouse_id,
        "package_id": bench.package_id,
        "line_id": line_id,
        "lot": goods.lot,
        "serial": goods.serial,
        "product_id": goods.product_id,
        "quantity": goods.quantity,
    }
    _ = session.execute(statement, values)  # type: ignore[call-overload] # the upsert kept above


def undo(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """Take the unit (or case) packed last out of the box, back into the tote it came from."""
    last = last_packed(session, actor, bench)
    if last is None:
        return feedback.wrong(say("Nothing to undo. The box is empty"))
    goods, tote_id = last
    stocking.move(session, actor, goods, from_place_id=bench.package_id, to_place_id=tote_id, reason="undone")
    take_from_lines(session, actor, bench, goods)
    package = box_anew(session, actor, bench.package_id)
    package.full = package.own_box = package.weighed = False
    if not recounts.take_out(session, actor, bench, goods):
        package.weight_g = 0
    row = next(row for row in bench.units if row.product_id == goods.product_id)
    taken = UnitTakenOut(order_id=bench.order_id, package=bench.package, sku=row.sku, quantity=goods.quantity)
    record(session, actor, taken)
    return feedback.told(say("UNDO. {product} is out", product=row.name))


def last_packed(session: Session, actor: Actor, bench: Bench) -> tuple[Goods, int] | None:
    """Return what was packed last and from where; None for an empty box.

    The box's moves are followed like a stack: what went out cancels what went in last.
    """
    values = {
        "warehouse": actor.warehouse_id,
        "package": bench.package_id,
        "products": [row.product_id for row in bench.units],
    }
    stack: list[tuple[Goods, int]] = []
    for row in session.execute(_MOVES, values):
        if row.to_place_id == bench.package_id:
            goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
            stack.append((goods, row.from_place_id))
        else:
            _ = stack.pop()
    return stack[-1] if stack else None


def take_from_lines(session: Session, actor: Actor, bench: Bench, goods: Goods) -> None:
    """Lower the box's lines of a product from the last line upwards."""
    lines = session.scalars(
        select(PackageLine)
        .where(
            PackageLine.warehouse_id == actor.warehouse_id,
            PackageLine.package_id == bench.package_id,
            PackageLine.product_id == goods.product_id,
            PackageLine.lot == goods.lot,
            PackageLine.serial == goods.serial,
        )
        .execution_options(populate_existing=True)
    ).all()
    position = {row.line_id: place for place, row in enumerate(bench.units)}
    rest = goods.quantity
    for line in sorted(lines, key=lambda line: position[line.line_id], reverse=True):
        part = min(line.quantity, rest)
        rest -= part
        if part == line.quantity:
            session.delete(line)
        elif part:
            line.quantity -= part
    session.flush()
