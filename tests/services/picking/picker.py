"""A picker on a bare session: scans as the frame does, and keeps the last verdict."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.actor import Actor
from wms.domain.floor import Cart
from wms.domain.people import Worker
from wms.domain.totes import Tote
from wms.services import picking
from wms.services.picking.screens import TaskScreen
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Feedback, Screen

_ids = itertools.count(1)
# Each database has a clock of its own, so that a test's pickers never come to its end.
_clocks: WeakKeyDictionary[Engine, Iterator[int]] = WeakKeyDictionary()


class Picker:
    """One worker on one device; each scan is a second later than the one before.

    `is_alone`: nobody changes anything in the same moment, so that a reload shows what was answered.
    """

    def __init__(self, session: Session, worker: Worker | None = None, device: str = "1") -> None:
        self.session = session
        self.worker = worker or builders.worker(session, f"Picker {next(_ids)}")
        self.device = device
        self.is_alone = True
        self.feedback = Feedback()
        self.seconds = _clocks.setdefault(session.get_bind().engine, itertools.count(1))

    @property
    def actor(self) -> Actor:
        at = builders.NOW + dt.timedelta(seconds=next(self.seconds))
        return replace(builders.actor(self.worker, at=at), device=self.device)

    @property
    def screen(self) -> Screen:
        return picking.current_screen(self.session, self.actor)

    @property
    def stop(self) -> Stop:
        screen = self.screen
        assert isinstance(screen, TaskScreen), screen
        return screen.stop

    @property
    def said(self) -> str:
        return self.feedback.words

    def scan(self, *codes: str, token: str | None = None, scan: str | None = None) -> str:
        """Scan codes one after another, each for the screen then current (or for `token`); return the screen's name."""
        name = ""
        for code in codes:
            pulled = Pulled(code=code, scan=scan or f"scan-{next(_ids)}", token=token or self.screen.token)
            actor = replace(self.actor, scan=pulled.scan)
            answer = scanning.take(
                self.session, actor, "picking", pulled, picking.current_screen, picking.judge, picking.why_left
            )
            if self.is_alone:
                assert answer.screen == self.screen  # what is answered is what a reload shows
            name, self.feedback = answer.screen.name, answer.feedback
        return name

    def begin(self, cart: Cart, *totes: Tote) -> str:
        """Scan a cart and bind totes."""
        return self.scan(cart.barcode, *(tote.barcode for tote in totes))

    def reach(self) -> str:
        """Scan the shelf, where it is asked for."""
        return self.scan(self.stop.location_code) if self.screen.name == "go_to" else self.screen.name

    def pick(self) -> str:
        """Do the line on screen: the shelf where asked, each unit, the tote."""
        _ = self.reach()
        while self.screen.name == "scan_item":
            _ = self.scan(self.stop.codes[0][0])
        return self.scan(self.stop.tote)
