"""Counts iterations and seconds of one plan, and asks its stop rule."""

from time import monotonic

from wms.batching.stop import Progress, StopRule


class Clock:
    """The progress of one plan, from its making."""

    def __init__(self, stop: StopRule) -> None:
        """Start at zero."""
        self._stop = stop
        self._started_s = monotonic()
        self.iterations = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._started_s

    def tick(self) -> bool:
        """Count one iteration if there is still time for it; whether there was."""
        if self.is_over():
            return False
        self.iterations += 1
        return True

    def is_over(self) -> bool:
        """Whether the stop rule has been reached."""
        return self._stop.reached(Progress(iterations=self.iterations, elapsed_s=self.elapsed_s))
