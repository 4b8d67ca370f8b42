"""Things done at the same moment, in threads; what does not come to an end fails its test and holds up no other."""

import faulthandler
import threading
import time
from collections.abc import Callable
from typing import TypeVar

LONGEST_S = 120
"""What is done at once takes milliseconds, or seconds on a busy machine: no test waits longer."""

_Result = TypeVar("_Result")


def at_once(*acts: Callable[[], _Result]) -> list[_Result]:
    """Do things at the same moment, each in a thread; return what each gave back, in their sequence."""
    start = threading.Barrier(len(acts), timeout=LONGEST_S)
    done: dict[int, _Result] = {}

    def act(number: int) -> None:
        _ = start.wait()
        done[number] = acts[number]()

    # As daemons: one that waits for ever keeps the tests from ending no more than from failing.
    threads = [threading.Thread(target=act, args=(number,), daemon=True) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    until = time.monotonic() + LONGEST_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    waiting = sum(thread.is_alive() for thread in threads)
    if waiting:
        faulthandler.dump_traceback()
    assert not waiting, f"{waiting} of {len(acts)} done at once still wait after {LONGEST_S} seconds"
    assert len(done) == len(acts), "one of them failed"
    return [done[number] for number in range(len(acts))]
