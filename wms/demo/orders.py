"""Seeded orders for goods that exist: what a shop's customers might have bought this morning."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wms.channels.base import IncomingLine, IncomingOrder, Payment, ShipTo

_FIRST = ("Ada", "Björn", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Giulia", "Hamza", "Ingrid", "João", "Łucja", "Nguyễn")
_LAST = ("Adams", "Berg", "Castro", "Dubois", "Evans", "Faß", "García", "Horvat", "Ito", "Kowalska", "Müller", "Okafor")
_STREETS = ("Main St", "Oak Ave", "Station Rd", "Mill Lane", "Harbour St", "Park Blvd")
_CITIES = (
    ("Springfield", "IL", "62701"),
    ("Austin", "TX", "73301"),
    ("Portland", "OR", "97201"),
    ("Madison", "WI", "53703"),
    ("Boston", "MA", "02108"),
)
# Lines an order has, and how often; most shop orders are small.
_LINES, _LINE_WEIGHTS = (1, 2, 3, 4, 5, 6), (42, 26, 14, 9, 6, 3)
_UNITS, _UNIT_WEIGHTS = (1, 2, 3, 4), (72, 18, 7, 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sellable:
    """A product one can order: how many units of it are free."""

    sku: str
    name: str
    available: int


def orders(
    count: int, sellables: Sequence[Sellable], methods: Sequence[str], at: dt.datetime, *, seed: int, prefix: str
) -> Iterator[IncomingOrder]:
    """Yield `count` orders whose lines never ask together for more than is free, the same for the same seed.

    A shop's bestsellers are ordered more often than the rest. `methods` are the shop's shipping methods, taken in turn.
    """
    rng = random.Random(seed)  # noqa: S311 - a demo's orders, no secret
    left = {item.sku: item.available for item in sellables if item.available > 0}
    names = {item.sku: item.name for item in sellables}
    ranked = list(left)
    rng.shuffle(ranked)
    for number in range(count):
        chosen = _choose(rng, ranked, left)
        if not chosen:
            return
        lines = tuple(
            IncomingLine(
                line=0,
                sku=sku,
                name=names[sku],
                quantity=quantity,
                to_pick=quantity,
                price_cents=rng.randrange(490, 7990),
                ships=True,
            )
            for sku, quantity in chosen.items()
        )
        yield IncomingOrder(
            external_id=f"{prefix}-{number + 1}",
            number=f"#{prefix}{number + 1:04d}",
            placed_at=at - dt.timedelta(minutes=rng.randrange(5, 900)),
            payment=Payment.SETTLED,
            currency="USD",
            total_cents=sum(line.price_cents * line.quantity for line in lines),
            shipping_method=methods[number % len(methods)],
            email=f"buyer{number + 1}@example.com",
            ship_to=_address(rng),
            lines=lines,
        )


def _choose(rng: random.Random, ranked: list[str], left: dict[str, int]) -> Mapping[str, int]:
    chosen: dict[str, int] = {}
    for _ in range(rng.choices(_LINES, _LINE_WEIGHTS)[0]):
        if not ranked:
            break
        # The square makes the front of the list, the bestsellers, come up more often.
        sku = ranked[int(len(ranked) * rng.random() ** 2)]
        if sku in chosen:
            continue
        quantity = min(rng.choices(_UNITS, _UNIT_WEIGHTS)[0], left[sku])
        chosen[sku] = quantity
        left[sku] -= quantity
        if left[sku] == 0:
            ranked.remove(sku)
    return chosen


def _address(rng: random.Random) -> ShipTo:
    city, state, code = rng.choice(_CITIES)
    return ShipTo(
        name=f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
        street1=f"{rng.randrange(1, 400)} {rng.choice(_STREETS)}",
        city=city,
        state=state,
        zip=code,
        country="US",
    )
