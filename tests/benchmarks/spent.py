"""What a piece of work takes: wall seconds, CPU seconds of all its threads, and the process's memory at its peak."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """Seconds from the start to the end of the work; 0 until it has ended."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    """Measure what happens inside the `with`; a `Spent` that is filled at its end."""
    spent = Spent()
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    try:
        yield spent
    finally:
        spent.wall_s, spent.cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s


def peak_mb() -> float:
    """Return the most memory this process has held, in megabytes (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
