"""What the people of a shift count while they work; safe for many threads."""

import threading
import time
from collections import Counter
from collections.abc import Collection


class Tally:
    """Counts by name, the server's own times of scans, and when something last went forward."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._scan_ms: list[float] = []
        self._lost: set[str] = set()
        self._steps = 0
        self.began_s = self.moved_s = time.monotonic()

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        with self._lock:
            self._counts[name] += count

    def took(self, scan_ms: float) -> None:
        """Note the server's own time for a scan, in milliseconds."""
        with self._lock:
            self._scan_ms.append(scan_ms)

    def step(self) -> None:
        """Note that the floor has moved: a scan counted, a wave was released."""
        with self._lock:
            self._steps += 1
            self.moved_s = time.monotonic()

    def lose(self, codes: Collection[str]) -> None:
        """Note products by their barcodes of which a picker found too few."""
        with self._lock:
            self._lost.update(codes)

    @property
    def steps(self) -> int:
        """How often the floor has moved."""
        return self._steps

    @property
    def lost(self) -> frozenset[str]:
        """Barcodes of the products of which a picker found too few."""
        with self._lock:
            return frozenset(self._lost)

    def __getitem__(self, name: str) -> int:
        with self._lock:
            return self._counts[name]

    def scan_ms(self, share: float) -> float:
        """Return the time that `share` of the scans did not exceed, in milliseconds; 0 without scans."""
        with self._lock:
            times = sorted(self._scan_ms)
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0
