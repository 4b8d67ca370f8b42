"""An order's life told from the journal: each event in plain words, with who, on which device and when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.people import Worker
from wms.domain.shipping import LabelStatus

# Each scan of a unit or a shelf; the units put into the tote tell the same in fewer words.
_EACH_SCAN = ("LocationReached", "ItemPicked", "UnitPacked")
_MOST = 2_000

# Event -> (words, tone); the words take the event's own fields.
_WORDS: dict[str, tuple[str, str]] = {
    "OrderReceived": ("Came in from {channel}", ""),
    "OrderHeld": ("Held ({kind}): {reason}", "warn"),
    "HoldReleased": ("Hold released ({kind}): {reason}", "ok"),
    "OrderChanged": ("Changed in {channel}", "warn"),
    "AddressCorrected": ("Address corrected. Before: {before}", ""),
    "AddressChecked": ("Address checked by the carrier. Valid: {valid}. {messages}", ""),
    "AddressKept": ("Address kept as it is", ""),
    "PriorityChanged": ("Priority {before} became {after}", ""),
    "PromiseMoved": ("Promised to another collection", "warn"),
    "ToteBound": ("Tote {tote} in slot {slot} of {batch}", ""),
    "ToteBroken": ("Tote {tote} broke: {units} units went on in {other}", "warn"),
    "WrongItemFound": ("Wrong item out of tote {tote} ({cause}): {quantity} x {sku}", "wrong"),
    "LineReopened": ("{sku} was not in {tote}: to be picked at {location} again", "wrong"),
    "ToteUnbound": ("Tote {tote} taken off {batch}", ""),
    "LocationReached": ("Picker at {location}", ""),
    "ItemPicked": ("{quantity} x {sku} scanned", ""),
    "UnitsPut": ("{quantity} x {sku} from {location} in tote {tote}", ""),
    "TaskShorted": ("{sku} short at {location}: {found} of {asked} found ({reason})", "wrong"),
    "ProductSubstituted": ("{quantity} x {substitute} is sent instead of {sku}", "warn"),
    "TaskSkipped": ("A line was put to the end of the walk", ""),
    "ScanUndone": ("Last step undone ({step})", "warn"),
    "ScanRefused": ("Wrong scan {code}: {said}", "warn"),
    "PackingStarted": ("Packing begun at {station}, box {package}", ""),
    "UnitPacked": ("{quantity} x {sku} in box {package}", ""),
    "CauseSaid": ("Cause of {sku}: {cause}. Picked by {picker} {location}", "warn"),
    "UnitDamaged": ("{quantity} x {sku} damaged at packing, in {place}", "wrong"),
    "DamagedAtWall": ("{quantity} x {sku} from {location} damaged at the put wall, in {place}", "wrong"),
    "InsertConfirmed": ("{name} put into box {package}", ""),
    "BoxFilled": ("Box {package} is full with {units} units, more follow in others", ""),
    "BoxReopened": ("Box {package} takes units again", "warn"),
    "UnitTakenOut": ("{quantity} x {sku} out of box {package}", "warn"),
    "WrongUnitCaught": ("Wrong unit caught at packing ({cause}): {sku} {code}", "wrong"),
    "WrongUnitPutAside": ("Wrong unit {sku} {code} put into red tote {tote}", "warn"),
    "PackageWeighed": ("Box {package} weighs {weight_g} g, expected {expected_g} g", ""),
    "BoxTaken": ("Box {package} scanned for the carrier", ""),
    "BoxPutDown": ("Box {package} at the dock {dock}", ""),
    "LabelMoved": ("Label of {package} {then} {tracking_number} {reason}", ""),
    "RefundMoved": ("Refund of {purchase} {then} {reason}", ""),
    "PrintMoved": ("{what} on {printer}: {then} {reason}", ""),
    "PutBackAsked": ("{quantity} x {sku} in {place} to go back to {location}", "warn"),
    "PutBackDone": ("{quantity} x {sku} put back to {location}", "ok"),
    "ShortDecided": ("Short: {policy}", "warn"),
    "OrderSplit": ("{units} units it lacks are order {backorder} now", "warn"),
    "ExceptionSettled": ("Settled ({kind}): {text}", "ok"),
    "TrackingMoved": ("Box {package} {then}: {details} ({place})", ""),
    "OrderShipped": ("{carrier} has all {boxes} boxes", "ok"),
}
_TONES = {
    "picked": "ok",
    "packed": "ok",
    "shipped": "ok",
    "sealed": "ok",
    "bought": "ok",
    "printed": "ok",
    "delivered": "ok",
    "returned": "wrong",
    "failed": "wrong",
    "held": "warn",
    "backordered": "warn",
    "short": "wrong",
    "cancelled": "wrong",
    "refused": "wrong",
    "refunded": "ok",
    "rejected": "wrong",
    "not printed": "wrong",
    "unknown": "wrong",
    "unsettled": "warn",
}


class _Fields(dict[str, Any]):
    """An event's fields; one that an older entry lacks is blank."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One event of an order's life; `at` is in the warehouse's time zone, `new_day` tells that a day begins here."""

    at: dt.datetime
    new_day: bool
    words: str
    tone: str
    who: str
    device: str


def timeline(
    session: Session, actor: Actor, order_id: int, zone: ZoneInfo, *, each_scan: bool, package: str = ""
) -> tuple[Moment, ...]:
    """Return the order's life, oldest first; `each_scan` with every unit and shelf, `package` without other boxes."""
    statement = (
        select(JournalEntry, Worker.name)
        .outerjoin(Worker, and_(Worker.warehouse_id == JournalEntry.warehouse_id, Worker.id == JournalEntry.worker_id))
        .where(JournalEntry.warehouse_id == actor.warehouse_id, JournalEntry.order_id == order_id)
        .order_by(JournalEntry.at, JournalEntry.id)
        .limit(_MOST)
    )
    if not each_scan:
        statement = statement.where(JournalEntry.event.not_in(_EACH_SCAN))
    moments: list[Moment] = []
    for entry, name in session.execute(statement):
        if entry.event == "OrderMoved" and entry.data.get("then") == OrderStatus.HELD:
            continue  # its hold is told already
        if package and entry.data.get("package", package) != package:
            continue
        words, tone = tell(entry.event, entry.data)
        at = entry.at.astimezone(zone)
        moments.append(
            Moment(
                at=at,
                new_day=not moments or moments[-1].at.date() != at.date(),
                words=words,
                tone=tone,
                who=name or "the program",
                device=entry.device if name else "",
            )
        )
    return tuple(moments)


def tell(event: str, data: dict[str, Any]) -> tuple[str, str]:
    """Return an event in plain words, and its tone (ok, warn, wrong or '')."""
    fields = _Fields(data)
    then = str(fields["then"])
    if event == "OrderMoved":
        reason = f": {fields['reason']}" if fields["reason"] else ""
        return f"{then.capitalize()}{reason}", _TONES.get(then, "")
    if event == "PackageMoved":
        reason = f": {fields['reason']}" if fields["reason"] else ""
        return f"Box {fields['package']} {then}{reason}", _TONES.get(then, "")
    if event == "LabelMoved" and fields["now"] == LabelStatus.VOIDING and then != LabelStatus.VOIDED:
        reason = f": {fields['reason']}" if fields["reason"] else ""
        label = fields["tracking_number"] or f"of {fields['package']}"
        return f"Void of the label {label} refused, it is {then} again{reason}", "wrong"
    if event == "OrderChanged" and not data.get("taken"):
        return f"Changed in {fields['channel']}, too late to follow", "warn"
    words, tone = _WORDS.get(event, (event, ""))
    told = " ".join(words.format_map(fields).split()).removesuffix(" ()").rstrip(" :")
    return told, tone or _TONES.get(then, "")
