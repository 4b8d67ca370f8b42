"""Counts iterations and seconds of one plan, knows its late orders, metres and bound so far, and asks its stop rule."""

from math import inf
from time import monotonic

from wms.batching.stop import Progress, StopRule


class Clock:
    """The progress of one plan, from its making."""

    def __init__(self, stop: StopRule) -> None:
        """Start at zero."""
        self._stop = stop
        self._started_s = monotonic()
        self.iterations = 0
        self.metres = inf
        self.bound_m = 0.0
        self.late_orders = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._started_s

    @property
    def spent(self) -> float:
        """The share of the effort that is used up."""
        return self._stop.spent(self._progress())

    @property
    def seconds_left(self) -> float:
        """The seconds after which planning must stop; inf where time is no matter."""
        return self._stop.seconds_left(self._progress())

    @property
    def tries_left(self) -> float:
        """About how many changes can still be tried."""
        return self._stop.tries_left(self._progress())

    @property
    def is_over(self) -> bool:
        """Whether the stop rule has been reached."""
        return self.spent >= 1.0

    def count(self, iterations: int) -> None:
        """Note that so many more changes were tried."""
        self.iterations += iterations

    def _progress(self) -> Progress:
        """Return how far the plan has come."""
        return Progress(
            iterations=self.iterations,
            elapsed_s=self.elapsed_s,
            metres=self.metres,
            bound_m=self.bound_m,
            late_orders=self.late_orders,
        )
