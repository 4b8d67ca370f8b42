"""The warehouse's own page: its name, time zone, sender's address, carrier, target, plan and rule for short orders."""

import math
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import BadInputError, NotFoundError
from wms.domain.journal import Event, record
from wms.domain.people import AddressRule, ShortPolicy, SlipRule, Warehouse

CARRIERS = {"offline": "Offline: labels that buy nothing", "shippo": "Shippo: buys real labels"}
WHEN_SHORT = {
    ShortPolicy.WAIT: "Wait: it stays short until stock comes, then goes on by itself",
    ShortPolicy.SPLIT: "Split: what is picked is packed, the rest becomes a backorder",
    ShortPolicy.CANCEL: "Cancel: its picked units are put back",
}
SLIPS = {
    SlipRule.NEVER: "Never: only where the packer asks by card",
    SlipRule.EACH_BOX: "Each box: with its label",
    SlipRule.GIFTS: "Gifts: before the box is closed",
}
ADDRESSES = {
    AddressRule.NEVER: "Never: an order goes where it says",
    AddressRule.CARRIER: "With the carrier: what it does not know is held",
}
ADDRESS = {
    "name": "Name on labels",
    "company": "Company",
    "street1": "Street",
    "street2": "Street, line 2",
    "city": "City",
    "state": "State",
    "zip": "Zip",
    "country": "Country, two letters",
    "phone": "Phone",
    "email": "E-mail",
}
_RULES: Mapping[str, Collection[str]] = {"when_short": WHEN_SHORT, "slips": SLIPS, "addresses": ADDRESSES}
_PLAIN = ("name", "time_zone", "carrier", "accuracy_target_pct", "units_per_hour_plan", "scan_each_from_cents", *_RULES)
_NEEDED = ("name", "street1", "city", "zip", "country")
_MOST_TEXT = 80
_MOST_UNITS = 1_000_000
_MOST_CENTS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class WarehouseChanged(Event):
    """The warehouse's own settings were changed; `changes` are 'field: before -> after'."""

    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WarehouseView:
    """The warehouse's settings as its page shows them."""

    name: str
    time_zone: str
    carrier: str
    accuracy_target_pct: float
    units_per_hour_plan: int
    scan_each_from_cents: int
    when_short: ShortPolicy
    slips: SlipRule
    addresses: AddressRule
    address: Mapping[str, str]


def warehouse_of(session: Session, actor: Actor) -> Warehouse:
    """Return the actor's warehouse."""
    warehouse = session.get(Warehouse, actor.warehouse_id, with_for_update={"key_share": True})
    if warehouse is None:
        raise NotFoundError("warehouse", actor.warehouse_id)
    return warehouse


def view(session: Session, actor: Actor) -> WarehouseView:
    """Return the settings as they stand."""
    warehouse = warehouse_of(session, actor)
    return WarehouseView(
        name=warehouse.name,
        time_zone=warehouse.time_zone,
        carrier=warehouse.carrier,
        accuracy_target_pct=warehouse.accuracy_target_pct,
        units_per_hour_plan=warehouse.units_per_hour_plan,
        scan_each_from_cents=warehouse.scan_each_from_cents,
        when_short=warehouse.when_short,
        slips=warehouse.slips,
        addresses=warehouse.addresses,
        address={part: str(warehouse.address.get(part, "")) for part in ADDRESS},
    )


def read(posted: Mapping[str, str], *, can_buy: bool) -> WarehouseView:
    """Read the posted settings; BadInputError names the first that cannot be. `can_buy`: a Shippo key is set."""
    text = {name: " ".join(value.split()) for name, value in posted.items()}
    if too_long := [name for name, value in text.items() if len(value) > _MOST_TEXT and name != "csrf_token"]:
        raise BadInputError(f"The {too_long[0]} has more than {_MOST_TEXT} characters.")
    if not text.get("name"):
        raise BadInputError("The warehouse needs a name.")
    zone = text.get("time_zone", "")
    if zone not in zoneinfo.available_timezones():
        raise BadInputError(f"The time zone '{zone}' is not known. Write one such as Europe/Berlin.")
    carrier = text.get("carrier", "")
    if carrier not in CARRIERS:
        raise BadInputError(f"The carrier '{carrier}' is not one of {', '.join(CARRIERS)}.")
    if carrier == "shippo" and not can_buy:
        raise BadInputError("Set WMS_SHIPPO_KEY on the server first; without it no label can be bought.")
    rules = {name: text.get(name, "") for name in _RULES}
    for name, words in _RULES.items():
        if rules[name] not in words:
            raise BadInputError(f"'{rules[name]}' is not one of {', '.join(words)}.")
    address = {part: text.get(f"address_{part}", "") for part in ADDRESS}
    address["country"] = address["country"].upper()
    missing = [ADDRESS[part].lower() for part in _NEEDED if not address[part]]
    if missing and carrier == "shippo":
        raise BadInputError(f"Labels need the sender's {', '.join(missing)}.")
    return WarehouseView(
        name=text["name"],
        time_zone=zone,
        carrier=carrier,
        accuracy_target_pct=_number("accuracy target", text.get("accuracy_target_pct", ""), 100),
        units_per_hour_plan=int(_number("plan of units per hour", text.get("units_per_hour_plan", ""), _MOST_UNITS)),
        scan_each_from_cents=int(
            _number("price from which each unit is scanned", text.get("scan_each_from_cents", ""), _MOST_CENTS)
        ),
        when_short=ShortPolicy(rules["when_short"]),
        slips=SlipRule(rules["slips"]),
        addresses=AddressRule(rules["addresses"]),
        address=address,
    )


def _number(what: str, text: str, most: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        raise BadInputError(f"The {what} '{text}' is not a number from 0 to {most}.")
    return number


def change(session: Session, actor: Actor, wanted: WarehouseView) -> bool:
    """Write the settings; tell whether anything is new, which the journal then holds."""
    before, after = asdict(view(session, actor)), asdict(wanted)
    changes = tuple(f"{name}: {before[name]} -> {after[name]}" for name in after if before[name] != after[name])
    if not changes:
        return False
    warehouse = warehouse_of(session, actor)
    warehouse.address = {part: value for part, value in wanted.address.items() if value}
    for name in _PLAIN:
        setattr(warehouse, name, getattr(wanted, name))
    session.flush()
    record(session, actor, WarehouseChanged(changes=changes))
    return True
