"""A floor to scan on: pickers who stand before a shelf that they can take from for as long as a benchmark runs."""

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests import builders
from tests.handheld import Handheld
from wms.app import create_app
from wms.config import Settings
from wms.database import db, make_engine, transaction
from wms.domain import Base
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.picking import Batch

_ENDLESS = 1_000_000
_ORDERS, _LINES = 4, 3
HEADERS = {"HX-Request": "true", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Aimed:
    """A handheld at the item step: its cookie, its session, and a scan that is right however often it is made."""

    cookie: str
    token: str
    code: str
    ask: str
    csrf_token: str

    def form(self) -> dict[str, str]:
        """Return the fields of one more scan, with an id of its own."""
        fields = {"code": self.code, "ask": self.ask, "csrf_token": self.csrf_token, "at": "1700000000000"}
        return {**fields, "scan": secrets.token_hex(16)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picker:
    """A worker's badge, with the cart and totes that worker scans first."""

    badge: str
    cart: str
    totes: tuple[str, ...]


def fill(settings: Settings, pickers: int, waiting: int = 40) -> list[Picker]:
    """Make tables and a morning's work: a walk of 4 orders and 12 lines for each picker, and some more that wait."""
    engine = make_engine(settings)
    Base.metadata.create_all(engine)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
        locations = [_location(session) for _ in range(_ORDERS * _LINES * (1 + waiting // 5))]
        cycle = itertools.cycle(locations)
        for _ in range(pickers + waiting):
            _ = _walk(session, list(itertools.islice(cycle, _ORDERS * _LINES)))
        made = [_picker(session, number) for number in range(pickers)]
    _analyse(engine)
    engine.dispose()
    return made


def _location(session: Session) -> tuple[Product, Location]:
    product, location = builders.product(session), builders.location(session)
    builders.stock(session, location, product, 100 * _ENDLESS)
    return product, location


def _walk(session: Session, locations: list[tuple[Product, Location]]) -> Batch:
    products = iter([product for product, _ in locations])
    orders = [
        builders.order(session, *((product, _ENDLESS) for product in itertools.islice(products, _LINES)))
        for _ in range(_ORDERS)
    ]
    return builders.waiting_batch(session, *orders, locations={product.id: location for product, location in locations})


def _picker(session: Session, number: int) -> Picker:
    return Picker(
        badge=builders.worker(session, f"Picker {number}").badge,
        cart=builders.cart(session).barcode,
        totes=tuple(builders.tote(session).barcode for _ in range(_ORDERS)),
    )


def _analyse(engine: Engine) -> None:
    # A database in use has statistics; PostgreSQL would gather them in the middle of a run.
    plain = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        _ = connection.exec_driver_sql("ANALYZE")
    plain.dispose()


@contextmanager
def app_of(settings: Settings) -> Iterator[Flask]:
    """Give the web app in this process, and close its connections at the end."""
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def at_the_location(app: Flask, picker: Picker) -> Handheld:
    """Sign in, take a cart, bind its totes and scan the first shelf, as a person would."""
    handheld = Handheld(app)
    _ = handheld.scan(picker.badge, picker.cart, *picker.totes)
    assert handheld.accept, handheld.text
    assert handheld.scan(handheld.accept[0]) == "scan_item", handheld.said
    return handheld


def aimed(settings: Settings, pickers: list[Picker]) -> list[Aimed]:
    """Bring every picker to the item step; the cookies hold for any server with these settings."""
    with app_of(settings) as app:
        return [aim(at_the_location(app, picker)) for picker in pickers]


def aim(handheld: Handheld) -> Aimed:
    """Read from a handheld at the item step what a right scan is."""
    cookie = handheld.client.get_cookie("session")
    assert cookie is not None
    assert handheld.accept
    with handheld.client.session_transaction() as session:
        token: str = session["token"]
    return Aimed(
        cookie=f"session={cookie.value}",
        token=token,
        code=handheld.accept[0],
        ask=handheld.token,
        csrf_token=handheld.csrf_token,
    )
