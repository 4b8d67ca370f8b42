"""A picker on a bare session: scans as the frame does, and keeps the last answer."""

import itertools
from dataclasses import replace

from sqlalchemy.orm import Session

from tests import builders
from wms.domain.actor import Actor
from wms.domain.floor import Cart
from wms.domain.people import Worker
from wms.domain.totes import Tote
from wms.services import picking, scanning
from wms.services.picking_screens import Stop, TaskScreen
from wms.services.scanning import Pulled
from wms.services.screens import Feedback, Screen

_ids = itertools.count(1)


class Picker:
    """One worker on one device."""

    def __init__(self, session: Session, worker: Worker | None = None, device: str = "1") -> None:
        self.session = session
        self.worker = worker or builders.worker(session, f"Picker {next(_ids)}")
        self.device = device
        self.feedback = Feedback()

    @property
    def actor(self) -> Actor:
        return replace(builders.actor(self.worker), device=self.device)

    @property
    def screen(self) -> Screen:
        return picking.current_screen(self.session, self.actor)

    @property
    def stop(self) -> Stop:
        screen = self.screen
        assert isinstance(screen, TaskScreen), screen
        return screen.stop

    def scan(self, *codes: str, token: str | None = None, scan: str | None = None) -> Screen:
        """Scan codes one after another, each for the screen then current (or for `token`)."""
        screen = self.screen
        for code in codes:
            pulled = Pulled(code=code, scan=scan or f"scan-{next(_ids)}", token=token or self.screen.token)
            actor = replace(self.actor, scan=pulled.scan)
            answer = scanning.take(self.session, actor, "picking", pulled, picking.current_screen, picking.judge)
            screen, self.feedback = answer.screen, answer.feedback
        return screen

    def begin(self, cart: Cart, *totes: Tote) -> Screen:
        """Scan a cart and bind totes."""
        return self.scan(cart.barcode, *(tote.barcode for tote in totes))

    def pick(self, units: int | None = None) -> Screen:
        """Do the line on screen: shelf where asked, each unit, the tote."""
        screen = self.screen
        if screen.name == "go_to":
            screen = self.scan(self.stop.location_code)
        while self.screen.name == "scan_item":
            _ = self.scan(self.stop.codes[0][0])
        return self.scan(self.stop.tote)
