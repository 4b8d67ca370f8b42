"""Time-ordered 63-bit ids made by the program, so that every key can begin with the warehouse on every engine.

SQLite cannot autoincrement a composite key. Layout: milliseconds since 2024-01-01 in the upper 41 bits, then 22 bits
that begin at random in each millisecond and count up, so that two processes collide about once in four million
simultaneous inserts, and then the primary key refuses the second.
"""

import secrets
import threading
import time

_EPOCH_MS = 1_704_067_200_000
_TAIL_BITS = 22
_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """Return an id larger than every id this process made before."""
    global _last  # noqa: PLW0603 - one counter a process is the point
    fresh = (int(time.time() * 1000) - _EPOCH_MS) << _TAIL_BITS | secrets.randbits(_TAIL_BITS - 1)
    with _lock:
        _last = fresh if fresh >> _TAIL_BITS > _last >> _TAIL_BITS else _last + 1
        return _last
