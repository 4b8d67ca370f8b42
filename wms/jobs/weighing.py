"""Weighing: look at a station's scale as long as its screen asks, and take the weight that settles.

The job of a station is one row, so one worker at a time looks at a scale. It looks in slices, so that labels and
prints have their turn in between.
"""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.errors import DomainError
from wms.domain.floor import Station
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.weighing import ScaleState, after
from wms.jobs.labels import system
from wms.jobs.outbox import Context, hold
from wms.scales.base import Reading, Scale, ScaleError
from wms.scales.registry import open_scale
from wms.services import settling
from wms.services.packing.box import scales, weighing
from wms.services.packing.box.scales import Asking
from wms.services.scans import feedback

_SLICE_S = 1.5
_LOOK_S = 0.1
_AGAIN = dt.timedelta(seconds=1)
_STEADY, _STEADY_G = 3, 5


def weigh(context: Context, payload: Mapping[str, Any]) -> dt.timedelta | None:
    """Look at a station's scale for a while; None when no screen asks any more."""
    station_id = int(payload["station_id"])
    with reading(context.engine) as session:
        asking = scales.asking(session, system(), station_id)
    if asking is None:
        return None
    try:
        scale = open_scale(asking.url, context.settings.scale_s)
        try:
            _watch(context, scale, asking)
        finally:
            scale.close()
    except ScaleError as error:
        _fail(context, asking, str(error))
        return _AGAIN
    return dt.timedelta(0)


def _watch(context: Context, scale: Scale, asking: Asking) -> None:
    """Note what the scale shows when that changes, and take the weight once it is this box's and steady."""
    ends_s = time.monotonic() + _SLICE_S
    state: ScaleState | None = None  # as noted in this slice: the first look tells that the scale answers
    last: list[Reading] = []
    while time.monotonic() < ends_s:
        now = scale.read()
        if state is None or after(state, now.weight_g, is_stable=now.is_stable) is not state:
            state = _note(context, asking, now)
            if state is None:
                return  # another box asks, or none
        last = [*last, now][-_STEADY:]
        if state is ScaleState.OWN and is_steady(last):
            _take(context, asking, now.weight_g)
            return
        time.sleep(_LOOK_S)


def is_steady(readings: Sequence[Reading]) -> bool:
    """Tell whether readings prove a weight: three that the scale calls stable, one after another, within 5 g."""
    weights = [reading.weight_g for reading in readings if reading.is_stable]
    return len(weights) >= _STEADY and max(weights) - min(weights) <= _STEADY_G


def _note(context: Context, asking: Asking, now: Reading) -> ScaleState | None:
    with transaction(context.engine) as session:
        actor = system()
        hold(session, context)
        weighed = weighing.locked(session, actor, asking)
        if weighed is None:
            return None
        if weighed.fault_told:
            told = ExceptionItem.kind == ExceptionKind.SCALE, ExceptionItem.subject_id == asking.station_id
            settling.close(session, actor, *told)
        weighed.see(now.weight_g, actor.at, is_stable=now.is_stable)
        return weighed.state


def _take(context: Context, asking: Asking, weight_g: int) -> None:
    at = system().at
    asking = replace(asking, packer=replace(asking.packer, at=at))
    try:
        with transaction(context.engine) as session:
            hold(session, context)
            weighing.take(session, asking, weight_g)
    except DomainError as error:
        with transaction(context.engine) as session:
            weighing.refuse(session, asking, feedback.wrong(error.said))


def _fail(context: Context, asking: Asking, reason: str) -> None:
    """Note why the scale cannot be read; one that stays so is told to the lead, once."""
    with transaction(context.engine) as session:
        actor = system()
        hold(session, context)
        weighed = weighing.locked(session, actor, asking)
        if weighed is not None and weighed.fail(reason, actor.at):
            station = session.get_one(Station, (WAREHOUSE_ID, asking.station_id))
            item = ExceptionItem(
                warehouse_id=WAREHOUSE_ID,
                kind=ExceptionKind.SCALE,
                at=actor.at,
                text=f"{station.name}: {reason}"[:300],
                subject_id=asking.station_id,
            )
            session.add(item)
