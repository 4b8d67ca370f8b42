"""Stops that come to a walk under way: each where it adds the fewest metres to what is left of it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.picking import PickTask
from wms.services.planning.layouts import floor_of


def insert(session: Session, actor: Actor, standing: int, ahead: list[PickTask], fresh: Sequence[PickTask]) -> None:
    """Number the rest of a walk anew, each fresh stop where it adds the fewest metres from where one stands."""
    floor = floor_of(session, actor)
    first = min((row.sequence for row in (*ahead, *fresh)), default=0)
    for row in fresh:
        ahead.insert(len(ahead) if floor is None else _place(floor.layout, standing, ahead, row), row)
    for sequence, row in enumerate(ahead, start=first):
        row.sequence = sequence


def _place(layout: batching.Layout, standing: int, ahead: Sequence[PickTask], fresh: PickTask) -> int:
    """Return where in the rest of a walk a stop comes; at its end where the layout does not know them all."""
    places = [row.location_id for row in ahead]
    is_apart = places[:1] != [standing]
    if is_apart:
        places.insert(0, standing)
    if any(place not in layout for place in (*places, fresh.location_id)):
        return len(ahead)
    return batching.best_place(layout, places, fresh.location_id) - is_apart
