"""wms box: one box's whole life, found by any of its codes; its label printed again or given back."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from wms.cli import style
from wms.database import reading, transaction
from wms.domain.errors import BadInputError, NotFoundError
from wms.services.ordering import box as ordering_box
from wms.services.ordering.box import BoxPage
from wms.services.ordering.box_labels import LabelRow


@click.command()
@click.argument("code")
@click.option("--void", "void_why", metavar="REASON", default="", help="Give its label back to the carrier.")
@click.option("--reprint", "reprint_why", metavar="REASON", default="", help="Print its label once more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def box(code: str, void_why: str, reprint_why: str, as_json: bool) -> None:
    """Show the box that CODE means: its own barcode, any label's tracking number, or the order of one box.

    Example: wms box P000000017 --reprint "the label tore"
    """
    if void_why and reprint_why:
        raise BadInputError("Choose one of --void and --reprint.")
    engine = style.engine_of(style.settings_at_hand())
    actor = style.actor("wms box")
    with reading(engine) as session:
        found = ordering_box.find_by_any(session, actor, code)
    if len(found) > 1:
        raise BadInputError(f"{code} has {len(found)} boxes; name one: {', '.join(found.values())}.")
    if not found:
        raise NotFoundError("box", code)
    (package_id,) = found
    if void_why or reprint_why:
        with transaction(engine) as session:
            if void_why:
                ordering_box.void(session, actor, package_id, void_why)
            else:
                _ = ordering_box.reprint(session, actor, package_id, reprint_why)
    with reading(engine) as session:
        page = ordering_box.box_page(session, actor, package_id)
    facts = json.loads(json.dumps(asdict(page), default=_plain))
    style.say(as_json, facts, "\n".join(_told(page)))


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _told(page: BoxPage) -> Iterator[str]:
    yield f"Box {page.barcode}, box {page.number} of order {page.order}: {page.status}"
    weighed = "weighed" if page.weighed else "not weighed"
    packer, carton = page.packer or "the program", page.carton or "no carton"
    yield f"  at {page.station} by {packer}, {carton}, {page.weight_g} g {weighed}"
    moments = {"opened": page.opened_at, "sealed": page.sealed_at, "left": page.handed_over_at}
    yield "  " + ", ".join(f"{word} {at:%d %b %H:%M:%S}" for word, at in moments.items() if at)
    yield "Inside"
    for unit in page.units:
        marks = " ".join(filter(None, (unit.lot, unit.serial)))
        yield f"  {unit.quantity} x {unit.sku} {unit.name} {marks}".rstrip()
        for pick in unit.picks:
            proofs = f" ({', '.join(pick.proofs)})" if pick.proofs else ""
            who = pick.worker or "-"
            yield f"    {pick.quantity} from {pick.location} by {who} at {pick.at:%d %b %H:%M:%S}{proofs}"
    yield "Labels"
    for label in page.labels:
        yield from _label(label)
    for label in page.returns:
        yield "  for the way back:"
        yield from _label(label)
    yield "Its life"
    for moment in page.life:
        yield f"  {moment.at:%d %b %H:%M:%S} {moment.words} ({moment.who})"


def _label(label: LabelRow) -> Iterator[str]:
    paid = f", {label.money}" if label.money else ""
    paid += ", its void was refused" if label.is_void_refused else ""
    why = f": {label.reason}" if label.reason else ""
    yield f"  {label.status} {label.tracking_number} {label.carrier} {label.service}{paid}{why}"
    for printed in label.prints:
        yield f"    copy {printed.copy} on {printed.printer}: {printed.status} {printed.reason}".rstrip()
    for refund in label.refunds:
        surplus = f"of the surplus {refund.purchase} " if refund.is_surplus else ""
        ended = f" {refund.ended_at:%d %b %H:%M}" if refund.ended_at else ""
        why = f": {refund.reason}" if refund.reason else ""
        yield f"    refund {surplus}asked for {refund.asked_at:%d %b %H:%M}: {refund.status}{ended}{why}"
    for event in label.way:
        made_up = ", simulated" if event.simulated else ""
        yield f"    {event.at:%d %b %H:%M} {event.status}: {event.details} {event.place}{made_up}".rstrip()


commands = {"box": box}
