"""Looks after a wave at work until its last walk is done, and no order of it is short any more."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.jobs.labels import system
from wms.jobs.outbox import Context, RetryLaterError
from wms.services.planning import keeping
from wms.services.planning.replanning import WaveMovedOnError

_LOOK_EVERY = dt.timedelta(seconds=20)
_AFTER_A_CHANGE = dt.timedelta(seconds=60)
_WAITING = dt.timedelta(seconds=60)
_MOVED_ON_S = 5.0


def keep(context: Context, payload: Mapping[str, Any]) -> dt.timedelta | None:
    """Look whether a wave's plan is still right, and put it right; return when to look again, None when it is over.

    What only a person can put right, such as a warehouse without a cart, is told in the inbox until it is.
    """
    actor, wave_id = system(), int(payload["wave_id"])
    try:
        return _look(context, actor, wave_id)
    except (
        WaveMovedOnError
    ) as error:  # a walk was begun meanwhile: what was done before that stays and is not news again
        raise RetryLaterError(str(error), delay_s=_MOVED_ON_S) from error
    except DomainError as error:
        _tell(context, actor, wave_id, str(error))
        return _AFTER_A_CHANGE


def _look(context: Context, actor: Actor, wave_id: int) -> dt.timedelta | None:
    with reading(context.engine) as session:
        news = keeping.news(session, actor, wave_id)
        is_told = keeping.is_told(session, actor, wave_id)
    if news.stuck or is_told:
        _tell(context, actor, wave_id, news.stuck)
    if not news and news.is_over:
        return _WAITING if news.waits else None
    if not news:
        return _LOOK_EVERY
    keeping.keep(lambda: transaction(context.engine), actor, wave_id, news)
    return _AFTER_A_CHANGE if news.later else _LOOK_EVERY


def _tell(context: Context, actor: Actor, wave_id: int, sentence: str) -> None:
    with transaction(context.engine) as session:
        keeping.tell(session, actor, wave_id, sentence)
