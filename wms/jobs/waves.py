"""Looks after a wave at work until its last walk is done."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from wms.database import reading, transaction
from wms.domain.errors import DomainError
from wms.jobs.labels import system
from wms.jobs.outbox import Context, RetryLaterError
from wms.services.planning import keeping

_LOOK_EVERY = dt.timedelta(seconds=20)
_AFTER_A_CHANGE = dt.timedelta(seconds=60)
_MOVED_ON_S = 5.0


def keep(context: Context, payload: Mapping[str, Any]) -> dt.timedelta | None:
    """Look whether a wave's plan is still right, and put it right; return when to look again, None when it is over."""
    actor, wave_id = system(), int(payload["wave_id"])
    with reading(context.engine) as session:
        news = keeping.news(session, actor, wave_id)
    if not news:
        return None if news.is_over else _LOOK_EVERY
    try:
        keeping.keep(lambda: transaction(context.engine), actor, wave_id, news)
    except DomainError as error:  # a walk was begun meanwhile, or the warehouse has no cart now: nothing was written
        raise RetryLaterError(str(error), delay_s=_MOVED_ON_S) from error
    return _AFTER_A_CHANGE
