"""The supervisor at the desk: releases waves, sends for missing units, and hands the boxes over at the end."""

import random

from wms.simulator.line import Line
from wms.simulator.page import Form, Node, Page, form_of
from wms.simulator.person import Floor, Person

_WAVES = "/desk/waves/"
_SHORTS = "/desk/waves/short"
_SHIPPING = "/desk/shipping"
_SIGN_IN = "/sign-in"
_BETWEEN_ROUNDS_S = 0.5
_MOST_HAND_OVERS = 20  # answers may be lost; a box that may not leave is told at the end


class Supervisor:
    """Works at the desk's pages, and closes the floor when nobody finds anything to do."""

    def __init__(self, floor: Floor, name: str, badge: str, seed: int, *, at_wall: bool = False) -> None:
        self.floor = floor
        self.name = name
        self.line = Line(floor.conditions, floor.tally, random.Random(seed))  # noqa: S311 - a lost answer, no secret
        self.page = Page("")
        self.team: list[Person] = []
        self._badge = badge
        self._rules = "&wall=wall" if at_wall else ""

    def work(self) -> None:
        """Go round until the floor is done, then hand over."""
        tally = self.floor.tally
        while not self.floor.closing.is_set():
            steps = tally.steps
            self._release_waves()
            self._pick_again()
            if tally.steps == steps and all(person.idle_at == steps for person in self.team):
                self._hand_over()
                self.floor.closing.set()
            _ = self.floor.conditions.stop.wait(_BETWEEN_ROUNDS_S)

    def _desk(self, path: str) -> Page:
        """Open a desk page, signing in where it asks for a badge."""
        self.page = self.line.get(path)
        while True:
            forms = [form_of(node) for node in self.page.root.all("form")]
            form = next((form for form in forms if form.action == _SIGN_IN), None)
            if form is None:
                return self.page
            _ = self.line.send(form, code=self._badge)
            self.page = self.line.get(path)

    def _send(self, form: Form, counted_as: str) -> None:
        """Send a form; when its answer is lost, the next round sees what came of it."""
        page = self.line.send(form)
        if page is None:
            return
        self.page = page
        if page.tone == "ok":
            self.floor.tally.add(counted_as)
            self.floor.tally.step()

    def _release_waves(self) -> None:
        page = self._desk(_WAVES)
        for section in page.root.all("section", "data-draft"):
            self._send(form_of(next(section.all("form"))), "waves")
        for row in page.root.all("tr", "data-collection"):
            if _count(row, "data-ready") + _count(row, "data-backordered"):
                self._release(row)

    def _release(self, row: Node) -> None:
        for link in row.all("a", "data-preview"):
            for form in self._desk(link.attributes["href"] + self._rules).root.all("form", "data-release"):
                if _count(form, "data-orders"):
                    self._send(form_of(form), "waves")

    def _pick_again(self) -> None:
        for row in self._desk(_SHORTS).root.all("tr", "data-short"):
            if _count(row, "data-available"):
                self._send(form_of(next(row.all("form"))), "picked_again")

    def _hand_over(self) -> None:
        """Press "Pickup done" for each carrier until no box waits."""
        for _ in range(_MOST_HAND_OVERS):
            forms = [form_of(node) for node in self._desk(_SHIPPING).root.all("form")]
            departures = [form for form in forms if "carrier" in form.fields]
            for form in departures:
                self._send(form, "pickups")
            if not departures:
                return


def _count(node: Node, name: str) -> int:
    text = node.attributes.get(name, "")
    return int(text) if text.isdigit() else 0
